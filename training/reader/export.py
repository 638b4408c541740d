"""Write a trained reader as a folder: ONNX in int8 and the tokenizer.

With heads on its lower layers it is written in parts, for reading in a cascade.

Usage: python -m reader.export --state DIR/state.pt --start DIR --pairs FILE --to DIR
    [--heads DIR/state.pt | --below DIR]
"""

import argparse
import random
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto, TensorProto, compose, helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from tokenizers import Tokenizer
from torch import Tensor, nn

from normqa.models.onnx.cascade import PARTS
from normqa.models.onnx.session import MODEL, TOKENIZER
from reader.data.batches import encode
from reader.data.pairs import read_all_pairs
from reader.graph import count_heads, divide, faster, without_mask
from reader.heads import EXITS, Head, load_heads
from reader.model import HEADS, HIDDEN, Reader, load_reader
from reader.smooth import Feed, smooth

OPSET = 17
ESTIMATE, STATES = "estimate", "states"

EXAMPLES = 100
"""Pairs that show how large activations get."""


def main() -> None:
    """Export and quantise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True, help="folder with the tokenizer")
    parser.add_argument("--pairs", type=Path, required=True, help="JSON lines with texts as they are read")
    parser.add_argument("--heads", type=Path, help="state of heads on the lower layers")
    parser.add_argument("--below", type=Path, help="reader in parts, of which all but the last are copied")
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    reader = fused(load_reader(given.state))
    smooth(reader, examples(given.pairs, given.start / TOKENIZER))
    if given.below:
        write_last_part(reader, given.below, given.to)
    elif given.heads:
        write_parts(reader, load_heads(given.heads), given.to)
    else:
        faster(reader, scores=True)
        write(reader, given.to / MODEL)
    (given.to / TOKENIZER).write_bytes((given.start / TOKENIZER).read_bytes())


def examples(pairs: Path, tokenizer: Path) -> Iterator[Feed]:
    """Yield inputs of the reader for some of the pairs, chosen with a fixed seed."""
    available = read_all_pairs(pairs)
    chosen = random.Random(0).sample(available, min(EXAMPLES, len(available)))
    for tokens in encode(chosen, Tokenizer.from_file(str(tokenizer))):
        columns = {"input_ids": tokens.encoding.ids, "token_type_ids": tokens.encoding.type_ids}
        yield {name: np.array([ids], dtype=np.int64) for name, ids in columns.items()}


def write_parts(reader: ModelProto, heads: Iterable[Head], folder: Path) -> None:
    """Write a fused reader in parts, each but the last with its head."""
    below = 0
    *lower, last = PARTS
    for name, layers, head in zip(lower, EXITS, heads, strict=True):
        states = f"{STATES}{layers}"
        part, reader = divide(reader, layers - below, states)
        faster(part, scores=False)
        write(with_head(part, head, states), folder / name)
        below = layers
    faster(reader, scores=True)
    write(reader, folder / last)


def write_last_part(reader: ModelProto, below: Path, folder: Path) -> None:
    """Write the last part of a fused reader, and copy the others from one with the same lower layers."""
    *lower, last = PARTS
    for name in lower:
        (folder / name).write_bytes((below / name).read_bytes())
    _, upper = divide(reader, EXITS[-1], f"{STATES}{EXITS[-1]}")
    faster(upper, scores=True)
    write(upper, folder / last)


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
    count_heads(model)
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


def with_head(lower: ModelProto, head: Head, states: str) -> ModelProto:
    """Return layers that give estimates before their states, which have this name."""
    given = {f"head_{states}": torch.zeros(1, 7, HIDDEN)}
    added = compose.add_prefix(
        traced(head, given, [ESTIMATE]), "head_", rename_inputs=False, rename_outputs=False
    )
    added.ir_version = lower.ir_version
    merged = compose.merge_models(
        lower, added, io_map=[(states, f"head_{states}")], outputs=[ESTIMATE, states]
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
