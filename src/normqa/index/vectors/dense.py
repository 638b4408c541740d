"""The dense index: inner products of unit vectors, by FAISS (Douze et al., arXiv:2401.08281).

Search is exact. Above a number of passages, an inverted file (Jégou, Douze and Schmid 2011,
doi:10.1109/TPAMI.2010.57) chooses which passages to score, and these are scored exactly. The vectors are
mapped into memory, so opening costs the same however many there are.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from normqa.index.checksums import Frozen
from normqa.index.shards import Numbering, load_mmap, release_mapped_pages

IVF_FILE = "inverted.faiss"

_VECTORS = "passages.npy"
_OVERSAMPLING = 2
"""Passages that the inverted file proposes, as a multiple of top_k."""


class IvfParams(Frozen):
    """How the inverted file of a generation is searched.

    Attributes:
        nlist: Number of inverted lists.
        nprobe: Lists that a search reads.
        recall: Share of the exact ten nearest that a search finds, measured at build time.
    """

    nlist: int
    nprobe: int
    recall: float


class IvfIndex:
    """An open inverted file.

    Args:
        index: FAISS's own.
        nprobe: Lists that a search reads.
    """

    def __init__(self, index: Any, nprobe: int) -> None:  # noqa: ANN401 - FAISS has no useful types
        self._index = index
        self._index.parallel_mode = 1  # one question at a time, on all cores
        self._parameters: Any = faiss.SearchParametersIVF()
        self._parameters.nprobe = nprobe

    @classmethod
    def open(cls, folder: Path, params: IvfParams) -> "IvfIndex":
        """Map the inverted file of a generation into memory.

        Raises:
            RuntimeError: If FAISS cannot read the file.
            ValueError: If the file does not match its parameters.
        """
        index: Any = faiss.read_index(str(folder / IVF_FILE), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        if index.nlist != params.nlist:
            raise ValueError(f"{IVF_FILE} has {index.nlist} lists instead of {params.nlist}")
        return cls(index, params.nprobe)

    @property
    def size(self) -> int:
        """Number of vectors."""
        return int(self._index.ntotal)

    def near(self, vectors: NDArray[np.float32], top_k: int) -> NDArray[np.int64]:
        """Return numbers of passages near each vector, shape (vectors, top_k); -1 for none."""
        _, numbers = self._index.search(vectors, top_k, params=self._parameters)
        return np.asarray(numbers, dtype=np.int64)


class DenseIndex:
    """An open dense index.

    Args:
        arrays: Unit vectors of each shard, shape (passages, dimension).
        ivf: Proposes which passages to score. Default: all are scored.
    """

    def __init__(self, arrays: Sequence[NDArray[np.float32]], ivf: IvfIndex | None = None) -> None:
        self.arrays = arrays
        self._ivf = ivf
        self._numbering = Numbering(map(len, arrays))

    @staticmethod
    def build(folder: Path, vectors: NDArray[np.float32]) -> None:
        """Write the vectors of a shard.

        Args:
            folder: Folder of the shard.
            vectors: Unit vectors, shape (passages, dimension).
        """
        np.save(folder / _VECTORS, vectors)

    @classmethod
    def open(cls, folders: Sequence[Path], ivf: IvfIndex | None = None) -> "DenseIndex":
        """Open the index of a generation.

        Args:
            folders: Folders of its shards.
            ivf: Proposes which passages to score. Default: all are scored.

        Raises:
            OSError: If a file cannot be read.
            ValueError: If a file contains no vectors, or vectors of another dimension.
        """
        arrays = [_load(folder / _VECTORS) for folder in folders]
        if len({vectors.shape[1] for vectors in arrays}) != 1:
            raise ValueError(f"{_VECTORS} contains vectors of different dimensions")
        return cls(arrays, ivf)

    @property
    def sizes(self) -> list[int]:
        """Vectors of each shard."""
        return self._numbering.sizes

    @property
    def size(self) -> int:
        """Number of vectors."""
        return self._numbering.size

    @property
    def dimension(self) -> int:
        """Dimension of the vectors."""
        return int(self.arrays[0].shape[1])

    def with_ivf(self, ivf: IvfIndex | None) -> "DenseIndex":
        """Return an index over the same vectors with another inverted file; None for exact search."""
        return DenseIndex(self.arrays, ivf)

    def vector(self, number: int) -> NDArray[np.float32]:
        """Return the unit vector of a passage, shape (dimension,)."""
        shard, row = self._numbering.locate(number)
        vector: NDArray[np.float32] = self.arrays[shard][row]
        return vector

    def vectors(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the unit vectors of passages, numbers ascending, shape (passages, dimension)."""
        none = np.empty((0, self.dimension), np.float32)
        return np.concatenate(
            [none, *(self.arrays[i][rows] for i, rows in self._numbering.by_shard(numbers))]
        )

    def nearest(
        self, vectors: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return inner products and numbers of the passages nearest to each vector, by exact search.

        Args:
            vectors: Unit vectors, shape (vectors, dimension).
            top_k: Maximum number of passages per vector. Ties go by number.
            within: Numbers of the passages to search, ascending. Default: all.
        """
        scores = [np.empty((len(vectors), 0), np.float32)]
        numbers = [np.empty((len(vectors), 0), np.int64)]
        for shard, first in enumerate(self._numbering.firsts[:-1]):
            array, rows = self.arrays[shard], None
            if within is not None:
                low, high = np.searchsorted(within, [first, first + len(array)])
                rows = within[low:high] - first
                array = array[rows]
            if len(array):
                count = min(top_k, len(array))
                products, places = faiss.knn(vectors, array, count, faiss.METRIC_INNER_PRODUCT)
                scores.append(products)
                numbers.append(first + (places if rows is None else rows[places]))
        all_scores, all_numbers = np.hstack(scores), np.hstack(numbers)
        best = np.lexsort((all_numbers, -all_scores))[:, :top_k]
        return np.take_along_axis(all_scores, best, 1), np.take_along_axis(all_numbers, best, 1)

    def search(
        self, vector: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None = None
    ) -> dict[int, float]:
        """Return inner products of a vector with the nearest passages, nearest first.

        Args:
            vector: Unit vector, shape (1, dimension).
            top_k: Maximum number of passages.
            within: Numbers of the passages to search, ascending, by exact search. Default: all.
        """
        found = self._search(vector, top_k, within)
        release_mapped_pages(self.arrays)
        return found

    def scores(self, vector: NDArray[np.float32], numbers: Sequence[int]) -> dict[int, float]:
        """Return inner products of a vector with certain passages.

        Args:
            vector: Unit vector, shape (1, dimension).
            numbers: Numbers of the passages, ascending.
        """
        by_shard = self._numbering.by_shard(np.asarray(numbers, np.int64))
        products = [self.arrays[shard][rows] @ vector[0] for shard, rows in by_shard]
        return dict(zip(numbers, np.concatenate(products).tolist(), strict=True)) if products else {}

    def _search(
        self, vector: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None
    ) -> dict[int, float]:
        if within is None and self._ivf:
            near = np.unique(self._ivf.near(vector, _OVERSAMPLING * top_k))
            candidates = self.scores(vector, near[near >= 0].tolist())
            return dict(sorted(candidates.items(), key=lambda scored: (-scored[1], scored[0]))[:top_k])
        scores, numbers = self.nearest(vector, top_k, within)
        return dict(zip(numbers[0].tolist(), scores[0].tolist(), strict=True))


def _load(path: Path) -> NDArray[np.float32]:
    vectors = load_mmap(path)
    if vectors.ndim != 2 or vectors.dtype != np.float32:  # noqa: PLR2004 - a matrix
        raise ValueError(f"{path.name} contains no vectors")
    return vectors
