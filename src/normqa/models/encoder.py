"""What normqa asks of an encoder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import EmbeddedText

Vectors = NDArray[np.float32]
"""Unit vectors, one a row: shape (texts, dimension)."""

Advance = Callable[[int], None]
"""Told how many more texts are done."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """What comes of encoding passages.

    Attributes:
        passages: One vector a passage.
        sentences: One vector a sentence, those of the first passage first.
    """

    passages: Vectors
    sentences: Vectors


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

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encodes texts to be found, and the sentences in them."""

    def encode_question(self, text: str) -> Vectors:
        """Encodes one text to search with: shape (1, dimension)."""
