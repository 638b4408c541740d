"""Write a trained reader as the folder that ships: ONNX in int8, tokenizer and metadata.

Usage: python -m reader.export --state DIR/state.pt --start DIR --layers 12 --to DIR
"""

import argparse
import tempfile
import warnings
from pathlib import Path

import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions

from normqa.models.onnx.session import MODEL, TOKENIZER
from reader.model import HEADS, HIDDEN, Reader, load_reader

OPSET = 17


def main() -> None:
    """Export and quantise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True, help="folder with the tokenizer")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    export(load_reader(given.state, given.layers, attention="eager"), given.to)
    (given.to / TOKENIZER).write_bytes((given.start / TOKENIZER).read_bytes())


def export(reader: Reader, folder: Path) -> None:
    """Trace a reader, fuse its attention and normalisation, and quantise its weights.

    Weights have seven bits, so that products of pairs fit sixteen, and processors with and without VNNI give
    equal scores.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokens = torch.tensor([[101, 2040, 102, 2009, 2003, 2182, 102]])
    example = (tokens, torch.ones_like(tokens), torch.tensor([[0, 0, 0, 1, 1, 1, 1]]))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "pairs", 1: "tokens"} for name in names} | {"scores": {0: "pairs"}}
    with tempfile.TemporaryDirectory() as temporary, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        traced, fused = Path(temporary) / "traced.onnx", Path(temporary) / "fused.onnx"
        torch.onnx.export(
            reader.eval(),
            example,
            str(traced),
            input_names=names,
            output_names=["scores"],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
        options = FusionOptions("bert")
        options.enable_embed_layer_norm = False
        optimizer.optimize_model(
            str(traced), model_type="bert", num_heads=HEADS, hidden_size=HIDDEN, optimization_options=options
        ).save_model_to_file(str(fused))
        quantize_dynamic(
            fused,
            folder / MODEL,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )


if __name__ == "__main__":
    main()
