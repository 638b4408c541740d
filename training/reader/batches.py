"""Turn examples into tokens, and tokens into batches of similar length."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from normqa.models.onnx.reader import SpecialIds, mark_units
from reader.examples import Example
from reader.model import MARK, START

SPECIAL = SpecialIds(start=START, end=102, mark=MARK)

UNKNOWN = float("nan")
"""Relevance of a unit that the teacher has not scored."""

QUESTION_TOKENS, TITLE_TOKENS = 64, 32
BUCKET = 2048
"""Examples that are sorted by length together."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """An example as the reader reads it.

    Attributes:
        ids: Token ids.
        types: Segment of each token.
        marks: Places of the marks.
        labels: As in the example.
        answerable: As in the example.
        relevance: The teacher's score per unit.
    """

    ids: list[int]
    types: list[int]
    marks: list[int]
    labels: Sequence[int]
    answerable: bool
    relevance: list[float]


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs of the model, and the targets per mark: shape (texts, most marks)."""

    input_ids: Tensor
    attention_mask: Tensor
    token_type_ids: Tensor
    marks: Tensor
    labels: Tensor
    relevance: Tensor
    answerable: Tensor


def tokenize(
    examples: Sequence[Example],
    tokenizer: Tokenizer,
    most: int = 256,
    teacher: Mapping[str, Sequence[float]] | None = None,
) -> list[Tokens]:
    """Return the examples as tokens, each no longer than ``most``. Units past the end are dropped."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    questions = _ids(tokenizer, [example.question for example in examples])
    titles = _ids(tokenizer, [example.title for example in examples])
    made = []
    for example, question, title in zip(examples, questions, titles, strict=True):
        units = _ids(tokenizer, example.units)
        text = mark_units(question[:QUESTION_TOKENS], title[:TITLE_TOKENS], units, SPECIAL, most)
        known = (teacher or {}).get(example.id) or [UNKNOWN] * len(text.marks)
        labels = example.labels[: len(text.marks)]
        if example.answerable and not any(labels):
            continue  # the answer was cut off
        made.append(Tokens(*text, labels, example.answerable, list(known)[: len(labels)]))
    return made


def _ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    return [tokens.ids for tokens in tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def batches(examples: Sequence[Tokens], size: int, seed: int) -> list[list[Tokens]]:
    """Return batches of at most ``size`` padded tokens, in random order."""
    chance = random.Random(seed)
    order = list(examples)
    chance.shuffle(order)
    made: list[list[Tokens]] = []
    for start in range(0, len(order), BUCKET):
        made += _cut(sorted(order[start : start + BUCKET], key=lambda e: len(e.ids)), size)
    chance.shuffle(made)
    return made


def _cut(examples: Sequence[Tokens], size: int) -> Iterator[list[Tokens]]:
    batch: list[Tokens] = []
    for example in examples:
        if batch and len(example.ids) * (len(batch) + 1) > size:
            yield batch
            batch = []
        batch.append(example)
    if batch:
        yield batch


def collate(examples: Sequence[Tokens]) -> Batch:
    """Pad a batch. Missing marks have the label -1 and the relevance :data:`UNKNOWN`."""
    rows, long = len(examples), max(len(e.ids) for e in examples)
    most = max(len(e.marks) for e in examples)
    ids = torch.zeros(rows, long, dtype=torch.long)
    mask, types = torch.zeros_like(ids), torch.zeros_like(ids)
    marks = torch.zeros(rows, most, dtype=torch.long)
    labels = torch.full((rows, most), -2)
    relevance = torch.full((rows, most), UNKNOWN)
    for row, example in enumerate(examples):
        count, units = len(example.ids), len(example.marks)
        ids[row, :count] = torch.tensor(example.ids)
        mask[row, :count] = 1
        types[row, :count] = torch.tensor(example.types)
        marks[row, :units] = torch.tensor(example.marks)
        labels[row, :units] = torch.tensor(example.labels)
        relevance[row, :units] = torch.tensor(example.relevance)
    answerable = torch.tensor([e.answerable for e in examples])
    return Batch(ids, mask, types, marks, labels, relevance, answerable)
