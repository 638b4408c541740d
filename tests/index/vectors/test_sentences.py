"""The vectors of sentences on disk."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from normqa.index.vectors.sentences import SentenceVectors


def turned(count: int) -> NDArray[np.float32]:
    """Unit vectors, each turned further than the one before."""
    angles = np.linspace(0, np.pi, count)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def build_and_open(folder: Path, vectors: NDArray[np.float32], counts: Sequence[int]) -> SentenceVectors:
    SentenceVectors.build(folder, vectors, counts)
    return SentenceVectors.open([folder])


def test_a_passage_has_the_vectors_of_its_sentences(tmp_path: Path) -> None:
    """They are kept in half precision, which holds these numbers exactly."""
    vectors = np.array([[1, 0], [0, 1], [0.5, 0.75], [0, -1]], dtype=np.float32)
    opened = build_and_open(tmp_path, vectors, [2, 0, 1, 1])
    assert opened.sizes == [4]
    assert [opened.of(number).tolist() for number in range(4)] == [
        [[1, 0], [0, 1]],
        [],
        [[0.5, 0.75]],
        [[0, -1]],
    ]


@given(st.lists(st.integers(0, 5), max_size=20))
def test_vectors_are_stored_in_order_in_half_precision(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int]
) -> None:
    """Numbers from -1 to 1 have eleven binary digits then."""
    vectors = turned(sum(counts))
    opened = build_and_open(tmp_path_factory.mktemp("sentences"), vectors, counts)
    assert opened.sizes == [len(counts)]
    found = [opened.of(number) for number in range(len(counts))]
    assert [len(item) for item in found] == counts
    assert all(item.dtype == np.float32 and item.shape[1:] == (2,) for item in found)
    assert np.abs(np.concatenate([np.empty((0, 2)), *found]) - vectors).max(initial=0) <= 2**-11


def test_the_best_sentence_has_the_highest_product(tmp_path: Path) -> None:
    """Passages without a sentence have none."""
    vectors = np.array([[1, 0], [0, 1], [0.5, 0.75], [0, -1], [-1, 0]], dtype=np.float32)
    opened = build_and_open(tmp_path, vectors, [2, 0, 1, 0, 2, 0])
    question = np.array([[0.6, 0.8]], dtype=np.float32)
    best = {0: pytest.approx(0.8), 2: pytest.approx(0.5 * 0.6 + 0.75 * 0.8), 4: pytest.approx(-0.6)}
    assert opened.best(question, range(6)) == best
    assert opened.best(question, [0, 1, 4]) == {0: best[0], 4: best[4]}
    assert opened.best(question, [1, 3, 5]) == opened.best(question, []) == {}


def test_a_shard_may_be_empty(tmp_path: Path) -> None:
    assert build_and_open(tmp_path, np.empty((0, 8), dtype=np.float32), []).sizes == [0]


@given(st.lists(st.lists(st.integers(0, 3), max_size=4), min_size=1, max_size=5))
def test_passages_are_numbered_through_all_shards(
    tmp_path_factory: pytest.TempPathFactory, shards: list[list[int]]
) -> None:
    """Each has the same vectors and the same best sentence as it has where there is but one shard."""
    counts = [count for shard in shards for count in shard]
    vectors = turned(sum(counts))
    one = build_and_open(tmp_path_factory.mktemp("one"), vectors, counts)
    folders = [tmp_path_factory.mktemp("shard") for _ in shards]
    cuts = np.cumsum([sum(shard) for shard in shards])[:-1]
    for folder, own, shard in zip(folders, np.split(vectors, cuts), shards, strict=True):
        SentenceVectors.build(folder, own, shard)
    several = SentenceVectors.open(folders)
    assert several.sizes == [len(shard) for shard in shards]
    numbers = range(len(counts))
    assert [several.of(n).tolist() for n in numbers] == [one.of(n).tolist() for n in numbers]
    question = np.array([[0.6, 0.8]], dtype=np.float32)
    for some in (numbers, numbers[::2], numbers[1:-1]):
        best = one.best(question, some)
        assert several.best(question, some) == {n: pytest.approx(best[n], abs=1e-6) for n in best}


@pytest.mark.parametrize("counts", [[1, 1], [2, 2], [3, 1], []])
def test_counts_must_add_up_to_the_vectors(tmp_path: Path, counts: list[int]) -> None:
    with pytest.raises(ValueError, match="do not belong together"):
        build_and_open(tmp_path, turned(3), counts)


@pytest.mark.parametrize("shape", [(3,), (3, 2, 1)])
def test_only_a_matrix_opens(tmp_path: Path, shape: tuple[int, ...]) -> None:
    SentenceVectors.build(tmp_path, turned(3), [3])
    np.save(tmp_path / "sentences.npy", np.zeros(shape, dtype=np.float16))
    with pytest.raises(ValueError, match="do not belong together"):
        SentenceVectors.open([tmp_path])


@pytest.mark.parametrize("name", ["sentences.npy", "first_sentences.npy"])
@pytest.mark.parametrize("content", [None, b"", b"no array at all", b"\x93NUMPY\x01\x00"])
def test_a_file_without_an_array_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    SentenceVectors.build(tmp_path, turned(3), [3])
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises((OSError, ValueError)):
        SentenceVectors.open([tmp_path])


def test_an_array_of_objects_is_never_unpickled(tmp_path: Path) -> None:
    SentenceVectors.build(tmp_path, turned(3), [3])
    np.save(tmp_path / "sentences.npy", np.array([[{}]], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="contains no array"):
        SentenceVectors.open([tmp_path])


@pytest.mark.parametrize("firsts", [[0, 3, 2, 4], [1, 2, 3, 4], [-1, 2, 3, 4]])
def test_rows_must_ascend_from_zero(firsts: list[int], tmp_path: Path) -> None:
    SentenceVectors.build(tmp_path, np.ones((4, 2)), [1, 1, 2])
    np.save(tmp_path / "first_sentences.npy", np.array(firsts))
    with pytest.raises(ValueError, match="does not ascend"):
        SentenceVectors.open([tmp_path])
