"""Retrieval figures, checked by written arithmetic."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from normqa.answer.pipeline import AnswerPipeline
from normqa.build.progress import NoProgress
from normqa.datatypes import Document, Metadata
from normqa.evaluate.collection import Collection, read_collection
from normqa.evaluate.figures.results import EvaluationResult
from normqa.evaluate.ranking import evaluate_beir, evaluate_ranking, measure_rankings, rank_documents
from normqa.evaluate.workspace import open_collection
from normqa.load.text.plain_text import load_text
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Encoder
from tests.conftest import damage, hashing_models, parts_in_force
from tests.evaluate.conftest import WriteCollection

BIRDS = {
    "heron": ("", "Herons wade in shallow water."),
    "pelican": ("", "Pelicans dive for herring, and pelicans share herring."),
    "tern": ("", "Terns dive."),
}


def _pipeline(documents: Sequence[Document], work: Path, encoder: Encoder | None = None) -> AnswerPipeline:
    models = hashing_models(encoder)
    return AnswerPipeline(open_collection("birds", documents, models.encoder, work, NoProgress()), models)


def _evaluate(collection: Collection, work: Path, limit: int | None = None) -> EvaluationResult:
    return evaluate_ranking(collection, _pipeline(collection.documents, work), limit, NoProgress())


def test_figures_are_means_over_rankings(write_collection: WriteCollection, tmp_path: Path) -> None:
    """The pelican shares two words with q1, the heron one, the tern none: q1's documents rank 1 and 3."""
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


def test_question_without_relevant_hits_counts_as_zero(
    write_collection: WriteCollection, tmp_path: Path
) -> None:
    folder = write_collection(
        BIRDS, {"q1": "herring", "q2": "herring"}, [("q1", "pelican", 1), ("q2", "gone", 1)]
    )
    found = _evaluate(read_collection(folder, "test"), tmp_path / "work")
    assert found.figures["mrr@10"] == (1 + 0) / 2
    assert found.intervals["mrr@10"] == (0, 1)


def test_index_of_a_collection_is_built_once(write_collection: WriteCollection, tmp_path: Path) -> None:
    folder = write_collection(BIRDS, {"q": "herring"}, [("q", "pelican", 1)])
    collection, work = read_collection(folder, "test"), tmp_path / "work"
    first, second = HashingEncoder(), HashingEncoder()
    _pipeline(collection.documents, work, first)
    _pipeline(collection.documents, work, second)
    assert (first.encoded, second.encoded) == (len(BIRDS), 0)
    _pipeline(collection.documents, work, HashingEncoder(dimension=64))
    assert len(list(work.iterdir())) == 2


def test_grown_collection_encodes_only_new_documents(tmp_path: Path) -> None:
    birds = [load_text(name, text, Metadata()) for name, (_, text) in BIRDS.items()]
    _pipeline(birds[:2], tmp_path)
    encoder = HashingEncoder()
    generation = open_collection("birds", birds, encoder, tmp_path, NoProgress())
    assert encoder.encoded == 1
    assert generation.store.document_ids() == sorted(BIRDS)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("part", ["texts.sqlite", "manifest.json", "report.json"])
def test_damaged_index_is_rebuilt_from_cached_vectors(tmp_path: Path, part: str) -> None:
    """It is rebuilt in its own folder."""
    birds = [load_text(name, text, Metadata()) for name, (_, text) in BIRDS.items()]
    _pipeline(birds, tmp_path)
    [index] = tmp_path.iterdir()
    damage(parts_in_force(index)[part])
    encoder = HashingEncoder()
    generation = open_collection("birds", birds, encoder, tmp_path, NoProgress())
    assert encoder.encoded == 0
    assert [*tmp_path.iterdir()] == [index]
    assert generation.store.document("tern").text == "Terns dive."


def test_collection_is_indexed_and_measured(write_collection: WriteCollection, tmp_path: Path) -> None:
    """The limit applies to questions only."""
    folder = write_collection(
        BIRDS, {"q1": "herring", "q2": "herons"}, [("q1", "pelican", 1), ("q2", "heron", 1)]
    )
    work = tmp_path / "work"
    found = evaluate_beir(folder, "test", 1, hashing_models(), work, NoProgress())
    assert found.figures.keys() == {
        "ndcg@10",
        "recall@10",
        "recall@100",
        "mrr@10",
        "questions",
        "seconds_per_question",
    }
    assert (found.figures["questions"], found.figures["ndcg@10"]) == (1, 1)
    assert found.intervals.keys() == found.figures.keys() - {"questions", "seconds_per_question"}
    [index] = work.iterdir()
    assert index.name.startswith("birds-")


def test_document_ranks_once_by_its_best_passage(tmp_path: Path) -> None:
    documents = [
        load_text("twice", "Herring.\n\n" + "Herring again. " * 200, Metadata()),
        load_text("once", "Herring, and much that is of other fish.", Metadata()),
        load_text("never", "Terns dive.", Metadata()),
    ]
    pipeline = _pipeline(documents, tmp_path, HashingEncoder(max_tokens=64))
    hits = pipeline.rank("herring", 10)
    assert [hit.passage.document_id for hit in hits].count("twice") > 1
    assert rank_documents("herring", pipeline) == ["twice", "once", "never"]


def test_any_measures_can_be_computed() -> None:
    run = {"q1": ["b", "a", "c"], "q2": ["a", "b", "c", "d", "e", "f"], "q3": []}
    qrels = {"q1": {"a": 1}, "q2": {"f": 1, "a": 1}, "q3": {"a": 1}}
    found = measure_rankings(run, qrels, ("mrr@10", "recall@5"))
    assert found.figures == {
        "mrr@10": pytest.approx((1 / 2 + 1 + 0) / 3),
        "recall@5": pytest.approx((1 + 1 / 2 + 0) / 3),
    }
    assert found.intervals.keys() == found.figures.keys()


def test_no_rankings_have_no_figures() -> None:
    assert measure_rankings({}, {}, ("mrr@10",)) == EvaluationResult({})
