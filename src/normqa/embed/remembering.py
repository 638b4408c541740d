"""Remembers the vectors of the questions that were asked last: what is asked again is not encoded again."""

from collections.abc import Sequence
from functools import lru_cache

from normqa.datatypes import EmbeddedText
from normqa.embed.encoder import Advance, Encoded, Encoder, Vectors

QUESTIONS_KEPT = 1024


class Remembering:
    """An encoder that does what another does. It may be used from any thread that the other may be.

    Args:
        encoder: The other.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._question = lru_cache(QUESTIONS_KEPT)(encoder.encode_question)

    @property
    def name(self) -> str:
        """The setting that chose it."""
        return self._encoder.name

    @property
    def fingerprint(self) -> str:
        """Names everything that decides a vector."""
        return self._encoder.fingerprint

    @property
    def max_tokens(self) -> int:
        """Most tokens of a text that it sees."""
        return self._encoder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as a passage."""
        return self._encoder.count_tokens(texts)

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encodes texts to be found, and the sentences in them."""
        return self._encoder.encode_passages(texts, advance)

    def encode_question(self, text: str) -> Vectors:
        """Encodes one text to search with: shape (1, dimension)."""
        return self._question(text)
