"""The dense index: exact inner product over unit vectors, by FAISS (Douze et al., arXiv:2401.08281)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

NAME = "dense.faiss"


class DenseIndex:
    """An open dense index; entry ``n`` is the vector of passage ``n``."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - FAISS has no types
        self._index = index

    @staticmethod
    def build(folder: Path, vectors: NDArray[np.float32]) -> None:
        """Writes the index of a generation.

        Args:
            folder: Where to.
            vectors: Unit vectors, shape (passages, dimension).
        """
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(folder / NAME))

    @classmethod
    def open(cls, folder: Path) -> "DenseIndex":
        """Opens the index of a generation.

        Raises:
            RuntimeError: If FAISS cannot read it.
        """
        return cls(faiss.read_index(str(folder / NAME)))

    @property
    def size(self) -> int:
        """How many vectors it holds."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Of its vectors."""
        return int(self._index.d)

    def search(
        self, vector: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None = None
    ) -> dict[int, float]:
        """Inner products of a unit vector, shape (1, dimension), with the nearest passages, nearest first.

        Args:
            vector: What to search for.
            top_k: How many at most.
            within: Numbers of the only passages that count; None for all.
        """
        if within is not None and not len(within):
            return {}
        parameters = faiss.SearchParameters()
        if within is not None:
            parameters.sel = faiss.IDSelectorBatch(within)
        size = self.size if within is None else len(within)
        scores, numbers = self._index.search(vector, min(top_k, size), params=parameters)
        return {int(number): float(score) for number, score in zip(numbers[0], scores[0], strict=True)}

    def scores(self, vector: NDArray[np.float32], numbers: Sequence[int]) -> dict[int, float]:
        """Inner products of a unit vector, shape (1, dimension), with certain passages."""
        if not numbers:
            return {}
        products = self._index.reconstruct_batch(np.asarray(numbers, dtype=np.int64)) @ vector[0]
        return {number: float(product) for number, product in zip(numbers, products, strict=True)}
