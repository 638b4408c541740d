"""Move the spread of activations into the weights, so that rounding to int8 loses less.

Xiao et al. 2022, "SmoothQuant" (arXiv:2211.10438): a few channels of a transformer are far larger than the
others and decide the step to which all are rounded. Dividing each channel by a factor, and multiplying the
row of the weights that it meets by the same, changes no product.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession

Feed = Mapping[str, NDArray[Any]]

SHARE = 0.8
"""How much of the spread moves: 0 leaves it to the activations, 1 to the weights."""


def smooth(model: ModelProto, examples: Iterable[Feed]) -> None:
    """Rewrite a model in place.

    Args:
        model: With fused attention.
        examples: Inputs that show how large each channel gets.
    """
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    products = {
        node.output[0]: node
        for node in model.graph.node
        if node.op_type in ("Attention", "MatMul") and node.input[1] in weights
    }
    largest = _largest(model, [node.input[0] for node in products.values()], examples)
    nodes = []
    for node in model.graph.node:
        if node.output[0] in products:
            given, name = node.input[:2]
            matrix = numpy_helper.to_array(weights[name])
            factors = _factors(largest[given], np.abs(matrix).max(axis=1))
            weights[name].CopyFrom(numpy_helper.from_array(matrix * factors[:, None], name))
            model.graph.initializer.append(numpy_helper.from_array(1 / factors, f"{name}_factors"))
            node.input[0] = f"{name}_smoothed"
            nodes.append(helper.make_node("Mul", [given, f"{name}_factors"], [node.input[0]]))
        nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _largest(
    model: ModelProto, names: Iterable[str], examples: Iterable[Feed]
) -> dict[str, NDArray[np.float32]]:
    """Return the largest absolute value of each channel of these results, shape (channels,)."""
    names = sorted(set(names))
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    session = InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    found: dict[str, NDArray[np.float32]] = {}
    for example in examples:
        for name, values in zip(names, session.run(names, dict(example)), strict=True):
            channels = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            found[name] = np.maximum(found[name], channels) if name in found else channels
    return found


def _factors(activations: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one factor per channel. Their geometric mean is 1, so that the weights keep their size."""
    factors = np.maximum(activations, 1e-3) ** SHARE / np.maximum(weights, 1e-4) ** (1 - SHARE)
    scaled: NDArray[np.float32] = (factors / np.exp(np.log(factors).mean())).astype(np.float32)
    return scaled
