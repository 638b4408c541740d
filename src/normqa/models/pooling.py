"""Pool sentence vectors from one pass over their passage."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import Span
from normqa.models.protocols import Vectors


def pool_sentences(
    states: NDArray[np.float32], offsets: NDArray[np.int64], sentences: Sequence[Span]
) -> Vectors:
    """Average the token states of each sentence, as mean pooling does for a whole text.

    Args:
        states: Hidden states, shape (tokens, dimension).
        offsets: Half-open character range per token, shape (tokens, 2).
        sentences: Character ranges in the same text.

    Returns:
        One unit vector per sentence. A sentence beyond the encoder's token limit gets the passage's vector.
    """
    starts, ends = offsets[:, 0], offsets[:, 1]
    bounds = np.array([(span.start, span.end) for span in sentences], dtype=np.int64).reshape(-1, 2)
    member = (starts < bounds[:, 1:]) & (ends > bounds[:, :1]) & (ends > starts)
    member[~member.any(axis=1)] = True
    return unit(member.astype(np.float32) @ states)


def unit(vectors: NDArray[np.float32]) -> Vectors:
    """Scale vectors to length 1. Zero vectors stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
