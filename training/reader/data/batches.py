"""Turn pairs into tokens, and tokens into batches of similar length."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from reader.data.pairs import Pair

MOST_TOKENS = 160
"""Where pairs are cut in training. Few are longer."""

QUESTION_CHARACTERS = 400
BUCKET = 2048
"""Pairs that are sorted by length together."""


UNKNOWN = -100, -100
"""Answer of a pair whose words are not marked. It teaches nothing about words."""

NOWHERE = 0, 0
"""Answer of a pair whose text does not answer: the first token, [CLS]."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair as the reader reads it, and its targets.

    Attributes:
        encoding: Question and text.
        label: As in a pair.
        relevance: As in a pair.
        answer: First and last token of the words that answer, :data:`NOWHERE` or :data:`UNKNOWN`.
    """

    encoding: Encoding
    label: float
    relevance: float
    answer: tuple[int, int] = UNKNOWN

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
    answers: Tensor

    def to(self, device: str) -> "Batch":
        """Return the batch on a device."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


def encode(pairs: Sequence[Pair], tokenizer: Tokenizer) -> list[Tokens]:
    """Return the pairs as tokens."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS, strategy="only_second")
    encoded = tokenizer.encode_batch([(pair.question[:QUESTION_CHARACTERS], pair.text) for pair in pairs])
    return [
        Tokens(e, pair.label, pair.relevance, _answer(e, pair))
        for e, pair in zip(encoded, pairs, strict=True)
    ]


def _answer(encoding: Encoding, pair: Pair) -> tuple[int, int]:
    if pair.label == 0:
        return NOWHERE
    start = pair.text.rfind(pair.words) if pair.words else -1  # the title comes first and may hold them too
    if start < 0:
        return UNKNOWN
    first = encoding.char_to_token(start, 1)
    last = encoding.char_to_token(start + len(pair.words) - 1, 1)
    return UNKNOWN if first is None or last is None else (first, last)


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
    targets = (
        [pair.label for pair in pairs],
        [pair.relevance for pair in pairs],
        [pair.answer for pair in pairs],
    )
    return Batch(*map(torch.tensor, columns), *map(torch.tensor, targets))
