"""Remembers the vectors of the questions that were asked last: what is asked again is not encoded again."""

from functools import lru_cache

from normqa.models.encoder import Encoder, Vectors
from normqa.models.encoder_wrapper import EncoderWrapper

QUESTIONS_KEPT = 1024


class CachingEncoder(EncoderWrapper):
    """An encoder that does what another does, and each of the last questions once.

    Args:
        encoder: The other.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._other = encoder
        self._question = lru_cache(QUESTIONS_KEPT)(encoder.encode_question)

    @property
    def name(self) -> str:
        """The setting that chose it."""
        return self._other.name

    @property
    def fingerprint(self) -> str:
        """Names everything that decides a vector."""
        return self._other.fingerprint

    def encode_question(self, text: str) -> Vectors:
        """Encodes one text to search with: shape (1, dimension)."""
        return self._question(text)

    @property
    def _encoder(self) -> Encoder:
        return self._other
