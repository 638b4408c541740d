"""What normqa asks of a reranker."""

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """Reads a question together with a text, and says how well the text answers it."""

    @property
    def name(self) -> str:
        """The setting that chose it."""

    @property
    def fingerprint(self) -> str:
        """Names everything that decides a score."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text, as the model gives it: any real number; higher is better."""
