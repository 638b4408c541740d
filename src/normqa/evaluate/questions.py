"""Read collections whose answers are marked in the texts, in a file beside those of BEIR.

answers.jsonl       {"query_id", "doc_id", "answer_text", "start", "is_answerable"}

A row with ``start`` >= 0 marks ``text[start : start + len(answer_text)]`` of a document. A question's
``metadata.doc_filter`` (a document id) or ``metadata.doc_filter_title`` restricts where to search it.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from normqa.datatypes import Document, Span
from normqa.errors import CollectionUnusable
from normqa.evaluate.collection import LAYOUT, read_documents, read_models, read_rows
from normqa.text.canonical import normalise


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """A span of a document that answers a question."""

    document_id: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question and its marked answers.

    Attributes:
        id: Its id in the collection.
        text: As it is asked.
        answerable: Whether an answer is marked.
        answers: The marked answers.
        documents: Ids of the documents that it belongs to.
        has_filter: Whether the collection restricts where to search it.
    """

    id: str
    text: str
    answerable: bool
    answers: tuple[MarkedAnswer, ...]
    documents: tuple[str, ...]
    has_filter: bool


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Documents, and questions with marked answers.

    Attributes:
        name: Name of its folder.
        documents: Sorted by id.
        questions: Sorted by id, without questions that are not judged.
    """

    name: str
    documents: tuple[Document, ...]
    questions: tuple[JudgedQuestion, ...]


def read_questions(folder: Path) -> QuestionSet:
    """Read a collection. Its texts are plain text.

    Raises:
        CollectionUnusable: If a file is missing or malformed.
    """
    raw = {row["_id"]: row["text"] for row in read_rows(folder / "corpus.jsonl", "_id", "text")}
    documents = read_documents(folder)
    titled: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        titled[document.title].append(document.id)
    answers: dict[str, list[_Answer]] = defaultdict(list)
    for answer in read_models(folder / "answers.jsonl", _Answer, LAYOUT):
        answers[answer.query_id].append(answer)
    questions = [
        judged
        for query in read_models(folder / "queries.jsonl", _Query, LAYOUT)
        if (judged := _judged(query, answers[query.id], raw, titled))
    ]
    if not questions:
        raise CollectionUnusable(f"{folder} has no questions with marked answers.", LAYOUT)
    by_id = sorted(questions, key=lambda question: question.id)
    return QuestionSet(folder.resolve().name, documents, tuple(by_id))


class _Answer(BaseModel):
    """A row of answers.jsonl."""

    query_id: str
    doc_id: str | None = None
    answer_text: str = ""
    start: int = -1
    is_answerable: bool | None = None


class _Metadata(BaseModel):
    """The metadata of a question."""

    title: str | None = None
    doc_filter: str | None = None
    doc_filter_title: str | None = None
    is_answerable: bool | None = None


class _Query(BaseModel):
    """A row of queries.jsonl."""

    id: Annotated[str, Field(alias="_id")]
    text: str
    metadata: _Metadata = _Metadata()


def _judged(
    query: _Query, answers: Sequence[_Answer], raw: Mapping[str, str], titled: Mapping[str, Sequence[str]]
) -> JudgedQuestion | None:
    """Return the question with its marked answers; None if it is not judged."""
    metadata = query.metadata
    marked = [answer for answer in answers if answer.start >= 0 and answer.answer_text]
    is_unanswerable = False in (metadata.is_answerable, *(answer.is_answerable for answer in answers))
    if not marked and not is_unanswerable:
        return None
    if metadata.doc_filter is not None:
        documents = [metadata.doc_filter]
    elif metadata.doc_filter_title is not None:
        documents = list(titled.get(metadata.doc_filter_title, ()))
    else:
        documents = [answer.doc_id for answer in answers if answer.doc_id]
        documents = documents or list(titled.get(metadata.title or "", ()))
    return JudgedQuestion(
        id=query.id,
        text=normalise(query.text),
        answerable=bool(marked),
        answers=tuple(_marked_answer(answer, raw) for answer in marked),
        documents=tuple(dict.fromkeys(documents)),
        has_filter=(metadata.doc_filter or metadata.doc_filter_title) is not None,
    )


def _marked_answer(answer: _Answer, raw: Mapping[str, str]) -> MarkedAnswer:
    """Convert the offsets of a marked answer to the canonical text."""
    document_id, start = answer.doc_id or "", answer.start
    text, end = raw.get(document_id, ""), start + len(answer.answer_text)
    if text[start:end] != answer.answer_text:
        raise CollectionUnusable(
            f"The answer to {answer.query_id!r} does not match its document at offset {start}.", LAYOUT
        )
    span = Span(len(normalise(text[:start])), len(normalise(text[:end])))
    return MarkedAnswer(document_id, span, answer.answer_text)


def hold_out(questions: QuestionSet, share: float) -> tuple[QuestionSet, frozenset[str]]:
    """Hold out the documents of a share of the titles.

    Returns:
        The collection without these documents, and their ids.
    """
    titles = sorted({document.title for document in questions.documents})
    held_out = set(random.Random(0).sample(titles, round(share * len(titles))))  # noqa: S311
    kept = tuple(document for document in questions.documents if document.title not in held_out)
    gone = frozenset(document.id for document in questions.documents if document.title in held_out)
    return QuestionSet(questions.name, kept, questions.questions), gone
