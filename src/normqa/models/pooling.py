"""Vectors of the sentences in a passage, out of one pass over the passage."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import Span
from normqa.models.encoder import Vectors


def pool_sentences(
    states: NDArray[np.float32], offsets: NDArray[np.int64], sentences: Sequence[Span]
) -> Vectors:
    """Averages the states of each sentence's tokens, as mean pooling does with those of a whole text.

    Args:
        states: Of every token, shape (tokens, dimension).
        offsets: First and last character of every token, half-open, shape (tokens, 2).
        sentences: In characters of the same text.

    Returns:
        One unit vector a sentence; one whose tokens all lie beyond the encoder's limit gets the passage's.
    """
    starts, ends = offsets[:, 0], offsets[:, 1]
    bounds = np.array([(span.start, span.end) for span in sentences], dtype=np.int64).reshape(-1, 2)
    member = (starts < bounds[:, 1:]) & (ends > bounds[:, :1]) & (ends > starts)
    member[~member.any(axis=1)] = True
    return unit(member.astype(np.float32) @ states)


def unit(vectors: NDArray[np.float32]) -> Vectors:
    """The vectors scaled to length 1, in float32."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
