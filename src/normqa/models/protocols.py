"""Protocols of the models: encoder and reranker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import EmbeddedText

Vectors = NDArray[np.float32]
"""Unit vectors, one per row: shape (texts, dimension)."""

Advance = Callable[[int], None]
"""Progress callback. Its argument is the number of texts encoded since the last call."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of passages and of the sentences in them.

    Attributes:
        passages: One vector per passage.
        sentences: One vector per sentence, in the order of the passages.
    """

    passages: Vectors
    sentences: Vectors


class Encoder(Protocol):
    """Turns texts into unit vectors. Their inner product is the similarity of two texts."""

    @property
    def name(self) -> str:
        """Setting that selects this encoder."""

    @property
    def fingerprint(self) -> str:
        """Identifies everything that determines a vector: weights, tokenizer, limits, prefixes, runtime."""

    @property
    def max_tokens(self) -> int:
        """Maximum tokens per text, special tokens included. The encoder ignores the rest."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of passages, the passage prefix and special tokens included."""

    def knows(self, word: str) -> bool:
        """Return whether its vocabulary holds a word whole, as most common words and few typos."""

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encode passages and the sentences in them."""

    def encode_question(self, text: str) -> Vectors:
        """Encode a question. Shape (1, dimension)."""


class PairScore(NamedTuple):
    """How well a text answers a question.

    Attributes:
        relevance: Higher is better; the range depends on the model.
        answer: Log-odds that the text answers; None from a model that was not taught to tell.
    """

    relevance: float
    answer: float | None = None

    @property
    def combined(self) -> float:
        """The mean of both numbers; the relevance if it is the only one."""
        return self.relevance if self.answer is None else (self.relevance + self.answer) / 2


@dataclass(frozen=True, slots=True)
class Ranking:
    """How scores rank candidates: by the mean combined score of a candidate's texts, plus its prior.

    Attributes:
        readings: For each candidate the indices of its texts, at least one. No two candidates share a text.
        priors: For each candidate the number that is added to its mean score.
        to_beat: Highest sum of the candidates that were scored before; None if there are none.
    """

    readings: Sequence[Sequence[int]]
    priors: Sequence[float]
    to_beat: float | None = None

    @classmethod
    def of_texts(cls, count: int) -> "Ranking":
        """Return a ranking in which every text is a candidate of its own, without priors."""
        return cls([(text,) for text in range(count)], [0.0] * count)


class Reranker(Protocol):
    """Scores how well a text answers a question."""

    @property
    def name(self) -> str:
        """Setting that selects this reranker."""

    @property
    def fingerprint(self) -> str:
        """Identifies everything that determines a score."""

    def scores(
        self, question: str, texts: Sequence[str], ranking: Ranking | None = None, /
    ) -> list[PairScore]:
        """Return one score per text.

        Args:
            question: The question.
            texts: The texts.
            ranking: How candidates are ranked. Texts of candidates that are unlikely to be among the best may
                get estimates. None ranks every text by itself.
        """
