"""Run a reader in ONNX format.

The reader sees a question and part of a passage, with a mark before each unit, and scores every mark.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from normqa.errors import RerankerUnavailable
from normqa.models.onnx.session import OnnxFolder, OnnxSession
from normqa.models.protocols import Reading, UnitScore
from normqa.models.weights import RERANKER

if TYPE_CHECKING:
    from tokenizers import Tokenizer

READER = "reader.json"
"""File that tells the folder of a reader from that of a reranker. It says how the reader was trained."""

MARK = "[unused0]"
"""Token before each unit."""

MAX_TOKENS = 384
"""Most tokens of question, heading and units. Units beyond are read apart."""

QUESTION_TOKENS, HEADING_TOKENS = 96, 48

_DECIMALS = 3
"""Scores are rounded, because processors differ in the last digits."""


class SpecialIds(NamedTuple):
    """Ids of ``[CLS]``, ``[SEP]`` and :data:`MARK`."""

    start: int
    end: int
    mark: int


class MarkedText(NamedTuple):
    """What a reader reads at once.

    Attributes:
        ids: Token ids: ``[CLS] question [SEP] heading mark unit mark unit … [SEP]``.
        types: 0 up to the first ``[SEP]``, 1 after it.
        marks: Places of the marks.
    """

    ids: list[int]
    types: list[int]
    marks: list[int]


def mark_units(
    question: Sequence[int],
    heading: Sequence[int],
    units: Sequence[Sequence[int]],
    special: SpecialIds,
    most: int,
) -> MarkedText:
    """Put together as many units as fit, but at least one, which is cut if it is too long.

    Args:
        question: Token ids, few enough to leave room.
        heading: Token ids, likewise.
        units: Token ids per unit.
        special: Ids of special tokens.
        most: Maximum number of tokens.
    """
    ids = [special.start, *question, special.end]
    second = len(ids)
    ids += heading
    marks: list[int] = []
    for unit in units:
        if marks and len(ids) + len(unit) + 2 > most:
            break
        marks.append(len(ids))
        ids += [special.mark, *unit]
    ids = [*ids[: most - 1], special.end]
    return MarkedText(ids, [0] * second + [1] * (len(ids) - second), marks)


class OnnxReader:
    """Reader whose input ``marks`` says where units begin. Loaded at first use; safe to use from any thread.

    Args:
        name: Setting that selects this reader.
        folder: Contains the model and its tokenizer.
        threads: Threads per run. None lets onnxruntime choose.

    Raises:
        RerankerUnavailable: If a file is missing or, at first use, cannot be loaded.
    """

    def __init__(self, name: str, folder: Path, threads: int | None = None) -> None:
        self.name = name
        self._folder = folder
        self._files = OnnxFolder(folder, RERANKER, threads)
        self.fingerprint = " ".join(["reader", *self._files.sha256.values()])

    def read_passages(self, question: str, readings: Sequence[Reading]) -> list[list[UnitScore]]:
        """Return the scores of every unit. Readings run one at a time, so that none depends on another."""
        if not readings:
            return []
        session, tokenizer = self._files.load()
        special = self._special_ids(tokenizer)
        asked = _ids(tokenizer, [question])[0][:QUESTION_TOKENS]
        found = []
        for reading in readings:
            heading, *units = _ids(tokenizer, [reading.heading, *reading.units])
            found.append(_scores(session, special, asked, heading[:HEADING_TOKENS], units))
        return found

    def _special_ids(self, tokenizer: "Tokenizer") -> SpecialIds:
        ids = [tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", MARK)]
        known = [number for number in ids if number is not None]
        if len(known) < len(ids):
            raise RerankerUnavailable(
                f"The tokenizer in {self._folder} does not know [CLS], [SEP] and {MARK}.",
                "Set NORMQA_RERANKER to another model.",
            )
        return SpecialIds(*known)


def _scores(
    session: OnnxSession, special: SpecialIds, asked: list[int], heading: list[int], units: list[list[int]]
) -> list[UnitScore]:
    scores: list[UnitScore] = []
    while len(scores) < len(units):
        text = mark_units(asked, heading, units[len(scores) :], special, MAX_TOKENS)
        for relevance, answer in session.run_marked(*text).tolist():
            scores.append(UnitScore(round(relevance, _DECIMALS), round(answer, _DECIMALS)))
    return scores


def _ids(tokenizer: "Tokenizer", texts: Sequence[str]) -> list[list[int]]:
    return [tokens.ids for tokens in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
