"""The dense index against plain arithmetic."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from normqa.index.dense import DenseIndex


def unit_vectors(count: int, dimension: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32)


def test_the_nearest_come_first_as_numpy_finds_them(tmp_path: Path) -> None:
    vectors, questions = unit_vectors(300, 24, seed=1), unit_vectors(20, 24, seed=2)
    DenseIndex.build(tmp_path, vectors)
    index = DenseIndex.open(tmp_path)
    assert (index.size, index.dimension) == (300, 24)
    for question in questions:
        nearest_first = np.argsort(-(vectors @ question), kind="stable")
        assert list(index.search(question[None, :], 10)) == nearest_first[:10].tolist()
        assert list(index.search(question[None, :], 300)) == nearest_first.tolist()


def test_a_vector_is_nearest_to_itself(tmp_path: Path) -> None:
    vectors = unit_vectors(50, 8, seed=3)
    DenseIndex.build(tmp_path, vectors)
    index = DenseIndex.open(tmp_path)
    assert [list(index.search(vectors[n : n + 1], 1)) for n in range(50)] == [[n] for n in range(50)]


def test_no_more_are_found_than_there_are(tmp_path: Path) -> None:
    DenseIndex.build(tmp_path, np.eye(3, dtype=np.float32))
    found = DenseIndex.open(tmp_path).search(np.array([[0.6, 0.8, 0]], dtype=np.float32), 50)
    assert list(found) == [1, 0, 2]


def test_only_certain_passages_are_found_where_only_they_are_asked_for(tmp_path: Path) -> None:
    """With the scores they always have; fewer of them than top_k are all found."""
    vectors, questions = unit_vectors(300, 24, seed=4), unit_vectors(5, 24, seed=5)
    DenseIndex.build(tmp_path, vectors)
    index = DenseIndex.open(tmp_path)
    within = np.array([0, 7, 8, 150, 299], dtype=np.int64)
    for question in questions:
        everywhere = index.search(question[None, :], 300)
        nearest_first = [number for number in everywhere if number in within]
        found = index.search(question[None, :], 3, within)
        assert list(found) == nearest_first[:3]
        assert found == {number: pytest.approx(everywhere[number]) for number in found}
        assert list(index.search(question[None, :], 100, within)) == nearest_first


@pytest.mark.parametrize("content", [None, b"", b"no index at all"])
def test_what_holds_no_vectors_is_an_error(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "passages.npy").write_bytes(content)
    with pytest.raises((OSError, ValueError)):
        DenseIndex.open(tmp_path)


def test_the_products_with_certain_passages_are_those_that_a_search_gives(tmp_path: Path) -> None:
    DenseIndex.build(tmp_path, np.array([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32))
    index = DenseIndex.open(tmp_path)
    question = np.array([[0.8, 0.6]], dtype=np.float32)
    assert index.scores(question, [2, 1]) == {2: pytest.approx(0.6), 1: pytest.approx(0.6 * 0.8 + 0.8 * 0.6)}
    assert index.scores(question, []) == {}
