"""Turn pairs into tokens, and tokens into batches of similar length."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from reader.pairs import Pair

MOST_TOKENS = 160
"""Where pairs are cut in training. Few are longer."""

QUESTION_CHARACTERS = 400
BUCKET = 2048
"""Pairs that are sorted by length together."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair as the reader reads it, and its targets."""

    encoding: Encoding
    label: float
    relevance: float

    def __len__(self) -> int:
        return len(self.encoding.ids)


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs of the model, shape (pairs, tokens), and the targets per pair."""

    input_ids: Tensor
    attention_mask: Tensor
    token_type_ids: Tensor
    labels: Tensor
    relevance: Tensor

    def to(self, device: str) -> "Batch":
        """Return the batch on a device."""
        moved = self.input_ids, self.attention_mask, self.token_type_ids, self.labels, self.relevance
        return Batch(*(tensor.to(device) for tensor in moved))


def encode(pairs: Sequence[Pair], tokenizer: Tokenizer) -> list[Tokens]:
    """Return the pairs as tokens."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS, strategy="only_second")
    encoded = tokenizer.encode_batch([(pair.question[:QUESTION_CHARACTERS], pair.text) for pair in pairs])
    return [Tokens(e, pair.label, pair.relevance) for e, pair in zip(encoded, pairs, strict=True)]


def batches(pairs: Sequence[Tokens], size: int, seed: int) -> list[list[Tokens]]:
    """Return batches of at most ``size`` padded tokens, in random order."""
    chance = random.Random(seed)
    order = list(pairs)
    chance.shuffle(order)
    made: list[list[Tokens]] = []
    for start in range(0, len(order), BUCKET):
        made += _cut(sorted(order[start : start + BUCKET], key=len), size)
    chance.shuffle(made)
    return made


def _cut(pairs: Sequence[Tokens], size: int) -> Iterator[list[Tokens]]:
    batch: list[Tokens] = []
    for pair in pairs:
        if batch and len(pair) * (len(batch) + 1) > size:
            yield batch
            batch = []
        batch.append(pair)
    if batch:
        yield batch


def collate(pairs: Sequence[Tokens]) -> Batch:
    """Pad a batch."""
    most = max(map(len, pairs))
    columns = [
        [[*row, *[0] * (most - len(row))] for row in rows]
        for rows in (
            [pair.encoding.ids for pair in pairs],
            [pair.encoding.attention_mask for pair in pairs],
            [pair.encoding.type_ids for pair in pairs],
        )
    ]
    targets = [pair.label for pair in pairs], [pair.relevance for pair in pairs]
    return Batch(*map(torch.tensor, columns), *map(torch.tensor, targets))
