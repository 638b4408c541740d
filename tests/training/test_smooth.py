"""Factors that keep a quantised product near the product in float."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession
from onnxruntime.quantization import quantize_dynamic
from reader.smooth import smooth

CHANCE = np.random.default_rng(0)
WEIGHTS = CHANCE.normal(size=(64, 8)).astype(np.float32)
TEXT = CHANCE.normal(size=(1, 20, 64)).astype(np.float32)
TEXT[..., 3] *= 300  # one channel decides the step to which all are rounded


def product() -> ModelProto:
    given = helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "tokens", 64])
    result = helper.make_tensor_value_info("result", TensorProto.FLOAT, [1, "tokens", 8])
    weights = numpy_helper.from_array(WEIGHTS, "weights")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["states", "weights"], ["result"])], "tiny", [given], [result], [weights]
    )
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def run(model: bytes) -> NDArray[np.float32]:
    (result,) = InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, {"states": TEXT})
    return np.asarray(result)


def quantised(model: ModelProto, folder: Path) -> NDArray[np.float32]:
    onnx.save(model, str(folder / "full.onnx"))
    quantize_dynamic(folder / "full.onnx", folder / "int8.onnx")
    return run((folder / "int8.onnx").read_bytes())


def test_product_stays_the_same() -> None:
    model = product()
    smooth(model, [{"states": TEXT}])
    assert np.allclose(run(model.SerializeToString()), TEXT @ WEIGHTS, rtol=1e-4, atol=1e-2)


def test_rounding_to_int8_loses_less(tmp_path: Path) -> None:
    smoothed = product()
    smooth(smoothed, [{"states": TEXT[:, ::2]}, {"states": TEXT[:, 1::2]}])
    exact = TEXT @ WEIGHTS
    before, after = (np.abs(quantised(model, tmp_path) - exact).mean() for model in (product(), smoothed))
    assert after < before / 3
