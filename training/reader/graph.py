"""Rewrite and divide the graph of an exported reader, so that it runs faster and gives the same scores."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.utils import Extractor

from reader.model import HEAD

_EPSILON = 1e-12
_FIRST = "first_token"
_ONES, _ZEROS = "ones", "zeros"


def without_mask(model: ModelProto) -> None:
    """Take the mask out of a model in place, as pairs that run alone need none."""
    for node in model.graph.node:
        if node.op_type == "Attention":
            node.input[3] = ""
    kept = [given for given in model.graph.input if given.name != "attention_mask"]
    needed = Extractor(model).extract_model(
        [given.name for given in kept], [output.name for output in model.graph.output]
    )
    model.CopyFrom(needed)


def count_heads(model: ModelProto) -> None:
    """Set the number of heads of every attention in place, as fusing takes it to be the same everywhere."""
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Attention":
            heads = weights[node.input[1]].dims[1] // (3 * HEAD)
            next(given for given in node.attribute if given.name == "num_heads").i = heads


def faster(model: ModelProto, *, scores: bool) -> None:
    """Rewrite a model in place.

    - onnxruntime's kernels of LayerNormalization and SkipLayerNormalization add one number at a time. That of
      InstanceNormalization adds many at once and is seven times as fast, with the tokens as its channels.
    - Behind the attention of the last layer only the first token matters, as both scores are read from it.

    Args:
        model: A reader or its upper part, with fused attention and normalisation. Its first input has the
            tokens on the second axis.
        scores: Whether it ends with scores, not with states.
    """
    graph = model.graph
    for name, array in (
        (_FIRST, np.array([0], dtype=np.int64)),
        ("second_axis", np.array([1], dtype=np.int64)),
        ("one", np.ones(1, dtype=np.float32)),
        ("zero", np.zeros(1, dtype=np.float32)),
    ):
        graph.initializer.append(numpy_helper.from_array(array, name))
    tail = _last_layer(graph.node) if scores else []
    nodes = [
        helper.make_node("Shape", [graph.input[0].name], ["shape"]),
        helper.make_node("Gather", ["shape", "second_axis"], ["tokens"]),
        helper.make_node("Expand", ["one", "tokens"], [_ONES]),
        helper.make_node("Expand", ["zero", "tokens"], [_ZEROS]),
    ]
    for node in graph.node:
        nodes += _rewritten(node, tail)
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]


def divide(model: ModelProto, layers: int, states: str) -> tuple[ModelProto, ModelProto]:
    """Divide a reader.

    Args:
        model: With fused attention and normalisation, and without a mask.
        layers: Layers of the lower part.
        states: Name for what the lower part returns and the upper part takes.
    """
    border = [node for node in model.graph.node if node.op_type == "SkipLayerNormalization"][2 * layers - 1]
    old = border.output[0]
    for node in model.graph.node:
        for names in (node.input, node.output):
            names[:] = [states if name == old else name for name in names]
    shape = ["pairs", "tokens", None]
    model.graph.value_info.append(helper.make_tensor_value_info(states, TensorProto.FLOAT, shape))
    parts = Extractor(model)
    lower = parts.extract_model([given.name for given in model.graph.input], [states])
    return lower, parts.extract_model([states], [output.name for output in model.graph.output])


def _last_layer(nodes: Iterable[NodeProto]) -> list[NodeProto]:
    """Return attention and normalisations of the last layer."""
    kinds = [node for node in nodes if node.op_type in ("Attention", "SkipLayerNormalization")]
    return kinds[-3:]


def _rewritten(node: NodeProto, last: Sequence[NodeProto]) -> Iterator[NodeProto]:
    output = node.output[0]
    if node.op_type == "LayerNormalization":
        yield from _normalised(node.input[0], node.input[1], node.input[2], output, (_ONES, _ZEROS))
    elif node.op_type == "SkipLayerNormalization":
        text, skipped, scale, shift, bias = node.input
        channels = (_ONES, _ZEROS)
        if node in last:
            channels = ("one", "zero")
        if last and node == last[1]:
            yield helper.make_node("Gather", [skipped, _FIRST], [f"{output}_skipped"], axis=1)
            skipped = f"{output}_skipped"
        yield helper.make_node("Add", [text, bias], [f"{output}_biased"])
        yield helper.make_node("Add", [f"{output}_biased", skipped], [f"{output}_sum"])
        yield from _normalised(f"{output}_sum", scale, shift, output, channels)
    elif last and node == last[0]:
        node.output[0] = f"{output}_all"
        yield node
        yield helper.make_node("Gather", [f"{output}_all", _FIRST], [output], axis=1)
    else:
        yield node


def _normalised(
    given: str, scale: str, shift: str, output: str, channels: tuple[str, str]
) -> Iterator[NodeProto]:
    yield helper.make_node(
        "InstanceNormalization", [given, *channels], [f"{output}_normal"], epsilon=_EPSILON
    )
    yield helper.make_node("Mul", [f"{output}_normal", scale], [f"{output}_scaled"])
    yield helper.make_node("Add", [f"{output}_scaled", shift], [output])
