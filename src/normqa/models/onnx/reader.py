"""Run a reader in ONNX format.

The reader sees a question and part of a passage, with a mark before each unit, and scores every mark.
"""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from normqa.errors import RerankerUnavailable
from normqa.models.onnx.session import MODEL, TOKENIZER, OnnxSession, load_tokenizer
from normqa.models.protocols import Reading, UnitScore
from normqa.models.weights import RERANKER, check_sha256, file_sha256

if TYPE_CHECKING:
    from tokenizers import Tokenizer

READER = "reader.json"
"""File that tells a reader from a reranker: how it was trained."""

MARK = "[unused0]"
"""Token before each unit."""

MAX_TOKENS = 384
"""Most tokens of question, heading and units. Units beyond are read apart."""

QUESTION_TOKENS, HEADING_TOKENS = 96, 48

_DECIMALS = 3
"""Scores are rounded, because processors differ in the last digits."""


class OnnxReader:
    """Reader whose input ``marks`` says where units begin. Loaded at first use; safe to use from any thread.

    Args:
        name: Setting that selects this reader.
        folder: Contains :data:`MODEL` and :data:`TOKENIZER`.
        threads: Threads per run. None lets onnxruntime choose.

    Raises:
        RerankerUnavailable: If a file is missing or, at first use, cannot be loaded.
    """

    def __init__(self, name: str, folder: Path, threads: int | None = None) -> None:
        self.name = name
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()
        self._sha256 = {file: file_sha256(folder / file, RERANKER) for file in (MODEL, TOKENIZER)}
        self.fingerprint = " ".join(["reader", *self._sha256.values()])

    def read_passages(self, question: str, readings: Sequence[Reading]) -> list[list[UnitScore]]:
        """Return the scores of every unit. Readings run one at a time, so that none depends on another."""
        if not readings:
            return []
        with self._lock:
            session, tokenizer = self._session, self._tokenizer
        asked = self._ids(tokenizer, [question])[0][:QUESTION_TOKENS]
        return [self._scores(session, tokenizer, asked, reading) for reading in readings]

    def _scores(
        self, session: OnnxSession, tokenizer: "Tokenizer", asked: list[int], reading: Reading
    ) -> list[UnitScore]:
        heading, *units = self._ids(tokenizer, [reading.heading, *reading.units])
        before = len(asked) + 2
        room = MAX_TOKENS - before - 1 - len(heading[:HEADING_TOKENS])
        scores: list[UnitScore] = []
        while len(scores) < len(units):
            tokens, marks = list(heading[:HEADING_TOKENS]), list[int]()
            for unit in units[len(scores) :]:
                if marks and len(tokens) + len(unit) + 1 > room + len(heading[:HEADING_TOKENS]):
                    break
                marks.append(before + len(tokens))
                tokens += [self._mark, *unit]
            tokens = tokens[: MAX_TOKENS - before - 1]
            ids = [self._start, *asked, self._end, *tokens, self._end]
            types = [0] * before + [1] * (len(tokens) + 1)
            for relevance, answer in session.run_marked(ids, types, marks).tolist():
                scores.append(UnitScore(round(relevance, _DECIMALS), round(answer, _DECIMALS)))
        return scores

    @staticmethod
    def _ids(tokenizer: "Tokenizer", texts: Sequence[str]) -> list[list[int]]:
        return [tokens.ids for tokens in tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    @cached_property
    def _session(self) -> OnnxSession:
        check_sha256(self._folder, self._sha256, RERANKER)
        return OnnxSession(self._folder, RERANKER, self._threads)

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        check_sha256(self._folder, self._sha256, RERANKER)
        tokenizer = load_tokenizer(self._folder, RERANKER)
        ids = [tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", MARK)]
        known = [number for number in ids if number is not None]
        if len(known) < len(ids):
            raise RerankerUnavailable(
                f"The tokenizer in {self._folder} does not know [CLS], [SEP] and {MARK}.",
                "Set NORMQA_RERANKER to another model.",
            )
        self._start, self._end, self._mark = known
        return tokenizer
