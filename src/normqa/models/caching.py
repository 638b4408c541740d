"""Cache the vectors of recent questions, so that a repeated question is not encoded again."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache

from normqa.datatypes import EmbeddedText
from normqa.models.protocols import Advance, Encoded, Encoder, Vectors

CACHED_QUESTIONS = 1024


class EncoderWrapper(ABC):
    """Encoder that delegates to another one. Subclasses override what differs."""

    @property
    @abstractmethod
    def _encoder(self) -> Encoder:
        """Encoder to delegate to."""

    @property
    def name(self) -> str:
        """Setting that selects this encoder."""
        return self._encoder.name

    @property
    def fingerprint(self) -> str:
        """Identifies everything that determines a vector."""
        return self._encoder.fingerprint

    @property
    def max_tokens(self) -> int:
        """Maximum tokens per text, special tokens included."""
        return self._encoder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of passages, the passage prefix and special tokens included."""
        return self._encoder.count_tokens(texts)

    def knows(self, word: str) -> bool:
        """Return whether the vocabulary holds a word whole."""
        return self._encoder.knows(word)

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encode passages and the sentences in them."""
        return self._encoder.encode_passages(texts, advance)

    def encode_question(self, text: str) -> Vectors:
        """Encode a question. Shape (1, dimension)."""
        return self._encoder.encode_question(text)


class CachingEncoder(EncoderWrapper):
    """Caches the vectors of the most recent questions. Passages are not cached here."""

    def __init__(self, encoder: Encoder) -> None:
        self._wrapped = encoder
        self._question = lru_cache(CACHED_QUESTIONS)(encoder.encode_question)

    def encode_question(self, text: str) -> Vectors:
        """Encode a question, or return its cached vector. Shape (1, dimension)."""
        return self._question(text)

    @property
    def _encoder(self) -> Encoder:
        return self._wrapped
