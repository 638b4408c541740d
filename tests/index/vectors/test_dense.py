"""The dense index against plain arithmetic."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from normqa.index.vectors.dense import DenseIndex


def build_and_open(folder: Path, *shards: NDArray[np.float32]) -> DenseIndex:
    """An index with one shard per array."""
    folders = [folder / str(place) for place in range(len(shards))]
    for item, vectors in zip(folders, shards, strict=True):
        item.mkdir()
        DenseIndex.build(item, vectors)
    return DenseIndex.open(folders)


def unit_vectors(count: int, dimension: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32)


def test_the_nearest_come_first(tmp_path: Path) -> None:
    vectors, questions = unit_vectors(300, 24, seed=1), unit_vectors(20, 24, seed=2)
    index = build_and_open(tmp_path, vectors)
    assert (index.sizes, index.dimension) == ([300], 24)
    for question in questions:
        nearest_first = np.argsort(-(vectors @ question), kind="stable")
        assert list(index.search(question[None, :], 10)) == nearest_first[:10].tolist()
        assert list(index.search(question[None, :], 300)) == nearest_first.tolist()


def test_a_vector_is_nearest_to_itself(tmp_path: Path) -> None:
    vectors = unit_vectors(50, 8, seed=3)
    index = build_and_open(tmp_path, vectors)
    assert [list(index.search(vectors[n : n + 1], 1)) for n in range(50)] == [[n] for n in range(50)]


def test_top_k_may_exceed_the_number_of_passages(tmp_path: Path) -> None:
    index = build_and_open(tmp_path, np.eye(3, dtype=np.float32))
    found = index.search(np.array([[0.6, 0.8, 0]], dtype=np.float32), 50)
    assert list(found) == [1, 0, 2]


def test_a_selection_restricts_the_search(tmp_path: Path) -> None:
    """Scores stay the same. A selection smaller than top_k is found whole."""
    vectors, questions = unit_vectors(300, 24, seed=4), unit_vectors(5, 24, seed=5)
    index = build_and_open(tmp_path, vectors)
    within = np.array([0, 7, 8, 150, 299], dtype=np.int64)
    for question in questions:
        everywhere = index.search(question[None, :], 300)
        nearest_first = [number for number in everywhere if number in within]
        found = index.search(question[None, :], 3, within)
        assert list(found) == nearest_first[:3]
        assert found == {number: pytest.approx(everywhere[number]) for number in found}
        assert list(index.search(question[None, :], 100, within)) == nearest_first


CUTS = [[300], [0, 300], [150, 150], [1, 0, 298, 1], [100, 0, 0, 200]]
"""Sizes of shards of 300 vectors in all; some are empty."""


def cut(vectors: NDArray[np.float32], sizes: Sequence[int]) -> list[NDArray[np.float32]]:
    return np.split(vectors, np.cumsum(sizes)[:-1])


@pytest.mark.parametrize("sizes", CUTS)
def test_vectors_are_numbered_through_all_shards(sizes: list[int], tmp_path: Path) -> None:
    vectors = unit_vectors(300, 24, seed=6)
    index = build_and_open(tmp_path, *cut(vectors, sizes))
    assert (index.sizes, index.dimension) == (sizes, 24)
    assert all(index.vector(number).tolist() == vectors[number].tolist() for number in range(300))


@pytest.mark.parametrize("sizes", CUTS)
def test_shards_do_not_change_what_is_found(sizes: list[int], tmp_path: Path) -> None:
    """Neither everywhere, nor in a selection, nor in the scores of certain passages."""
    vectors, questions = unit_vectors(300, 24, seed=7), unit_vectors(10, 24, seed=8)
    index = build_and_open(tmp_path, *cut(vectors, sizes))
    some = [0, 1, 99, 100, 149, 150, 299]
    for question in questions:
        products = vectors @ question
        nearest_first = np.argsort(-products, kind="stable").tolist()
        for top_k in (1, 10, 300, 1000):
            assert list(index.search(question[None, :], top_k)) == nearest_first[:top_k]
        within = np.array(some, dtype=np.int64)
        among = [number for number in nearest_first if number in some]
        assert list(index.search(question[None, :], 5, within)) == among[:5]
        assert index.search(question[None, :], 5, within[:0]) == {}
        scores = index.scores(question[None, :], some)
        assert scores == {number: pytest.approx(float(products[number]), abs=1e-6) for number in some}
        assert list(scores) == some


def test_ties_go_by_number_across_shards(tmp_path: Path) -> None:
    index = build_and_open(tmp_path, *[np.eye(2, dtype=np.float32)[[0, 1, 0]]] * 3)
    assert list(index.search(np.array([[1, 0]], dtype=np.float32), 4)) == [0, 2, 3, 5]


def test_shards_of_different_dimensions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="different dimensions"):
        build_and_open(tmp_path, unit_vectors(3, 24, seed=9), unit_vectors(3, 8, seed=9))


@pytest.mark.parametrize("vectors", [np.zeros(3, np.float32), np.zeros((3, 8), np.float64)])
def test_only_a_matrix_in_single_precision_opens(vectors: NDArray[Any], tmp_path: Path) -> None:
    np.save(tmp_path / "passages.npy", vectors)
    with pytest.raises(ValueError, match="contains no vectors"):
        DenseIndex.open([tmp_path])


@pytest.mark.parametrize("content", [None, b"", b"no index at all"])
def test_a_file_without_vectors_is_refused(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "passages.npy").write_bytes(content)
    with pytest.raises((OSError, ValueError)):
        DenseIndex.open([tmp_path])


def test_scores_equal_those_of_a_search(tmp_path: Path) -> None:
    index = build_and_open(tmp_path, np.array([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32))
    question = np.array([[0.8, 0.6]], dtype=np.float32)
    assert index.scores(question, [1, 2]) == {1: pytest.approx(0.6 * 0.8 + 0.8 * 0.6), 2: pytest.approx(0.6)}
    assert index.scores(question, []) == {}
