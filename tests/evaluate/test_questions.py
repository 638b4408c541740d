"""Reading of collections with marked answers, and held-out documents."""

import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from normqa.datatypes import Document, Metadata
from normqa.errors import CollectionUnusable
from normqa.evaluate.questions import JudgedQuestion, MarkedAnswer, QuestionSet, hold_out, read_questions
from normqa.load.text.plain_text import load_text

HERON = "Herons wade in mud. They fish at dawn."
DOCUMENTS = [
    {"_id": "d1", "title": "Herons", "text": HERON},
    {"_id": "d2", "title": "Herons", "text": "Herons nest in trees."},
    {"_id": "d3", "title": "Storks", "text": "Storks nest on roofs."},
]
WADE = {"query_id": "q1", "doc_id": "d1", "answer_text": "Herons wade", "start": 0, "is_answerable": True}


def rows(path: Path, content: Iterable[object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in content))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection of three documents, one question and one answer."""
    folder = tmp_path / "birds"
    folder.mkdir()
    rows(folder / "corpus.jsonl", DOCUMENTS)
    rows(folder / "queries.jsonl", [{"_id": "q1", "text": "Where do herons wade?"}])
    rows(folder / "answers.jsonl", [WADE])
    return folder


def question(folder: Path, answers: Iterable[object], metadata: object = None) -> JudgedQuestion:
    """The one question of the collection, with these answers and this metadata."""
    asked: dict[str, Any] = {"_id": "q1", "text": "Where do herons wade?"}
    rows(folder / "queries.jsonl", [asked if metadata is None else asked | {"metadata": metadata}])
    rows(folder / "answers.jsonl", answers)
    [judged] = read_questions(folder).questions
    return judged


def test_question_has_its_marked_answers(folder: Path) -> None:
    dawn = {"query_id": "q1", "doc_id": "d1", "answer_text": "at dawn", "start": HERON.index("at dawn")}
    judged = question(folder, [WADE, dawn])
    assert judged == JudgedQuestion(
        id="q1",
        text="Where do herons wade?",
        answerable=True,
        answers=(
            MarkedAnswer("d1", judged.answers[0].span, "Herons wade"),
            MarkedAnswer("d1", judged.answers[1].span, "at dawn"),
        ),
        documents=("d1",),
        has_filter=False,
    )
    assert [gold.span.of(HERON) for gold in judged.answers] == ["Herons wade", "at dawn"]


def test_collection_is_named_by_its_folder_and_sorted(folder: Path) -> None:
    rows(folder / "corpus.jsonl", reversed(DOCUMENTS))
    rows(folder / "queries.jsonl", [{"_id": name, "text": "Where?"} for name in ("q3", "q1", "q2")])
    rows(folder / "answers.jsonl", [WADE | {"query_id": name} for name in ("q2", "q3", "q1")])
    read = read_questions(folder)
    assert read.name == "birds"
    assert [document.id for document in read.documents] == ["d1", "d2", "d3"]
    assert [judged.id for judged in read.questions] == ["q1", "q2", "q3"]


def test_offsets_are_converted_to_the_canonical_text(folder: Path) -> None:
    """A line break and a letter before the answer shrink from two characters to one."""
    decomposed = unicodedata.normalize("NFD", "é")
    assert len(decomposed) == 2
    raw = f"L'{decomposed}tang.\r\nHerons wade in {decomposed}tangs.\r\nEnd."
    rows(folder / "corpus.jsonl", [{"_id": "d1", "title": "", "text": raw}])
    answer = f"wade in {decomposed}tangs."
    start = len("L'étang.\nHerons ") + 2
    judged = question(folder, [WADE | {"answer_text": answer, "start": start}])
    [document] = read_questions(folder).documents
    assert document.text == "L'étang.\nHerons wade in étangs.\nEnd."
    [gold] = judged.answers
    assert gold.span.start == start - 2
    assert gold.span.of(document.text) == "wade in étangs."
    assert gold.text == answer


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": 1},
        {"start": 1000},
        {"answer_text": "herons wade"},
        {"doc_id": "d3"},
        {"doc_id": "gone"},
    ],
)
def test_answer_that_does_not_match_its_document_is_an_error(wrong: dict[str, Any], folder: Path) -> None:
    with pytest.raises(CollectionUnusable) as refused:
        question(folder, [WADE | wrong])
    assert "The answer to 'q1' does not match its document" in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    "row",
    [
        {"query_id": "q1", "answer_text": "Herons wade", "start": 0},
        {"query_id": "q1", "doc_id": "d1", "answer_text": "Herons wade", "start": "0"},
        {"query_id": "q1", "doc_id": "d1", "answer_text": 7, "start": 0},
        {"doc_id": "d1", "answer_text": "Herons wade", "start": 0},
        ["q1", "d1"],
    ],
)
def test_malformed_answer_is_an_error(row: object, folder: Path) -> None:
    with pytest.raises(CollectionUnusable) as refused:
        question(folder, [row])
    assert refused.value.hint


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "answers.jsonl"])
def test_missing_file_is_named(name: str, folder: Path) -> None:
    (folder / name).unlink()
    with pytest.raises(CollectionUnusable) as refused:
        read_questions(folder)
    assert str(folder / name) in refused.value.message


def test_unjudged_question_is_skipped(folder: Path) -> None:
    rows(folder / "queries.jsonl", [{"_id": name, "text": "Where?"} for name in ("q1", "q2")])
    assert [judged.id for judged in read_questions(folder).questions] == ["q1"]


def test_collection_without_judged_questions_is_an_error(folder: Path) -> None:
    rows(folder / "answers.jsonl", [])
    with pytest.raises(CollectionUnusable, match="has no questions with marked answers"):
        read_questions(folder)


@pytest.mark.parametrize(
    ("answers", "metadata"),
    [
        ([{"query_id": "q1", "doc_id": "d1", "answer_text": "", "start": -1, "is_answerable": False}], None),
        ([{"query_id": "q1", "start": -1, "is_answerable": False}], None),
        ([], {"is_answerable": False}),
    ],
)
def test_unanswerable_question_has_no_answers(answers: list[object], metadata: object, folder: Path) -> None:
    judged = question(folder, answers, metadata)
    assert (judged.answerable, judged.answers) == (False, ())


@pytest.mark.parametrize(
    ("metadata", "home", "has_filter"),
    [
        ({"doc_filter": "d3"}, ("d3",), True),
        ({"doc_filter_title": "Herons"}, ("d1", "d2"), True),
        ({"doc_filter_title": "Nobody"}, (), True),
        ({"title": "Storks"}, ("d1",), False),
        ({}, ("d1",), False),
    ],
)
def test_question_belongs_to_the_documents_of_its_filter_or_answer(
    metadata: object, home: tuple[str, ...], has_filter: bool, folder: Path
) -> None:
    judged = question(folder, [WADE], metadata)
    assert (judged.documents, judged.has_filter) == (home, has_filter)


def test_unanswerable_question_belongs_to_the_documents_of_its_title(folder: Path) -> None:
    judged = question(folder, [], {"is_answerable": False, "title": "Herons"})
    assert (judged.documents, judged.has_filter) == (("d1", "d2"), False)


def test_document_with_two_answers_is_listed_once(folder: Path) -> None:
    other = {"query_id": "q1", "doc_id": "d3", "answer_text": "Storks", "start": 0}
    assert question(folder, [WADE, other, WADE | {"answer_text": "Herons"}]).documents == ("d1", "d3")


def a_set(titles: Iterable[str]) -> QuestionSet:
    documents = tuple(
        load_text(f"d{n:02}", f"Text {n}.", Metadata(title=title)) for n, title in enumerate(titles)
    )
    asked = JudgedQuestion("q", "Where?", True, (), ("d00",), False)
    return QuestionSet("birds", documents, (asked,))


def titles(documents: Iterable[Document]) -> set[str]:
    return {document.title for document in documents}


TITLES = [f"Title {n % 10}" for n in range(30)]
"""Ten titles of three documents each."""


@pytest.mark.parametrize(("share", "left_out"), [(0.5, 5), (0.3, 3), (0.04, 0), (0.9, 9)])
def test_titles_are_held_out_with_all_their_documents(share: float, left_out: int) -> None:
    whole = a_set(TITLES)
    kept, gone = hold_out(whole, share)
    assert len(titles(kept.documents)) == 10 - left_out
    assert len(kept.documents) == 3 * (10 - left_out)
    assert gone == {document.id for document in whole.documents} - {
        document.id for document in kept.documents
    }
    assert titles(kept.documents).isdisjoint(
        {document.title for document in whole.documents if document.id in gone}
    )


def test_hold_out_does_not_depend_on_document_order() -> None:
    whole = a_set(TITLES)
    turned = QuestionSet("birds", whole.documents[::-1], whole.questions)
    assert hold_out(whole, 0.5)[1] == hold_out(whole, 0.5)[1] == hold_out(turned, 0.5)[1]


def test_hold_out_keeps_the_questions() -> None:
    whole = a_set(TITLES)
    kept, gone = hold_out(whole, 0.9)
    assert (kept.name, kept.questions) == (whole.name, whole.questions)
    assert gone
