"""Vectors of the sentences of every passage, mapped into memory: only what a question touches is read."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from normqa.index.arrays import mapped

VECTORS = "sentences.npy"
FIRSTS = "first_sentences.npy"

_SINGLES = np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float32)
"""Every number of half precision in single precision."""


class SentenceVectors:
    """The open vectors of a generation.

    Args:
        shards: Of each the unit vectors in half precision, shape (sentences, dimension), and the number of
            each passage's first sentence, at the end the number of sentences. Passages are numbered through.
    """

    def __init__(self, shards: Sequence[tuple[NDArray[np.float16], NDArray[np.int64]]]) -> None:
        self._shards = shards
        self._firsts = list(accumulate(self.sizes, initial=0))

    @staticmethod
    def build(folder: Path, vectors: NDArray[np.floating], sentences_per_passage: Sequence[int]) -> None:
        """Writes the vectors of a shard.

        Args:
            folder: Where to.
            vectors: Unit vectors, shape (sentences, dimension), those of the first passage first.
            sentences_per_passage: How many each passage has.
        """
        np.save(folder / VECTORS, vectors.astype(np.float16))
        np.save(folder / FIRSTS, np.cumsum([0, *sentences_per_passage], dtype=np.int64))

    @classmethod
    def open(cls, folders: Sequence[Path]) -> "SentenceVectors":
        """Opens the vectors of a generation.

        Args:
            folders: Of its shards.

        Raises:
            OSError: If a file cannot be read.
            ValueError: If it is no array, or the two do not belong together.
        """
        return cls([_mapped(folder) for folder in folders])

    @property
    def arrays(self) -> list[NDArray[Any]]:
        """All that is mapped."""
        return [array for shard in self._shards for array in shard]

    @property
    def sizes(self) -> list[int]:
        """How many passages each shard has."""
        return [len(firsts) - 1 for _, firsts in self._shards]

    def of(self, passage: int) -> NDArray[np.float32]:
        """Unit vectors of the sentences of the passage with that number, shape (sentences, dimension)."""
        return _single(self.raw(passage))

    def raw(self, passage: int) -> NDArray[np.float16]:
        """The same, in half precision as they are kept."""
        shard = bisect_right(self._firsts, passage) - 1
        vectors, firsts = self._shards[shard]
        row = passage - self._firsts[shard]
        return vectors[firsts[row] : firsts[row + 1]]

    def best(self, vector: NDArray[np.float32], passages: Sequence[int]) -> dict[int, float]:
        """Highest inner product of a unit vector, shape (1, dimension), with a sentence of each passage.

        Passages, which ascend, without a sentence are left out.
        """
        numbers = np.asarray(passages, dtype=np.int64)
        bounds = np.searchsorted(numbers, self._firsts)
        found, counts = [np.empty((0, vector.shape[1]), np.float16)], [np.empty(0, np.int64)]
        for (vectors, firsts), first, (low, high) in zip(
            self._shards, self._firsts, pairwise(bounds), strict=False
        ):
            if low < high:
                starts = firsts[numbers[low:high] - first]
                own = firsts[numbers[low:high] - first + 1] - starts
                ends = np.cumsum(own)
                found.append(vectors[np.arange(ends[-1]) + np.repeat(starts - ends + own, own)])
                counts.append(own)
        products, sizes = _single(np.concatenate(found)) @ vector[0], np.concatenate(counts)
        having = sizes > 0
        if not having.any():
            return {}
        highest = np.maximum.reduceat(products, (np.cumsum(sizes) - sizes)[having])
        return dict(zip(numbers[having].tolist(), highest.tolist(), strict=True))


def _mapped(folder: Path) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    vectors, firsts = mapped(folder / VECTORS), mapped(folder / FIRSTS)
    shaped = vectors.ndim == 2 and firsts.ndim == 1 and len(firsts)  # noqa: PLR2004 - a matrix
    if not shaped or firsts[-1] != len(vectors):
        raise ValueError(f"{VECTORS} and {FIRSTS} do not belong together")
    return vectors, firsts


def _single(halves: NDArray[np.float16]) -> NDArray[np.float32]:
    """The same numbers in single precision; to look them up takes half as long as numpy's own conversion."""
    return _SINGLES.take(halves.view(np.uint16))
