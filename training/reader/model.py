"""The reader as a torch model, and its start from the weights of a cross-encoder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from reader.data.batches import Batch

LAYERS, HIDDEN, HEADS, HEAD, WIDE, VOCABULARY, POSITIONS = 12, 384, 12, 32, 1536, 30522, 512


@dataclass(frozen=True, slots=True)
class Width:
    """How wide a layer is.

    Attributes:
        heads: Attention heads.
        neurons: Neurons between its two last products.
    """

    heads: int = HEADS
    neurons: int = WIDE


FULL = (Width(),) * LAYERS
"""Widths of the cross-encoder that the reader starts from."""

ANSWER_RATE = 10.0
"""How much faster the answer's own layers learn."""

SURENESS = 0.25
"""Share of the cross-encoder's score that the log-odds of an answer start from."""

LAYER = "bert.encoder.layer."
"""How the names of the weights of a layer start, before its number."""

_PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class Reader(nn.Module):  # type: ignore[misc]  # torch's types are not followed
    """Scores pairs of question and text: their relevance, and the log-odds that the text answers.

    Args:
        widths: Of each layer.
    """

    def __init__(self, widths: Sequence[Width] = FULL) -> None:
        super().__init__()
        self.widths = tuple(widths)
        config = BertConfig(
            vocab_size=VOCABULARY,
            hidden_size=HIDDEN,
            num_hidden_layers=len(widths),
            num_attention_heads=HEADS,
            intermediate_size=WIDE,
            max_position_embeddings=POSITIONS,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            attn_implementation="eager",  # can be exported with fused attention, and learns faster on a CPU
        )
        self.bert = BertModel(config, add_pooling_layer=False)
        for layer, width in zip(self.bert.encoder.layer, widths, strict=True):
            _set_width(layer, width)
        self.relevance = _head()
        self.answer = _head()
        self.words = nn.Linear(HIDDEN, 2)

    def parts(self) -> Iterable[tuple[nn.Module, float]]:
        """Return the parts that learn, with the factor of their rate."""
        return [
            (self.bert, 1.0),
            (self.relevance, 1.0),
            (self.answer, ANSWER_RATE),
            (self.words, ANSWER_RATE),
        ]

    def keep_below(self, layer: int) -> None:
        """Keep embeddings and layers below this one as they are while the others learn."""
        kept = [self.bert.embeddings, *self.bert.encoder.layer[:layer]] if layer else []
        for part in kept:
            part.requires_grad_(False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Return the scores of every pair, shape (pairs, 2)."""
        states = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.scores_of(states[:, 0])

    def scores_and_words(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the scores of every pair, and how likely an answer starts and ends at each token.

        Returns:
            Scores, shape (pairs, 2), and logits, shape (pairs, tokens, 2).
        """
        states = self.bert(
            input_ids=batch.input_ids,
            attention_mask=batch.attention_mask,
            token_type_ids=batch.token_type_ids,
        ).last_hidden_state
        padding = batch.attention_mask[..., None] == 0
        return self.scores_of(states[:, 0]), self.words(states).float().masked_fill(padding, -1e4)

    def scores_of(self, first: Tensor) -> Tensor:
        """Return the scores of pairs by the last state of their first token, shape (pairs, 2)."""
        return torch.cat([self.relevance(first), self.answer(first)], dim=1)


def load_reader(state: Path) -> Reader:
    """Return a reader with the weights and widths that a training saved."""
    weights = saved_weights(state)
    reader = Reader(widths_of(weights))
    reader.load_state_dict({name: value for name, value in weights.items() if not name.startswith("heads.")})
    return reader


def widths_of(weights: Mapping[str, Tensor]) -> list[Width]:
    """Return the widths of the layers with these weights."""
    heads, neurons = (
        [len(value) for name, value in weights.items() if name.endswith(ending)]
        for ending in (".attention.self.query.bias", ".intermediate.dense.bias")
    )
    return [Width(inner // HEAD, wide) for inner, wide in zip(heads, neurons, strict=True)]


def saved_weights(state: Path) -> dict[str, Tensor]:
    """Return the weights that a training saved, by name."""
    weights: dict[str, Tensor] = torch.load(state, map_location="cpu")["reader"]
    return weights


def _head() -> nn.Sequential:
    return nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 1))


def _set_width(layer: nn.Module, width: Width) -> None:
    inner = width.heads * HEAD
    attention = layer.attention
    for name in ("query", "key", "value"):
        setattr(attention.self, name, nn.Linear(HIDDEN, inner))
    attention.output.dense = nn.Linear(inner, HIDDEN)
    layer.intermediate.dense = nn.Linear(HIDDEN, width.neurons)
    layer.output.dense = nn.Linear(width.neurons, HIDDEN)


def start_from(path: Path) -> Reader:
    """Return a reader with the weights of a 12-layer cross-encoder.

    Relevance starts as its score, and the log-odds of an answer as a part of it: taken whole, it would be
    far too sure.

    Args:
        path: Cross-encoder in ONNX, quantised or not, as optimum exports it.
    """
    reader = Reader()
    weights = cross_encoder_weights(path)
    renamed = {}
    for name, array in weights.items():
        if new := _renamed(name):
            renamed[new] = torch.from_numpy(np.array(array, dtype=np.float32))
    for name in [name for name in renamed if name.startswith("relevance.")]:
        share = SURENESS if name.startswith("relevance.2.") else 1.0
        renamed[name.replace("relevance.", "answer.")] = share * renamed[name]
    missing, unexpected = reader.load_state_dict(renamed, strict=False)
    if unexpected or any(not name.startswith("words.") and "position_ids" not in name for name in missing):
        raise ValueError(f"{path} lacks {missing} and has {unexpected}")
    return reader


def cross_encoder_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the weights of a cross-encoder in ONNX by their names in torch, dequantised."""
    graph = onnx.load(str(path)).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found = {name: array for name, array in arrays.items() if array.dtype == np.float32 and array.ndim == 1}
    matrices = []
    for node in graph.node:
        name = node.input[1] if node.op_type in ("MatMulInteger", "MatMul") else ""
        if name.removesuffix("_quantized") != name or name in arrays:
            matrices.append(dequantised(arrays, name))
    for number, matrix in enumerate(matrices[: LAYERS * len(_PARTS)]):
        layer, part = divmod(number, len(_PARTS))
        found[f"{LAYER}{layer}.{_PARTS[part]}.weight"] = matrix.T
    found["bert.pooler.dense.weight"] = dequantised(arrays, "bert.pooler.dense.weight_quantized").T
    found["classifier.weight"] = dequantised(arrays, "classifier.weight_quantized").T
    for table in ("word", "token_type", "position"):
        name = f"bert.embeddings.{table}_embeddings.weight"
        found[name] = dequantised(arrays, f"{name}_quantized")
    return found


def dequantised(arrays: Mapping[str, NDArray[np.float32]], name: str) -> NDArray[np.float32]:
    """Return an array of a graph in floating point, whether it was quantised or not.

    Args:
        arrays: The arrays of the graph, by name.
        name: Of the array. It ends with ``_quantized`` if its scale and zero point are beside it.
    """
    stem = name.removesuffix("_quantized")
    if f"{stem}_scale" not in arrays:
        return arrays[name]
    zero = arrays[f"{stem}_zero_point"].astype(np.float32)
    scaled = (arrays[name].astype(np.float32) - zero) * arrays[f"{stem}_scale"]
    return scaled.astype(np.float32)


def _renamed(name: str) -> str | None:
    for old, new in (("bert.pooler.dense.", "relevance.0."), ("classifier.", "relevance.2.")):
        if name.startswith(old):
            return new + name.removeprefix(old)
    return name if name.startswith(("bert.embeddings.", LAYER)) else None
