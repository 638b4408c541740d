"""Vectors of the sentences of every passage, mapped into memory: a question reads only what it touches."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from normqa.index.shards import Numbering, load_mmap, release_mapped_pages

_VECTORS = "sentences.npy"
_FIRSTS = "first_sentences.npy"

_HALF_TO_SINGLE = np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float32)
"""Every half-precision number in single precision. A lookup takes half the time of numpy's conversion."""


class SentenceVectors:
    """The open sentence vectors of a generation.

    Args:
        shards: For each shard the unit vectors in half precision, shape (sentences, dimension), and the row
            of each passage's first sentence, followed by the number of sentences.
    """

    def __init__(self, shards: Sequence[tuple[NDArray[np.float16], NDArray[np.int64]]]) -> None:
        self._shards = shards
        self._numbering = Numbering(len(firsts) - 1 for _, firsts in shards)

    @staticmethod
    def build(folder: Path, vectors: NDArray[np.floating], sentences_per_passage: Sequence[int]) -> None:
        """Write the vectors of a shard.

        Args:
            folder: Folder of the shard.
            vectors: Unit vectors, shape (sentences, dimension), in the order of passages.
            sentences_per_passage: Number of sentences of each passage.
        """
        np.save(folder / _VECTORS, vectors.astype(np.float16))
        np.save(folder / _FIRSTS, np.cumsum([0, *sentences_per_passage], dtype=np.int64))

    @classmethod
    def open(cls, folders: Sequence[Path]) -> "SentenceVectors":
        """Open the vectors of a generation.

        Args:
            folders: Folders of its shards.

        Raises:
            OSError: If a file cannot be read.
            ValueError: If a file contains no array, or the two files do not belong together.
        """
        return cls([_load(folder) for folder in folders])

    @property
    def arrays(self) -> list[NDArray[Any]]:
        """Every mapped array."""
        return [vectors for vectors, _ in self._shards]

    @property
    def sizes(self) -> list[int]:
        """Passages of each shard."""
        return self._numbering.sizes

    def of(self, passage: int) -> NDArray[np.float32]:
        """Return the unit vectors of the sentences of a passage, shape (sentences, dimension)."""
        return _to_single(self.raw(passage))

    def raw(self, passage: int) -> NDArray[np.float16]:
        """Return the same vectors in half precision, as they are stored."""
        shard, row = self._numbering.locate(passage)
        vectors, firsts = self._shards[shard]
        return vectors[firsts[row] : firsts[row + 1]]

    def best(self, vector: NDArray[np.float32], passages: Sequence[int]) -> dict[int, float]:
        """Return the highest inner product of a vector with a sentence of each passage.

        Args:
            vector: Unit vector, shape (1, dimension).
            passages: Numbers, ascending. Passages without a sentence are left out of the result.
        """
        numbers = np.asarray(passages, dtype=np.int64)
        found, counts = [np.empty((0, vector.shape[1]), np.float16)], [np.empty(0, np.int64)]
        for shard, rows in self._numbering.by_shard(numbers):
            vectors, firsts = self._shards[shard]
            starts = firsts[rows]
            sizes = firsts[rows + 1] - starts
            ends = np.cumsum(sizes)
            found.append(vectors[np.arange(ends[-1]) + np.repeat(starts - ends + sizes, sizes)])
            counts.append(sizes)
        products, sentences = _to_single(np.concatenate(found)) @ vector[0], np.concatenate(counts)
        release_mapped_pages(self.arrays)
        has_sentences = sentences > 0
        if not has_sentences.any():
            return {}
        highest = np.maximum.reduceat(products, (np.cumsum(sentences) - sentences)[has_sentences])
        return dict(zip(numbers[has_sentences].tolist(), highest.tolist(), strict=True))


def _load(folder: Path) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    # A search trusts the rows in the second array, so they are read once, and not mapped.
    vectors, firsts = load_mmap(folder / _VECTORS), np.array(load_mmap(folder / _FIRSTS))
    has_shape = vectors.ndim == 2 and firsts.ndim == 1 and len(firsts)  # noqa: PLR2004 - a matrix
    has_types = vectors.dtype == np.float16 and firsts.dtype == np.int64
    if not has_shape or not has_types or firsts[-1] != len(vectors):
        raise ValueError(f"{_VECTORS} and {_FIRSTS} do not belong together")
    if firsts[0] != 0 or (np.diff(firsts) < 0).any():
        raise ValueError(f"{_FIRSTS} does not ascend")
    return vectors, firsts


def _to_single(halves: NDArray[np.float16]) -> NDArray[np.float32]:
    return _HALF_TO_SINGLE.take(halves.view(np.uint16))
