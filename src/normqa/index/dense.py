"""The dense index: exact inner product over unit vectors, by FAISS (Douze et al., arXiv:2401.08281).

The vectors are mapped into memory, so opening costs the same however many there are.
"""

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

NAME = "passages.npy"


class DenseIndex:
    """An open dense index.

    Args:
        vectors: Unit vectors, shape (passages, dimension); row ``n`` is that of passage ``n``.
    """

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self.vectors = vectors

    @staticmethod
    def build(folder: Path, vectors: NDArray[np.float32]) -> None:
        """Writes the index of a generation.

        Args:
            folder: Where to.
            vectors: Unit vectors, shape (passages, dimension).
        """
        np.save(folder / NAME, vectors)

    @classmethod
    def open(cls, folder: Path) -> "DenseIndex":
        """Opens the index of a generation.

        Raises:
            OSError: If it cannot be read.
            ValueError: If it holds no such vectors.
        """
        try:
            vectors = np.load(folder / NAME, mmap_mode="r", allow_pickle=False)
        except EOFError as error:
            raise ValueError(f"{NAME} is empty") from error
        if vectors.ndim != 2 or vectors.dtype != np.float32:  # noqa: PLR2004 - a matrix
            raise ValueError(f"{NAME} holds no vectors")
        return cls(vectors.view(np.ndarray))

    @property
    def size(self) -> int:
        """How many vectors it holds."""
        return len(self.vectors)

    @property
    def dimension(self) -> int:
        """Of its vectors."""
        return int(self.vectors.shape[1])

    def search(
        self, vector: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None = None
    ) -> dict[int, float]:
        """Inner products of a unit vector, shape (1, dimension), with the nearest passages, nearest first.

        Args:
            vector: What to search for.
            top_k: How many at most.
            within: Numbers of the only passages that count; None for all.
        """
        vectors = self.vectors if within is None else self.vectors[within]
        if not len(vectors):
            return {}
        scores, rows = faiss.knn(vector, vectors, min(top_k, len(vectors)), faiss.METRIC_INNER_PRODUCT)
        numbers = rows[0] if within is None else within[rows[0]]
        return {int(number): float(score) for number, score in zip(numbers, scores[0], strict=True)}

    def scores(self, vector: NDArray[np.float32], numbers: Sequence[int]) -> dict[int, float]:
        """Inner products of a unit vector, shape (1, dimension), with certain passages."""
        if not numbers:
            return {}
        products = self.vectors[np.asarray(numbers, dtype=np.int64)] @ vector[0]
        return {number: float(product) for number, product in zip(numbers, products, strict=True)}
