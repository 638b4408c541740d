"""What normqa asks of an encoder."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Unit vectors, one a row: shape (texts, dimension)."""

Advance = Callable[[int], None]
"""Told how many more texts are done."""


class Encoder(Protocol):
    """Turns texts into unit vectors whose inner product says how near they are in meaning."""

    @property
    def name(self) -> str:
        """The setting that chose it."""

    @property
    def fingerprint(self) -> str:
        """Names everything that decides a vector: weights, tokenizer, limits and prefixes."""

    @property
    def max_tokens(self) -> int:
        """Most tokens of a text that it sees, special tokens included."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as a passage, its prefix and special tokens included."""

    def encode_passages(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Vectors:
        """Encodes texts to be found."""

    def encode_question(self, text: str) -> Vectors:
        """Encodes one text to search with: shape (1, dimension)."""
