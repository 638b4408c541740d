"""Train the inverted file of a generation, and choose nprobe from measured recall.

Vectors are grouped around centroids (Jégou, Douze and Schmid 2011, doi:10.1109/TPAMI.2010.57) and stored in
one byte per dimension. nprobe is the smallest power of two that finds enough of what exact search finds.
"""

import math
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from normqa.index.vectors.dense import IVF_FILE, DenseIndex, IvfIndex, IvfParams
from normqa.index.vectors.sentences import SentenceVectors

ANN_THRESHOLD = 100_000
"""Default number of passages above which dense search is approximate."""

_MIN_RECALL = 0.99
_RECALL_AT = 10
_QUERIES, _SENTENCES_PER_QUERY = 500, 3
"""A query is the mean of sentences of random passages, which is as far from passages as a question is."""

_TRAINING_PER_LIST, _MIN_TRAINING_PER_LIST = 64, 39
"""Training vectors per centroid; FAISS asks for at least the latter."""

_BATCH = 50_000


def write_ivf(folder: Path, index: Any) -> None:  # noqa: ANN401 - FAISS has no types
    """Write an inverted file into the folder of its generation.

    Raises:
        RuntimeError: If it cannot be written.
    """
    faiss.write_index(index, str(folder / IVF_FILE))


def train_ivf(dense: DenseIndex, sentences: SentenceVectors, seed: int = 0) -> tuple[Any, IvfParams]:
    """Train an inverted file.

    Args:
        dense: Vectors of all passages of a generation.
        sentences: Vectors of their sentences.
        seed: Seed of the random sample.

    Returns:
        The inverted file and its parameters.
    """
    random = np.random.default_rng(seed)
    size = dense.size
    nlist = 2 ** max(
        0, min(round(math.log2(4 * math.sqrt(size))), int(math.log2(size / _MIN_TRAINING_PER_LIST)))
    )
    index: Any = faiss.index_factory(dense.dimension, f"IVF{nlist},SQ8", faiss.METRIC_INNER_PRODUCT)
    sample = np.sort(random.choice(size, min(size, _TRAINING_PER_LIST * nlist), replace=False))
    index.train(dense.vectors(sample))
    for start in range(0, size, _BATCH):
        index.add(dense.vectors(np.arange(start, min(size, start + _BATCH))))
    nprobe, recall = _choose_nprobe(dense, index, _queries(dense, sentences, random))
    return index, IvfParams(nlist=nlist, nprobe=nprobe, recall=round(recall, 4))


def _queries(
    dense: DenseIndex, sentences: SentenceVectors, random: np.random.Generator
) -> NDArray[np.float32]:
    """Return unit vectors to search for that resemble questions."""
    count = min(dense.size, _QUERIES * _SENTENCES_PER_QUERY)
    passages = np.sort(random.choice(dense.size, count, replace=False))
    drawn = [random.permutation(own)[0] for own in map(sentences.of, passages.tolist()) if len(own)]
    vectors = np.stack(drawn or list(dense.vectors(passages)))
    choice = random.integers(len(vectors), size=(_QUERIES, _SENTENCES_PER_QUERY))
    queries: NDArray[np.float32] = vectors[choice].sum(axis=1)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    return queries


def _choose_nprobe(dense: DenseIndex, index: Any, queries: NDArray[np.float32]) -> tuple[int, float]:  # noqa: ANN401
    """Return the smallest sufficient power of two, and its recall."""
    nearest = [set(numbers) for numbers in dense.nearest(queries, _RECALL_AT)[1].tolist()]
    total = sum(map(len, nearest))
    for nprobe in (2**power for power in range(index.nlist.bit_length())):
        approximate = dense.with_ivf(IvfIndex(index, nprobe))
        found = (approximate.search(query[None], _RECALL_AT) for query in queries)
        recall = sum(len(exact & own.keys()) for exact, own in zip(nearest, found, strict=True)) / total
        if recall >= _MIN_RECALL:
            break
    return nprobe, recall
