"""Inverted lists: where there are very many passages, a search looks only where it is likely to find."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from normqa.build.build import BuildOptions, build
from normqa.errors import IndexCorrupt
from normqa.index.dense import DenseIndex
from normqa.index.generation import Generation, generation_folder
from normqa.index.ivf import NAME, IvfIndex, Lists, build_ivf
from normqa.index.sentence_vectors import SentenceVectors
from normqa.models.hashing import HashingEncoder
from tests.conftest import MAX_FILE_BYTES, WriteCorpus


def clustered(size: int, seed: int = 0) -> NDArray[np.float32]:
    """Unit vectors around forty directions, as those of texts are around topics."""
    centres = np.random.default_rng(0).normal(size=(40, 24))
    draw = np.random.default_rng(seed)
    vectors = centres[draw.integers(40, size=size)] + 0.5 * draw.normal(size=(size, 24))
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two shards of 12,000 vectors in all, each passage with a sentence that lies near it."""
    vectors = clustered(12_000, seed=1)
    near = vectors + 0.05 * np.random.default_rng(2).normal(size=vectors.shape)
    sentences = near / np.linalg.norm(near, axis=1, keepdims=True)
    shards = [tmp_path_factory.mktemp("shard") for _ in range(2)]
    for shard, own in zip(shards, (slice(0, 5000), slice(5000, None)), strict=True):
        DenseIndex.build(shard, vectors[own])
        SentenceVectors.build(shard, sentences[own], [1] * len(vectors[own]))
    return shards


@pytest.fixture(scope="module")
def lists(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lists]:
    """Their lists, and where these stand."""
    folder = tmp_path_factory.mktemp("lists")
    return folder, build_ivf(folder, DenseIndex.open(folders), SentenceVectors.open(folders))


def test_questions_find_about_as_much_as_was_measured(folders: list[Path], lists: tuple[Path, Lists]) -> None:
    exact, approximate = DenseIndex.open(folders), DenseIndex.open(folders, IvfIndex.open(*lists))
    found = [
        len(exact.search(each[None], 10).keys() & approximate.search(each[None], 10).keys()) / 10
        for each in clustered(200, seed=3)
    ]
    assert lists[1].lists == 256, "a power of two; each centroid has 39 of the 12,000 to be trained on"
    assert lists[1].probes < lists[1].lists
    assert lists[1].recall >= 0.99
    assert np.mean(found) == pytest.approx(lists[1].recall, abs=0.03)


def test_what_is_found_has_its_exact_score(folders: list[Path], lists: tuple[Path, Lists]) -> None:
    exact, approximate = DenseIndex.open(folders), DenseIndex.open(folders, IvfIndex.open(*lists))
    for each in clustered(20, seed=4):
        expected = exact.search(each[None], 12_000)
        found = approximate.search(each[None], 10)
        assert list(found.values()) == sorted(found.values(), reverse=True)
        assert all(score == pytest.approx(expected[number], abs=1e-6) for number, score in found.items())


def test_within_a_selection_the_search_is_exact(folders: list[Path], lists: tuple[Path, Lists]) -> None:
    exact, approximate = DenseIndex.open(folders), DenseIndex.open(folders, IvfIndex.open(*lists))
    within = np.arange(0, 12_000, 7)
    for each in clustered(5, seed=5):
        assert approximate.search(each[None], 10, within) == exact.search(each[None], 10, within)


class Large:
    """A corpus of so many small documents, and an index of it that is exact only up to fewer."""

    def __init__(self, write_corpus: WriteCorpus, index: Path, exact_limit: int) -> None:
        self.index = index
        self.corpus = write_corpus(
            {f"{n:03}.md": f"Document {n} tells of heron {n * n}.\n" for n in range(120)}
        )
        options = BuildOptions(max_file_bytes=MAX_FILE_BYTES, keep=2, exact_limit=exact_limit)
        self.manifest = build(self.corpus, index, HashingEncoder(64), options).manifest

    def open(self) -> Generation:
        assert self.manifest
        return Generation.open(self.index, self.manifest.generation)


@pytest.mark.parametrize(("exact_limit", "approximate"), [(119, True), (120, False)])
def test_only_an_index_of_more_passages_than_the_limit_has_lists(
    exact_limit: int, approximate: bool, write_corpus: WriteCorpus, index: Path
) -> None:
    large = Large(write_corpus, index, exact_limit)
    assert large.manifest
    assert (large.manifest.lists is not None) == approximate
    assert (generation_folder(index, large.manifest.generation) / NAME).exists() == approximate
    found = large.open().dense.search(HashingEncoder(64).encode_question("Document 7 tells of heron 49."), 1)
    assert list(found) == [7]


def test_lists_that_are_damaged_are_found_at_opening(write_corpus: WriteCorpus, index: Path) -> None:
    large = Large(write_corpus, index, 10)
    assert large.manifest
    path = generation_folder(index, large.manifest.generation) / NAME
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(IndexCorrupt, match=NAME):
        large.open()
