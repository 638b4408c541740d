"""The reader as a torch model, and its start from the weights of a cross-encoder."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from reader.data.batches import Batch

HIDDEN, HEADS, WIDE, VOCABULARY, POSITIONS = 384, 12, 1536, 30522, 512

LARGEST = 12
"""Layers of the cross-encoder that the reader starts from."""

LAYERS: dict[int, tuple[int, ...]] = {
    4: (0, 4, 8, 11),
    6: (0, 2, 4, 7, 9, 11),
    LARGEST: tuple(range(LARGEST)),
}
"""Layers of the cross-encoder that a smaller reader starts from (Sanh et al. 2019, arXiv:1910.01108)."""

ANSWER_RATE = 10.0
"""How much faster the answer's own layers learn."""

SURENESS = 0.25
"""Share of the cross-encoder's score that the log-odds of an answer start from."""

_LAYER = "bert.encoder.layer."

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
        layers: Number of layers, a key of :data:`LAYERS`.
    """

    def __init__(self, layers: int) -> None:
        super().__init__()
        config = BertConfig(
            vocab_size=VOCABULARY,
            hidden_size=HIDDEN,
            num_hidden_layers=layers,
            num_attention_heads=HEADS,
            intermediate_size=WIDE,
            max_position_embeddings=POSITIONS,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            attn_implementation="eager",  # can be exported with fused attention, and learns faster on a CPU
        )
        self.bert = BertModel(config, add_pooling_layer=False)
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

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Return the scores of every pair, shape (pairs, 2)."""
        states = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self._scores(states[:, 0])

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
        return self._scores(states[:, 0]), self.words(states).float().masked_fill(padding, -1e4)

    def scores_and_states(self, batch: Batch) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the scores of every pair, and the states after each layer, shape (pairs, tokens, hidden)."""
        states = self.bert(
            input_ids=batch.input_ids,
            attention_mask=batch.attention_mask,
            token_type_ids=batch.token_type_ids,
            output_hidden_states=True,
        ).hidden_states[1:]
        return self._scores(states[-1][:, 0]), states

    def _scores(self, first: Tensor) -> Tensor:
        return torch.cat([self.relevance(first), self.answer(first)], dim=1)


def load_reader(state: Path, layers: int) -> Reader:
    """Return a reader with the weights that a training saved."""
    reader = Reader(layers)
    reader.load_state_dict(saved_weights(state))
    return reader


def saved_weights(state: Path) -> dict[str, Tensor]:
    """Return the weights that a training saved, by name."""
    weights: dict[str, Tensor] = torch.load(state, map_location="cpu")["reader"]
    return weights


def _head() -> nn.Sequential:
    return nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 1))


def start_from(path: Path, layers: int) -> Reader:
    """Return a reader with the weights of a 12-layer cross-encoder.

    Relevance starts as its score, and the log-odds of an answer as a part of it: taken whole, it would be
    far too sure.

    Args:
        path: Cross-encoder in ONNX, quantised or not, as optimum exports it.
        layers: Number of layers.
    """
    reader = Reader(layers)
    weights = cross_encoder_weights(path)
    renamed = {}
    for name, array in weights.items():
        if new := _renamed(name, LAYERS[layers]):
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
            matrices.append(_dequantised(arrays, name))
    for number, matrix in enumerate(matrices[: 12 * len(_PARTS)]):
        layer, part = divmod(number, len(_PARTS))
        found[f"{_LAYER}{layer}.{_PARTS[part]}.weight"] = matrix.T
    found["bert.pooler.dense.weight"] = _dequantised(arrays, "bert.pooler.dense.weight_quantized").T
    found["classifier.weight"] = _dequantised(arrays, "classifier.weight_quantized").T
    for table in ("word", "token_type", "position"):
        name = f"bert.embeddings.{table}_embeddings.weight"
        found[name] = _dequantised(arrays, f"{name}_quantized")
    return found


def _dequantised(arrays: dict[str, NDArray[np.float32]], name: str) -> NDArray[np.float32]:
    stem = name.removesuffix("_quantized")
    if f"{stem}_scale" not in arrays:
        return arrays[name]
    zero = arrays[f"{stem}_zero_point"].astype(np.float32)
    scaled = (arrays[name].astype(np.float32) - zero) * arrays[f"{stem}_scale"]
    return scaled.astype(np.float32)


def among(kept: Sequence[int], name: str) -> str | None:
    """Return the name of a weight when only some layers are kept; None if its layer is not."""
    if not name.startswith(_LAYER):
        return name
    number, rest = name.removeprefix(_LAYER).split(".", 1)
    return f"{_LAYER}{kept.index(int(number))}.{rest}" if int(number) in kept else None


def _renamed(name: str, kept: Sequence[int]) -> str | None:
    for old, new in (("bert.pooler.dense.", "relevance.0."), ("classifier.", "relevance.2.")):
        if name.startswith(old):
            return new + name.removeprefix(old)
    return among(kept, name) if name.startswith(("bert.embeddings.", _LAYER)) else None
