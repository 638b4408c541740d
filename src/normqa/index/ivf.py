"""The dense index of many passages: inverted lists of scalar-quantised vectors, by FAISS.

Vectors are gathered around centroids (Jégou, Douze and Schmid 2011, doi:10.1109/TPAMI.2010.57), each in one
byte a dimension, and a search looks into the lists of the nearest centroids. How many it has to look into is
measured against exact search when the index is built. What is found is scored again, exactly.
"""

import math
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from normqa.index.checksums import Frozen
from normqa.index.dense import DenseIndex
from normqa.index.sentence_vectors import SentenceVectors

NAME = "inverted.faiss"

ANN_THRESHOLD = 100_000
"""Up to so many passages, dense search is exact unless a setting says otherwise."""

_LEAST_RECALL = 0.99
_RECALL_AT = 10
_PROBED, _MIXED = 500, 3
"""So often that is measured, with the mean of so many sentences of passages that are drawn: it is as far from
all of them, and from the centroids, as a question is."""

_TRAINED_ON, _LEAST_TRAINED_ON = 64, 39
"""Vectors that each centroid is trained on; FAISS asks for the latter."""

_ADDED_AT_ONCE = 50_000


class Lists(Frozen):
    """How a generation is searched that is too large to be searched exactly.

    Attributes:
        lists: Into how many its vectors are parted.
        probes: Into how many a search looks.
        recall: Share of the ten nearest that it finds, measured when it was built.
    """

    lists: int
    probes: int
    recall: float


class IvfIndex:
    """Open inverted lists, mapped into memory.

    Args:
        index: Of FAISS.
        probes: Into how many lists a search looks.
    """

    def __init__(self, index: Any, probes: int) -> None:  # noqa: ANN401 - FAISS's own types know too little
        self._index = index
        self._index.parallel_mode = 1  # one question at a time, on all cores
        self._parameters: Any = faiss.SearchParametersIVF()
        self._parameters.nprobe = probes

    @classmethod
    def open(cls, folder: Path, lists: Lists) -> "IvfIndex":
        """Opens the lists of a generation.

        Raises:
            RuntimeError: If FAISS cannot read them.
            ValueError: If they are others.
        """
        index: Any = faiss.read_index(str(folder / NAME), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        if index.nlist != lists.lists:
            raise ValueError(f"{NAME} holds {index.nlist} lists instead of {lists.lists}")
        return cls(index, lists.probes)

    @property
    def size(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    def near(self, vectors: NDArray[np.float32], top_k: int) -> NDArray[np.int64]:
        """Numbers of passages that are near to each unit vector, shape (vectors, top_k); -1 for none."""
        _, numbers = self._index.search(vectors, top_k, params=self._parameters)
        return np.asarray(numbers, dtype=np.int64)


def build_ivf(folder: Path, dense: DenseIndex, sentences: SentenceVectors, seed: int = 0) -> Lists:
    """Trains and writes the inverted lists of a generation.

    Args:
        folder: Where to.
        dense: The vectors of all its passages.
        sentences: And of their sentences.
        seed: Of what is drawn.
    """
    draw = np.random.default_rng(seed)
    size = sum(dense.sizes)
    count = 2 ** max(0, min(round(math.log2(4 * math.sqrt(size))), int(math.log2(size / _LEAST_TRAINED_ON))))
    index = faiss.index_factory(dense.dimension, f"IVF{count},SQ8", faiss.METRIC_INNER_PRODUCT)
    sample = np.sort(draw.choice(size, min(size, _TRAINED_ON * count), replace=False))
    index.train(dense.vectors(sample))
    for start in range(0, size, _ADDED_AT_ONCE):
        index.add(dense.vectors(np.arange(start, min(size, start + _ADDED_AT_ONCE))))
    faiss.write_index(index, str(folder / NAME))
    asked = _questions(dense, sentences, draw)
    probes, recall = _probes(dense, asked, partial(IvfIndex, index), count)
    return Lists(lists=count, probes=probes, recall=round(recall, 4))


def _questions(
    dense: DenseIndex, sentences: SentenceVectors, draw: np.random.Generator
) -> NDArray[np.float32]:
    """Unit vectors to search for, as questions would be."""
    size = sum(dense.sizes)
    drawn = np.sort(draw.choice(size, min(size, _PROBED * _MIXED), replace=False))
    own = [draw.permutation(each)[0] for each in map(sentences.of, drawn.tolist()) if len(each)]
    vectors = np.stack(own or list(dense.vectors(drawn)))
    mixed: NDArray[np.float32] = vectors[draw.integers(len(vectors), size=(_PROBED, _MIXED))].sum(axis=1)
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    return mixed


def _probes(
    dense: DenseIndex, vectors: NDArray[np.float32], opened: Callable[[int], IvfIndex], count: int
) -> tuple[int, float]:
    """The fewest probes, doubled from 1, that find enough; and how much they find."""
    nearest = _nearest(dense, vectors)
    total = sum(map(len, nearest))

    for probes in (2**power for power in range(count.bit_length())):
        lists = DenseIndex(dense.shards, opened(probes))
        found = (lists.search(vector[None], _RECALL_AT) for vector in vectors)
        recall = sum(len(own & each.keys()) for own, each in zip(nearest, found, strict=True)) / total
        if recall >= _LEAST_RECALL:
            break
    return probes, recall


def _nearest(dense: DenseIndex, vectors: NDArray[np.float32]) -> list[set[int]]:
    """Numbers of the passages that are nearest to each vector; all are searched for at once."""
    scores, numbers = [], []
    for first, shard in zip(accumulate(dense.sizes, initial=0), dense.shards, strict=False):
        found = faiss.knn(vectors, shard, min(_RECALL_AT, len(shard)), faiss.METRIC_INNER_PRODUCT)
        scores.append(found[0])
        numbers.append(first + found[1])
    best = np.argsort(-np.hstack(scores), axis=1, kind="stable")[:, :_RECALL_AT]
    return [set(each.tolist()) for each in np.take_along_axis(np.hstack(numbers), best, axis=1)]
