"""Vectors of the sentences of every passage, mapped into memory: only what a question touches is read."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VECTORS = "sentences.npy"
FIRSTS = "first_sentences.npy"


class SentenceVectors:
    """The open vectors of a generation.

    Args:
        vectors: Unit vectors in half precision, shape (sentences, dimension).
        firsts: Number of each passage's first sentence, and at the end the number of sentences.
    """

    def __init__(self, vectors: NDArray[np.float16], firsts: NDArray[np.int64]) -> None:
        self._vectors = vectors
        self._firsts = firsts

    @staticmethod
    def build(folder: Path, vectors: NDArray[np.floating], sentences_per_passage: Sequence[int]) -> None:
        """Writes the vectors of a generation.

        Args:
            folder: Where to.
            vectors: Unit vectors, shape (sentences, dimension), those of the first passage first.
            sentences_per_passage: How many each passage has.
        """
        np.save(folder / VECTORS, vectors.astype(np.float16))
        np.save(folder / FIRSTS, np.cumsum([0, *sentences_per_passage], dtype=np.int64))

    @classmethod
    def open(cls, folder: Path) -> "SentenceVectors":
        """Opens the vectors of a generation.

        Raises:
            OSError: If a file cannot be read.
            ValueError: If it is no array, or the two do not belong together.
        """
        try:
            vectors, firsts = (
                np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in (VECTORS, FIRSTS)
            )
        except EOFError as error:
            raise ValueError(f"{VECTORS} or {FIRSTS} is empty") from error
        if vectors.ndim != 2 or firsts.ndim != 1 or firsts[-1] != len(vectors):  # noqa: PLR2004 - a matrix
            raise ValueError(f"{VECTORS} and {FIRSTS} do not belong together")
        return cls(vectors.view(np.ndarray), firsts.view(np.ndarray))

    @property
    def size(self) -> int:
        """How many passages it knows."""
        return len(self._firsts) - 1

    def of(self, passage: int) -> NDArray[np.float32]:
        """Unit vectors of the sentences of the passage with that number, shape (sentences, dimension)."""
        return self.raw(passage).astype(np.float32)

    def raw(self, passage: int) -> NDArray[np.float16]:
        """The same, in half precision as they are kept."""
        return self._vectors[self._firsts[passage] : self._firsts[passage + 1]]

    def best(self, vector: NDArray[np.float32], passages: Sequence[int]) -> dict[int, float]:
        """Highest inner product of a unit vector, shape (1, dimension), with a sentence of each passage.

        Passages without a sentence are left out.
        """
        numbers = np.asarray(passages, dtype=np.int64)
        starts, counts = self._firsts[numbers], self._firsts[numbers + 1] - self._firsts[numbers]
        numbers, starts, counts = (each[counts > 0] for each in (numbers, starts, counts))
        if not len(numbers):
            return {}
        ends = np.cumsum(counts)
        rows = np.arange(ends[-1]) + np.repeat(starts - ends + counts, counts)
        products = self._vectors[rows].astype(np.float32) @ vector[0]
        highest = np.maximum.reduceat(products, ends - counts)
        return dict(zip(numbers.tolist(), highest.tolist(), strict=True))
