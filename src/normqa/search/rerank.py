"""Re-scores single sentences against the question."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from normqa.embed import Encoder
from normqa.index.lexical import LexicalIndex


class Reranker(Protocol):
    """Says how well each text answers a question; higher is better, from 0 to 1."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text."""


class SimilarityReranker:
    """The mean of nearness in meaning (cosine) and of the share of the question's rare words that a text has.

    Args:
        encoder: Gives the vectors.
        lexical: Says which words a text has and how rare each is.
    """

    def __init__(self, encoder: Encoder, lexical: LexicalIndex) -> None:
        self._encoder = encoder
        self._lexical = lexical

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text, rounded to four decimals."""
        if not texts:
            return []
        cosines = self._encoder.encode_passages(texts) @ self._encoder.encode_question(question)[0]
        weights = {term: self._lexical.rarity(term) for term in sorted(set(self._lexical.terms(question)))}
        return [
            round((max(0.0, float(cosine)) + self._coverage(weights, text)) / 2, 4)
            for cosine, text in zip(cosines, texts, strict=True)
        ]

    def _coverage(self, weights: Mapping[str, float], text: str) -> float:
        """Share of the question's content words, weighted by rarity, that the text has."""
        had = weights.keys() & set(self._lexical.terms(text))
        return sum(weights[term] for term in sorted(had)) / total if (total := sum(weights.values())) else 0.0
