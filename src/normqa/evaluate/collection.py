"""Read judged collections in the layout of BEIR (Thakur et al. 2021, arXiv:2104.08663).

corpus.jsonl        {"_id", "title", "text"}
queries.jsonl       {"_id", "text"}
qrels/SPLIT.tsv     query-id, corpus-id, score; after a header line
"""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from normqa.datatypes import Document, Metadata
from normqa.errors import CollectionUnusable
from normqa.load.problem import LoadError
from normqa.load.text.plain_text import load_text
from normqa.text.canonical import normalise

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents and judged questions.

    Attributes:
        name: Name of its folder.
        documents: Sorted by id, without empty ones.
        questions: Text by id; only the questions that the split judges.
        qrels: Relevance by question id and document id; 0 is not relevant.
    """

    name: str
    documents: tuple[Document, ...]
    questions: dict[str, str]
    qrels: dict[str, dict[str, int]]


def read_collection(folder: Path, split: str) -> Collection:
    """Read a collection. Its texts are plain text.

    Raises:
        CollectionUnusable: If a file is missing or malformed.
    """
    qrels: dict[str, dict[str, int]] = defaultdict(dict)
    for question_id, document_id, relevance in _judgements(folder / "qrels" / f"{split}.tsv"):
        qrels[question_id][document_id] = relevance
    questions = {
        row["_id"]: normalise(row["text"])
        for row in read_rows(folder / "queries.jsonl", "_id", "text")
        if row["_id"] in qrels
    }
    if not questions:
        raise CollectionUnusable(f"{folder} has no questions judged by split {split!r}.", LAYOUT)
    return Collection(
        name=folder.resolve().name,
        documents=read_documents(folder),
        questions=dict(sorted(questions.items())),
        qrels={question: qrels[question] for question in sorted(questions)},
    )


LAYOUT = "A collection contains corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv in the layout of BEIR."


def read_documents(folder: Path) -> tuple[Document, ...]:
    """Read the documents of a collection, sorted by id. Documents without text are skipped.

    Raises:
        CollectionUnusable: If the file is missing or malformed.
    """
    documents = filter(None, map(_document, read_rows(folder / "corpus.jsonl", "_id", "text")))
    return tuple(sorted(documents, key=lambda document: document.id))


def sample(items: Mapping[str, T], limit: int | None) -> dict[str, T]:
    """Return at most ``limit`` items, drawn with seed 0 from the sorted ids."""
    ids = sorted(items)
    chosen = sorted(random.Random(0).sample(ids, limit)) if limit is not None and limit < len(ids) else ids  # noqa: S311
    return {item_id: items[item_id] for item_id in chosen}


def _document(row: dict[str, Any]) -> Document | None:
    try:
        return load_text(row["_id"], normalise(row["text"]), Metadata(title=row.get("title") or None))
    except LoadError:
        return None


def _judgements(path: Path) -> Iterator[tuple[str, str, int]]:
    lines = csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)
    next(lines, None)
    for number, line in enumerate(lines, 2):
        match line:
            case [question, document, score] if score.strip().lstrip("-").isdigit():
                yield question, document, int(score)
            case _:
                raise CollectionUnusable(f"{path}, line {number}: not a judgement.", LAYOUT)


def read_rows(path: Path, *keys: str) -> Iterator[dict[str, Any]]:
    """Read JSON objects, one per line, in which certain keys have strings.

    Raises:
        CollectionUnusable: If a line is not such an object.
    """
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in keys):
            wanted = f"an object with {' and '.join(keys)}" if keys else "an object"
            raise CollectionUnusable(f"{path}, line {number}: not {wanted}.", LAYOUT)
        yield row


def read_models(path: Path, model: type[M], hint: str, *, strict: bool = True) -> Iterator[M]:
    """Read JSON objects, one per line, that a model describes.

    Args:
        path: The file.
        model: Validates every object.
        hint: What to do about a malformed object.
        strict: Whether values of other types are malformed, instead of converted.

    Raises:
        CollectionUnusable: If a line is not such an object.
    """
    for number, row in enumerate(read_rows(path), 1):
        try:
            yield model.model_validate(row, strict=strict)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(map(str, first["loc"]))
            raise CollectionUnusable(f"{path}, line {number}: {key}: {first['msg']}.", hint) from None


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from file
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionUnusable(f"{path} cannot be read ({error}).", LAYOUT) from None
