"""Encoder without a model: a bag of hashed words. It matches wording, not meaning, and keeps tests fast."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from normqa.datatypes import EmbeddedText
from normqa.models.protocols import Advance, Encoded, Vectors


class HashingEncoder:
    """Counts words in hashed dimensions (Weinberger et al. 2009, doi:10.1145/1553374.1553516).

    Args:
        max_tokens: Maximum words per text.

    Attributes:
        encoded: Number of texts encoded so far, questions included.
    """

    name = "hashing"

    def __init__(self, dimension: int = 1024, max_tokens: int = 256) -> None:
        self.max_tokens = max_tokens
        self.fingerprint = f"hashing/1 dimension={dimension} tokens={max_tokens}"
        self.encoded = 0
        self._dimension = dimension

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count words and punctuation marks."""
        return [len(_words(text)) for text in texts]

    def knows(self, word: str) -> bool:  # noqa: ARG002 - there is no vocabulary
        """Return False."""
        return False

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        """Encode passages and the sentences in them."""
        passages = self._vectors([embedded.text for embedded in texts])
        sentences = self._vectors(
            [span.of(embedded.text) for embedded in texts for span in embedded.sentences]
        )
        self.encoded += len(texts)
        advance(len(texts))
        return Encoded(passages, sentences)

    def encode_question(self, text: str) -> Vectors:
        """Encode a question the same way as a passage."""
        self.encoded += 1
        return self._vectors([text])

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in _words(text)[: self.max_tokens]:
                digest = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
                row[digest % self._dimension] += 1.0 if digest >> 63 else -1.0
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
        return vectors


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text.lower())
