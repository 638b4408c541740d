"""Retrieval figures against written arithmetic."""

import math
from pathlib import Path

import pytest

from normqa.embed.hashing import HashingEncoder
from normqa.evaluate.collection import Collection, read_collection
from normqa.evaluate.ranking import RankingFigures, bootstrap, evaluate_ranking, sample
from normqa.evaluate.workspace import open_collection
from normqa.index.progress import Silent
from tests.evaluate.conftest import WriteCollection

BIRDS = {
    "heron": ("", "Herons wade in shallow water."),
    "pelican": ("", "Pelicans dive for herring, and pelicans share herring."),
    "tern": ("", "Terns dive."),
}


def _evaluate(collection: Collection, work: Path, limit: int | None = None) -> RankingFigures:
    encoder = HashingEncoder()
    generation = open_collection(collection, encoder, work, Silent())
    return evaluate_ranking(collection, generation, encoder, limit, Silent())


def test_figures_are_the_means_of_what_each_ranking_earns(
    write_collection: WriteCollection, tmp_path: Path
) -> None:
    """The pelican shares two words with q1, the heron one, the tern none, so q1's rank first and third."""
    folder = write_collection(
        BIRDS,
        {"q1": "herring, pelicans or herons", "q2": "herons"},
        [("q1", "pelican", 1), ("q1", "tern", 1), ("q2", "heron", 1)],
    )
    found = _evaluate(read_collection(folder, "test"), tmp_path / "work")
    first_and_third = (1 + 1 / math.log2(1 + 3)) / (1 + 1 / math.log2(1 + 2))
    assert found.figures["ndcg@10"] == pytest.approx((first_and_third + 1) / 2)
    assert found.figures["mrr@10"] == 1
    assert found.figures["recall@10"] == found.figures["recall@100"] == 1
    assert found.figures["questions"] == 2


def test_a_question_that_finds_none_of_its_documents_counts_as_nought(
    write_collection: WriteCollection, tmp_path: Path
) -> None:
    folder = write_collection(
        BIRDS, {"q1": "herring", "q2": "herring"}, [("q1", "pelican", 1), ("q2", "gone", 1)]
    )
    found = _evaluate(read_collection(folder, "test"), tmp_path / "work")
    assert found.figures["mrr@10"] == (1 + 0) / 2
    assert found.intervals["mrr@10"] == (0, 1)


def test_the_index_of_a_collection_is_built_once(write_collection: WriteCollection, tmp_path: Path) -> None:
    folder = write_collection(BIRDS, {"q": "herring"}, [("q", "pelican", 1)])
    collection, work = read_collection(folder, "test"), tmp_path / "work"
    first, second = HashingEncoder(), HashingEncoder()
    open_collection(collection, first, work, Silent())
    open_collection(collection, second, work, Silent())
    assert (first.encoded, second.encoded) == (len(BIRDS), 0)
    open_collection(collection, HashingEncoder(dimension=64), work, Silent())
    assert len(list(work.iterdir())) == 2


def test_a_sample_is_always_the_same_and_no_larger_than_asked_for() -> None:
    questions = {f"q{n}": str(n) for n in range(50)}
    some = sample(questions, 10)
    assert len(some) == 10
    assert some == sample(dict(reversed(questions.items())), 10)
    assert some.items() <= questions.items()
    assert sample(questions, None) == sample(questions, 99) == dict(sorted(questions.items()))


def test_the_interval_of_equal_values_is_that_value() -> None:
    assert bootstrap([0.25] * 40) == (0.25, 0.25)


def test_the_interval_holds_the_mean_and_narrows_with_more_values() -> None:
    few, many = bootstrap([0, 1] * 10), bootstrap([0, 1] * 1000)
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
