"""Write a trained reader as a folder: ONNX in int8 and the tokenizer.

With a head on its lower layers it is written in two parts, for reading in a cascade.

Usage: python -m reader.export --state DIR/state.pt --start DIR --to DIR [--head DIR/state.pt]
"""

import argparse
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import onnx
import torch
from onnx import ModelProto, TensorProto, compose, helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from torch import Tensor, nn

from normqa.models.onnx.cascade import LOWER, STATES, UPPER
from normqa.models.onnx.session import MODEL, TOKENIZER
from reader.estimate import LAYERS, Head, load_head
from reader.graph import divide, faster, without_mask
from reader.model import HEADS, HIDDEN, LARGEST, Reader, load_reader

OPSET = 17
ESTIMATE = "estimate"


def main() -> None:
    """Export and quantise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True, help="folder with the tokenizer")
    parser.add_argument("--layers", type=int, default=LARGEST)
    parser.add_argument("--head", type=Path, help="state of a head on the lower layers")
    parser.add_argument("--head-layers", type=int, default=LAYERS, help="layers below the head")
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    reader = fused(load_reader(given.state, given.layers))
    if given.head:
        lower, upper = divide(reader, given.head_layers, STATES)
        faster(lower, scores=False)
        faster(upper, scores=True)
        write(with_head(lower, load_head(given.head)), given.to / LOWER)
        write(upper, given.to / UPPER)
    else:
        faster(reader, scores=True)
        write(reader, given.to / MODEL)
    (given.to / TOKENIZER).write_bytes((given.start / TOKENIZER).read_bytes())


def fused(reader: Reader) -> ModelProto:
    """Trace a reader, and fuse its attention and normalisation. Its pairs run alone, without a mask."""
    tokens = torch.tensor([[101, 2040, 102, 2009, 2003, 2182, 102]])
    example = {
        "input_ids": tokens,
        "attention_mask": torch.ones_like(tokens),
        "token_type_ids": torch.tensor([[0, 0, 0, 1, 1, 1, 1]]),
    }
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "traced.onnx"
        onnx.save(traced(reader, example, ["scores"]), str(path))
        model: ModelProto = optimizer.optimize_model(
            str(path), model_type="bert", num_heads=HEADS, hidden_size=HIDDEN, optimization_options=options
        ).model
    without_mask(model)
    return model


def traced(module: nn.Module, example: Mapping[str, Tensor], outputs: Sequence[str]) -> ModelProto:
    """Return a module as a graph. Its first two axes are pairs and tokens."""
    axes = {name: {0: "pairs", 1: "tokens"} for name in example} | {name: {0: "pairs"} for name in outputs}
    with tempfile.TemporaryDirectory() as temporary, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        path = Path(temporary) / "traced.onnx"
        torch.onnx.export(
            module.eval(),
            tuple(example.values()),
            str(path),
            input_names=list(example),
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
        return onnx.load(str(path))


def with_head(lower: ModelProto, head: Head) -> ModelProto:
    """Return lower layers that give estimates before their states."""
    given = {f"head_{STATES}": torch.zeros(1, 7, HIDDEN)}
    added = compose.add_prefix(
        traced(head, given, [ESTIMATE]), "head_", rename_inputs=False, rename_outputs=False
    )
    added.ir_version = lower.ir_version
    merged = compose.merge_models(
        lower, added, io_map=[(STATES, f"head_{STATES}")], outputs=[ESTIMATE, STATES]
    )
    merged.graph.output.sort(key=lambda output: output.name != ESTIMATE)
    return merged


def write(model: ModelProto, path: Path) -> None:
    """Quantise the weights of a model and write it.

    Weights have seven bits, so that products of pairs fit sixteen, and processors with and without VNNI give
    equal scores.
    """
    del model.opset_import[:]
    model.opset_import.extend([helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)])
    with tempfile.TemporaryDirectory() as temporary:
        full = Path(temporary) / "full.onnx"
        onnx.save(model, str(full))
        quantize_dynamic(
            full,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )


if __name__ == "__main__":
    main()
