"""Small corpora sampled from a collection."""

import json
from pathlib import Path

import pytest

from normqa.answer.models import Models
from normqa.build.progress import NoProgress
from normqa.datatypes import Metadata
from normqa.errors import CollectionUnusable
from normqa.evaluate.questions import JudgedQuestion, QuestionSet
from normqa.evaluate.small_corpora import CORPORA, evaluate_small_corpora, small_corpora
from normqa.load.text.plain_text import load_text
from normqa.models.hashing import HashingEncoder
from tests.evaluate.conftest import WriteCollection

DOCUMENTS = tuple(load_text(f"d{n:03}", f"Heron {n} wades.", Metadata()) for n in range(100))
QUESTIONS = tuple(
    JudgedQuestion(f"q{n:03}", f"Does heron {n} wade?", True, (), (f"d{n:03}",), has_filter=False)
    for n in range(100)
)
COLLECTION = QuestionSet("herons", DOCUMENTS, QUESTIONS)


def test_sizes_that_need_the_whole_collection_are_left_out() -> None:
    sizes = [len(corpus.documents) for _, corpus in small_corpora(COLLECTION, None)]
    assert sizes == [5] * CORPORA[5] + [50] * CORPORA[50]


def test_half_of_the_questions_belong_to_the_documents() -> None:
    for _, corpus in small_corpora(COLLECTION, None):
        ids = {document.id for document in corpus.documents}
        inside = sum(question.documents[0] in ids for question in corpus.questions)
        assert 2 * inside == len(corpus.questions) == 2 * len(ids)


def test_limit_is_shared_by_the_corpora_of_a_size() -> None:
    asked = [len(corpus.questions) for _, corpus in small_corpora(COLLECTION, 160)]
    assert asked == [160 // CORPORA[5]] * CORPORA[5] + [160 // CORPORA[50]] * CORPORA[50]


def test_the_same_corpora_are_drawn_every_time() -> None:
    assert list(small_corpora(COLLECTION, 9)) == list(small_corpora(COLLECTION, 9))


def _evaluate(
    write_collection: WriteCollection, tmp_path: Path, documents: int
) -> dict[str, dict[str, float]]:
    """Ask about herons, one in each document. The first sentence of a document answers its question."""
    numbers = [f"{n:03}" for n in range(documents)]
    texts = {f"d{n}": ("", f"Heron {n} wades. It rests.") for n in numbers}
    asked = {f"q{n}": f"Does heron {n} wade?" for n in numbers}
    folder = write_collection(texts, asked, [(f"q{n}", f"d{n}", 1) for n in numbers])
    marked = [
        {
            "query_id": f"q{n}",
            "doc_id": f"d{n}",
            "answer_text": f"Heron {n} wades",
            "start": 0,
            "is_answerable": True,
        }
        for n in numbers
    ]
    (folder / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in marked))
    models = Models(HashingEncoder(), None, calibration=None)
    result = evaluate_small_corpora(folder, 40, 0.0, models, tmp_path / "work", NoProgress())
    assert len(result.outcomes) == sum(figures["questions"] for figures in result.figures.values())
    assert result.intervals.keys() == result.figures.keys()
    return dict(result.figures)


def test_questions_are_measured_by_size(write_collection: WriteCollection, tmp_path: Path) -> None:
    figures = _evaluate(write_collection, tmp_path, 100)
    assert list(figures) == ["5 passages", "50 passages"]
    for measured in figures.values():
        assert measured["sentence_hit@1"] == 1
        assert measured["false_answer_rate"] == 1  # questions of other documents, as nothing is refused


def test_collection_that_is_small_itself_is_an_error(
    write_collection: WriteCollection, tmp_path: Path
) -> None:
    with pytest.raises(CollectionUnusable, match="fewer than 50 passages"):
        _evaluate(write_collection, tmp_path, 9)
