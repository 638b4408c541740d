"""The dense index: exact inner product over unit vectors, by FAISS (Douze et al., arXiv:2401.08281).

The vectors are mapped into memory, so opening costs the same however many there are. Where there are very
many, inverted lists say which of them to look at.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from normqa.index.arrays import mapped

NAME = "passages.npy"

_LOOKED_AT = 2
"""So many times more passages than are wanted are taken from the lists, and scored exactly."""


class ApproximateIndex(Protocol):
    """What knows roughly which passages are near."""

    def near(self, vectors: NDArray[np.float32], top_k: int) -> NDArray[np.int64]:
        """Numbers of passages that are near to each unit vector, shape (vectors, top_k); -1 for none."""


class DenseIndex:
    """An open dense index.

    Args:
        shards: Unit vectors, each of shape (passages, dimension); their rows are numbered through.
        lists: Asked which passages to look at; None to look at all.
    """

    def __init__(self, shards: Sequence[NDArray[np.float32]], lists: ApproximateIndex | None = None) -> None:
        self.shards = shards
        self._lists = lists
        self._firsts = list(accumulate(map(len, shards), initial=0))

    @staticmethod
    def build(folder: Path, vectors: NDArray[np.float32]) -> None:
        """Writes the vectors of a shard.

        Args:
            folder: Where to.
            vectors: Unit vectors, shape (passages, dimension).
        """
        np.save(folder / NAME, vectors)

    @classmethod
    def open(cls, folders: Sequence[Path], lists: ApproximateIndex | None = None) -> "DenseIndex":
        """Opens the index of a generation.

        Args:
            folders: Of its shards.
            lists: Asked which passages to look at; None to look at all.

        Raises:
            OSError: If it cannot be read.
            ValueError: If it holds no such vectors, or not of one dimension.
        """
        shards = [_mapped(folder / NAME) for folder in folders]
        if len({vectors.shape[1] for vectors in shards}) != 1:
            raise ValueError(f"{NAME} holds vectors of different dimensions")
        return cls(shards, lists)

    @property
    def sizes(self) -> list[int]:
        """How many vectors each shard holds."""
        return [len(vectors) for vectors in self.shards]

    @property
    def dimension(self) -> int:
        """Of its vectors."""
        return int(self.shards[0].shape[1])

    def vector(self, number: int) -> NDArray[np.float32]:
        """The unit vector of a passage, shape (dimension,)."""
        vector: NDArray[np.float32] = self.vectors(np.array([number]))[0]
        return vector

    def vectors(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """The unit vectors of passages, numbers ascending, shape (passages, dimension)."""
        return np.concatenate([shard[rows] for shard, rows in self._rows(numbers)])

    def search(
        self, vector: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None = None
    ) -> dict[int, float]:
        """Inner products of a unit vector, shape (1, dimension), with the nearest passages, nearest first.

        Args:
            vector: What to search for.
            top_k: How many at most.
            within: Numbers, ascending, of the only passages that count; None for all.
        """
        if within is None and self._lists:
            near = np.unique(self._lists.near(vector, _LOOKED_AT * top_k))
            looked_at = self.scores(vector, near[near >= 0].tolist())
            return dict(sorted(looked_at.items(), key=lambda each: (-each[1], each[0]))[:top_k])
        scores, numbers = [np.empty(0, np.float32)], [np.empty(0, np.int64)]
        for first, vectors in zip(self._firsts, self.shards, strict=False):
            rows = None
            if within is not None:
                low, high = np.searchsorted(within, [first, first + len(vectors)])
                rows = within[low:high] - first
            some = vectors if rows is None else vectors[rows]
            if not len(some):
                continue
            found, places = faiss.knn(vector, some, min(top_k, len(some)), faiss.METRIC_INNER_PRODUCT)
            scores.append(found[0])
            numbers.append(first + (places[0] if rows is None else rows[places[0]]))
        products, found_numbers = np.concatenate(scores), np.concatenate(numbers)
        best = np.lexsort((found_numbers, -products))[:top_k]
        return dict(zip(found_numbers[best].tolist(), products[best].tolist(), strict=True))

    def scores(self, vector: NDArray[np.float32], numbers: Sequence[int]) -> dict[int, float]:
        """Inner products of a unit vector, shape (1, dimension), with certain passages, numbers ascending."""
        products = [shard[rows] @ vector[0] for shard, rows in self._rows(np.asarray(numbers, np.int64))]
        return dict(zip(numbers, np.concatenate(products).tolist(), strict=True)) if products else {}

    def _rows(self, numbers: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        """Ascending numbers by shard: its vectors, and which of them."""
        bounds = np.searchsorted(numbers, self._firsts)
        for shard, first, (low, high) in zip(self.shards, self._firsts, pairwise(bounds), strict=False):
            if low < high:
                yield shard, numbers[low:high] - first


def _mapped(path: Path) -> NDArray[np.float32]:
    vectors = mapped(path)
    if vectors.ndim != 2 or vectors.dtype != np.float32:  # noqa: PLR2004 - a matrix
        raise ValueError(f"{path.name} holds no vectors")
    return vectors
