"""Choose from examples the pairs of question and text that teach most."""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from normqa.index.analyzer import tokenize
from normqa.models.protocols import PairScore
from reader.data.examples import Example

NOT_SCORED = float("nan")
"""Relevance of a text that the teacher has not read."""

LOOKED_AT = 40
"""Similar units among which one of another title is looked for."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a text.

    Attributes:
        question: As a person types it.
        text: A unit, below its title.
        label: 1 if the text answers, 0 if not; of a recorded pair the reader's log-odds that it answers.
        relevance: The teacher's score, or :data:`NOT_SCORED`.
        words: Words of the text that answer; empty if there are none or they are not known.
    """

    question: str
    text: str
    label: float
    relevance: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which pairs of an example are chosen.

    Attributes:
        right: Most units that answer.
        wrong: Most other units, less those that answer: those that the teacher likes best.
        whole: Share of the passages that are also read as one text, as lists are.
        foreign: Share of the answerable questions that get a similar unit of another title, which does not
            answer.
    """

    right: int
    wrong: int
    whole: float = 0.0
    foreign: float = 0.0


def likely(score: PairScore) -> float:
    """Return what says best whether a text answers: the log-odds, or the relevance from a model without."""
    return score.relevance if score.answer is None else score.answer


def below(title: str, unit: str) -> str:
    """Return a unit as it is read."""
    return f"{title}\n{unit}".strip()


def read_pairs(path: Path) -> list[list[Pair]]:
    """Return the pairs of each part, in order."""
    parts: dict[int, list[Pair]] = {}
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            parts.setdefault(row.pop("part"), []).append(Pair(**row))
    return [parts[number] for number in sorted(parts)]


def write_pairs(path: Path, parts: Iterable[Iterable[Pair]]) -> None:
    """Write the pairs of each part as JSON lines, in a folder that is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as lines:
        for number, part in enumerate(parts):
            for pair in part:
                write_pair(lines, number, pair)


def write_pair(lines: TextIO, part: int, pair: Pair) -> None:
    """Write a pair of a part as a line."""
    lines.write(json.dumps({"part": part, **asdict(pair)}) + "\n")


def read_all_pairs(path: Path) -> list[Pair]:
    """Return the pairs of all parts, in order."""
    return list(chain(*read_pairs(path)))


def choose_pairs(
    examples: Sequence[Example], scores: Mapping[str, Sequence[PairScore]], choice: Choice, seed: int
) -> list[Pair]:
    """Return the pairs of all examples, in random order.

    Args:
        examples: The examples.
        scores: The teacher's scores of the units, by example id. It is a cross-encoder or a reader.
        choice: Which pairs.
        seed: Of the choice and the order.
    """
    chance = random.Random(seed)
    foreign = _foreign_units(examples) if choice.foreign else {}
    chosen = [
        pair
        for example in examples
        for pair in _pairs_of(example, scores[example.id], foreign.get(example.id), choice, chance)
    ]
    chance.shuffle(chosen)
    return chosen


def _pairs_of(
    example: Example,
    scores: Sequence[PairScore],
    foreign: tuple[str, str] | None,
    choice: Choice,
    chance: random.Random,
) -> Iterator[Pair]:
    order = sorted(range(len(example.units)), key=lambda n: -likely(scores[n]))
    right = [n for n in order if example.labels[n] == 1][: choice.right]
    wrong = [n for n in order if example.labels[n] == 0][: choice.wrong - len(right)]
    for number in (*right, *wrong):
        text = below(example.title, example.units[number])
        label, words = float(example.labels[number]), example.words[number]
        yield Pair(example.question, text, label, scores[number].relevance, words)
    whole = below(example.title, " ".join(example.units))
    if example.answerable and not right:  # somewhere in the passage
        yield Pair(example.question, whole, 1.0, NOT_SCORED)
    elif len(example.units) > 1 and chance.random() < choice.whole:
        words = example.words[right[0]] if right else ""
        yield Pair(example.question, whole, float(bool(right)), NOT_SCORED, words)
    if foreign and example.answerable and chance.random() < choice.foreign:
        yield Pair(example.question, below(*foreign), 0.0, NOT_SCORED)


def _foreign_units(examples: Iterable[Example]) -> dict[str, tuple[str, str]]:
    """Return for each answerable example the unit of another title whose words are most like its question's.

    Returns:
        Title, empty if the example has none, and unit, by example id.
    """
    by_source: dict[str, list[Example]] = {}
    for example in examples:
        by_source.setdefault(example.source, []).append(example)
    return {key: unit for members in by_source.values() for key, unit in _foreign(members)}


def _foreign(examples: Sequence[Example]) -> Iterator[tuple[str, tuple[str, str]]]:
    units = [(example, unit) for example in examples for unit in example.units]
    words = TfidfVectorizer(analyzer=tokenize, sublinear_tf=True)
    vectors = words.fit_transform([below(example.title, unit) for example, unit in units])
    for example in examples:
        if not example.answerable:
            continue
        similarity = (vectors @ words.transform([example.question]).T).toarray().ravel()
        own = {unit.casefold() for unit in example.units}
        for number in np.argsort(-similarity)[:LOOKED_AT]:
            other, unit = units[number]
            asks_else = other.title != example.title and other.question != example.question
            if asks_else and similarity[number] > 0 and unit.casefold() not in own:
                yield example.id, (other.title if example.title else "", unit)
                break
