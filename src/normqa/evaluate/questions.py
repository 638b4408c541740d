"""Collections whose answers have been marked in the texts, beside BEIR's files.

answers.jsonl       {"query_id", "doc_id", "answer_text", "start", "is_answerable"}

A row with ``start`` >= 0 marks ``text[start : start + len(answer_text)]`` of a document. A question's
``metadata.doc_filter`` (a document's id) or ``metadata.doc_filter_title`` says where it is to be searched.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, ValidationError

from normqa.datatypes import Document, Span
from normqa.errors import CollectionUnusable
from normqa.evaluate.collection import LAYOUT, read_documents, read_rows
from normqa.text import normalise


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """A stretch of a document that answers."""

    document_id: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, and where its answers stand.

    Attributes:
        id: In its collection.
        text: As it is asked.
        answerable: Whether an answer stands in the documents.
        golds: Where; none for a question without an answer.
        home: Ids of the documents that it belongs to: where it has to be searched, if it has to be searched
            in some only.
        has_filter: Whether the collection itself says where to search it.
    """

    id: str
    text: str
    answerable: bool
    golds: tuple[MarkedAnswer, ...]
    home: tuple[str, ...]
    has_filter: bool


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Documents, and questions with where their answers stand.

    Attributes:
        name: Of its folder.
        documents: By id.
        questions: By id; those that nobody has judged are left out.
    """

    name: str
    documents: tuple[Document, ...]
    questions: tuple[JudgedQuestion, ...]


def read_questions(folder: Path) -> QuestionSet:
    """Reads a collection; its texts are taken as plain text.

    Raises:
        CollectionUnusable: If a file is missing or not in the layout; it is named.
    """
    raw = {row["_id"]: row["text"] for row in read_rows(folder / "corpus.jsonl", "_id", "text")}
    documents = read_documents(folder)
    titled: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        titled[document.title].append(document.id)
    answers: dict[str, list[_Answer]] = defaultdict(list)
    for answer in _read(folder / "answers.jsonl", _Answer):
        answers[answer.query_id].append(answer)
    questions = [
        judged
        for query in _read(folder / "queries.jsonl", _Query)
        if (judged := _judged(query, answers[query.id], raw, titled))
    ]
    if not questions:
        raise CollectionUnusable(f"{folder} has no question whose answers are marked.", LAYOUT)
    return QuestionSet(folder.resolve().name, documents, tuple(sorted(questions, key=lambda each: each.id)))


class _Answer(BaseModel):
    """A row of answers.jsonl."""

    query_id: str
    doc_id: str | None = None
    answer_text: str = ""
    start: int = -1
    is_answerable: bool | None = None


class _About(BaseModel):
    """What a question says of itself."""

    title: str | None = None
    doc_filter: str | None = None
    doc_filter_title: str | None = None
    is_answerable: bool | None = None


class _Query(BaseModel):
    """A row of queries.jsonl."""

    id: Annotated[str, Field(alias="_id")]
    text: str
    metadata: _About = _About()


_Row = TypeVar("_Row", bound=BaseModel)


def _read(path: Path, kind: type[_Row]) -> Iterator[_Row]:
    for number, row in enumerate(read_rows(path), 1):
        try:
            yield kind.model_validate(row, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise CollectionUnusable(f"{path}, line {number}: {where}: {first['msg']}.", LAYOUT) from None


def _judged(
    query: _Query, answers: Sequence[_Answer], raw: Mapping[str, str], titled: Mapping[str, Sequence[str]]
) -> JudgedQuestion | None:
    about = query.metadata
    marked = [each for each in answers if each.start >= 0 and each.answer_text]
    said = [about.is_answerable, *(each.is_answerable for each in answers)]
    says_no = False in said
    if not marked and not says_no:
        return None
    if about.doc_filter is not None:
        home = [about.doc_filter]
    elif about.doc_filter_title is not None:
        home = list(titled.get(about.doc_filter_title, ()))
    else:
        home = [each.doc_id for each in answers if each.doc_id] or list(titled.get(about.title or "", ()))
    return JudgedQuestion(
        id=query.id,
        text=normalise(query.text),
        answerable=bool(marked),
        golds=tuple(_gold(each, raw) for each in marked),
        home=tuple(dict.fromkeys(home)),
        has_filter=(about.doc_filter or about.doc_filter_title) is not None,
    )


def _gold(answer: _Answer, raw: Mapping[str, str]) -> MarkedAnswer:
    """The marked stretch, its offsets carried over to the canonical text."""
    document_id, start = answer.doc_id or "", answer.start
    text, end = raw.get(document_id, ""), start + len(answer.answer_text)
    if text[start:end] != answer.answer_text:
        raise CollectionUnusable(
            f"The answer to {answer.query_id!r} does not stand where it is said to.", LAYOUT
        )
    span = Span(len(normalise(text[:start])), len(normalise(text[:end])))
    return MarkedAnswer(document_id, span, answer.answer_text)


def hold_out(questions: QuestionSet, share: float) -> tuple[QuestionSet, frozenset[str]]:
    """Leaves documents out of a collection, all those of one title together.

    Returns:
        The collection without them, and their ids.
    """
    titles = sorted({document.title for document in questions.documents})
    left_out = set(random.Random(0).sample(titles, round(share * len(titles))))  # noqa: S311
    kept = tuple(document for document in questions.documents if document.title not in left_out)
    gone = frozenset(document.id for document in questions.documents if document.title in left_out)
    return QuestionSet(questions.name, kept, questions.questions), gone
