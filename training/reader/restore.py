"""Restore the weights of an exported reader, so that its training can go on without its state.

Rounding to int8 is not undone, so the scores are those of the exported reader, not of the one before it.

Usage: python -m reader.restore --reader DIR --to DIR/state.pt
"""

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import NodeProto, numpy_helper

from normqa.models.onnx.cascade import PARTS
from normqa.models.onnx.session import MODEL
from reader.model import LAYER, Reader, dequantised

Arrays = Mapping[str, NDArray[np.float32]]

_SCORES = ("relevance.0", "relevance.2", "answer.0", "answer.2")
_EMBEDDINGS = tuple(
    f"bert.embeddings.{table}_embeddings.weight" for table in ("word", "token_type", "position")
)


def main() -> None:
    """Write a state as :mod:`reader.train` does, without heads and without the state of the optimiser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, required=True, help="folder that reader.export wrote")
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    given.to.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"reader": restored(given.reader).state_dict()}, given.to)


def restored(folder: Path) -> Reader:
    """Return a reader with the weights of an exported one, in parts or whole.

    The layers that found the words of an answer are not exported, so they start anew.
    """
    names = PARTS if (folder / PARTS[0]).exists() else (MODEL,)
    weights = {name: array for part in names for name, array in _weights(folder / part)}
    reader = Reader()
    missing, unexpected = reader.load_state_dict(
        {name: torch.from_numpy(np.array(array, dtype=np.float32)) for name, array in weights.items()},
        strict=False,
    )
    if unexpected or any(not name.startswith("words.") for name in missing):
        raise ValueError(f"{folder} lacks {missing} and has {unexpected}")
    return reader


def _weights(path: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield the weights of a part by their names in torch."""
    graph = onnx.load(str(path)).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for name, array in arrays.items():
        if name.startswith(("bert.", *_SCORES)) and name.endswith((".weight", ".bias")):
            yield name, array
    for name in _EMBEDDINGS:
        if f"{name}_quantized" in arrays:
            yield name, dequantised(arrays, f"{name}_quantized")
    for name in _SCORES:
        if f"{name}.weight_Transposed_quantized" in arrays:
            yield f"{name}.weight", dequantised(arrays, f"{name}.weight_Transposed_quantized").T
    for node in graph.node:
        found = re.match(r"/bert/encoder/layer\.(\d+)/(.+)/MatMul_", node.output[0])
        if node.op_type == "QAttention":
            yield from _attention(node, arrays)
        elif node.op_type == "MatMulInteger" and found:
            yield f"{LAYER}{found[1]}.{found[2].replace('/', '.')}.weight", _matrix(node, arrays).T


def _attention(node: NodeProto, arrays: Arrays) -> Iterator[tuple[str, NDArray[np.float32]]]:
    layer = re.sub(r"\D", "", node.input[1])
    matrix, bias = _matrix(node, arrays), arrays[node.input[2]]
    inner = len(bias) // 3
    for number, name in enumerate(("query", "key", "value")):
        columns = slice(number * inner, (number + 1) * inner)
        yield f"{LAYER}{layer}.attention.self.{name}.weight", matrix[:, columns].T
        yield f"{LAYER}{layer}.attention.self.{name}.bias", bias[columns]


def _matrix(node: NodeProto, arrays: Arrays) -> NDArray[np.float32]:
    """Return the matrix of a product, with the factors that smoothing moved into it taken back."""
    name = node.input[1]
    factors = arrays[f"{name.removesuffix('_quantized')}_factors"]
    taken_back: NDArray[np.float32] = dequantised(arrays, name) * factors[:, None]
    return taken_back


if __name__ == "__main__":
    main()
