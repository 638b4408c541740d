"""What encoders that stand before another one share: all that they do not do themselves, the other does."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from normqa.datatypes import EmbeddedText
from normqa.models.encoder import Advance, Encoded, Encoder, Vectors


class EncoderWrapper(ABC):
    """An encoder that stands before another. It may be used from any thread that the other may be."""

    @property
    @abstractmethod
    def _encoder(self) -> Encoder:
        """The other."""

    @property
    def max_tokens(self) -> int:
        """Most tokens of a text that the model sees."""
        return self._encoder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as a passage, its prefix and special tokens included."""
        return self._encoder.count_tokens(texts)

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encodes texts to be found, and the sentences in them."""
        return self._encoder.encode_passages(texts, advance)

    def encode_question(self, text: str) -> Vectors:
        """Encodes one text to search with: shape (1, dimension)."""
        return self._encoder.encode_question(text)
