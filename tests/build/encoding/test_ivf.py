"""The inverted file: in a large index, a search reads only the lists that are likely to contain a hit."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from normqa.build.encoding.ivf import train_ivf, write_ivf
from normqa.errors import IndexCorrupt
from normqa.index.manifest import Manifest
from normqa.index.vectors.dense import IVF_FILE, DenseIndex, IvfIndex, IvfParams
from normqa.index.vectors.sentences import SentenceVectors
from normqa.models.hashing import HashingEncoder
from tests.build.builds import Builds, flip_a_bit


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
def ivf(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, IvfParams]:
    """The folder of their inverted file, and its parameters."""
    folder = tmp_path_factory.mktemp("lists")
    trained, params = train_ivf(DenseIndex.open(folders), SentenceVectors.open(folders))
    write_ivf(folder, trained)
    return folder, params


def test_questions_find_about_as_much_as_measured(folders: list[Path], ivf: tuple[Path, IvfParams]) -> None:
    exact, approximate = DenseIndex.open(folders), DenseIndex.open(folders, IvfIndex.open(*ivf))
    found = [
        len(exact.search(vector[None], 10).keys() & approximate.search(vector[None], 10).keys()) / 10
        for vector in clustered(200, seed=3)
    ]
    assert ivf[1].nlist == 256, "a power of two; each centroid has 39 of the 12,000 to be trained on"
    assert ivf[1].nprobe < ivf[1].nlist
    assert ivf[1].recall >= 0.99
    assert np.mean(found) == pytest.approx(ivf[1].recall, abs=0.03)


def test_hits_have_exact_scores(folders: list[Path], ivf: tuple[Path, IvfParams]) -> None:
    exact, approximate = DenseIndex.open(folders), DenseIndex.open(folders, IvfIndex.open(*ivf))
    for vector in clustered(20, seed=4):
        expected = exact.search(vector[None], 12_000)
        found = approximate.search(vector[None], 10)
        assert list(found.values()) == sorted(found.values(), reverse=True)
        assert all(score == pytest.approx(expected[number], abs=1e-6) for number, score in found.items())


def test_a_filtered_search_is_exact(folders: list[Path], ivf: tuple[Path, IvfParams]) -> None:
    exact, approximate = DenseIndex.open(folders), DenseIndex.open(folders, IvfIndex.open(*ivf))
    within = np.arange(0, 12_000, 7)
    for vector in clustered(5, seed=5):
        assert approximate.search(vector[None], 10, within) == exact.search(vector[None], 10, within)


@pytest.fixture
def builds(builds: Builds) -> Builds:
    """120 documents of one passage each."""
    builds.encoder = HashingEncoder(64)
    builds.write({f"{n:03}.md": f"Document {n} describes heron {n * n}.\n" for n in range(120)})
    return builds


@pytest.mark.parametrize(("ann_threshold", "is_approximate"), [(119, True), (120, False)])
def test_only_an_index_above_the_threshold_has_an_inverted_file(
    ann_threshold: int, is_approximate: bool, builds: Builds
) -> None:
    manifest = builds(ann_threshold=ann_threshold).manifest
    assert isinstance(manifest, Manifest)
    assert (manifest.ivf is not None) == is_approximate
    assert (builds.folder.generation(manifest.generation) / IVF_FILE).exists() == is_approximate
    question = builds.encoder.encode_question("Document 7 describes heron 49.")
    assert list(builds.generation().dense.search(question, 1)) == [7]


def test_damage_of_the_inverted_file_is_found_at_opening(builds: Builds) -> None:
    builds(ann_threshold=10)
    flip_a_bit(builds.folder.generation(builds.current()) / IVF_FILE, 0.5)
    with pytest.raises(IndexCorrupt, match=IVF_FILE):
        builds.generation()
