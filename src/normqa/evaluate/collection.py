"""Judged collections in BEIR's layout (Thakur et al. 2021, arXiv:2104.08663).

corpus.jsonl        {"_id", "title", "text"}
queries.jsonl       {"_id", "text"}
qrels/SPLIT.tsv     query-id, corpus-id, score; a header line first
"""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from normqa.datatypes import Document, Metadata
from normqa.errors import CollectionUnusable
from normqa.load.plain_text import load_text
from normqa.load.problem import LoadError
from normqa.text import normalise

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, and questions with what answers them.

    Attributes:
        name: Of its folder.
        documents: By id, those without text left out.
        questions: By id; only those of the split that has been judged.
        qrels: For each question, how relevant each judged document is; 0 is not.
    """

    name: str
    documents: tuple[Document, ...]
    questions: dict[str, str]
    qrels: dict[str, dict[str, int]]


def read_collection(folder: Path, split: str) -> Collection:
    """Reads a collection; its texts are taken as plain text.

    Raises:
        CollectionUnusable: If a file is missing or not in the layout; it is named.
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
        raise CollectionUnusable(f"{folder} has no question that its split {split!r} judges.", LAYOUT)
    return Collection(
        name=folder.resolve().name,
        documents=read_documents(folder),
        questions=dict(sorted(questions.items())),
        qrels={question: qrels[question] for question in sorted(questions)},
    )


LAYOUT = "A collection has corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv, as BEIR lays them out."


def read_documents(folder: Path) -> tuple[Document, ...]:
    """The documents of a collection, by id; some collections hold some without text, which are left out.

    Raises:
        CollectionUnusable: If its file is missing or not in the layout.
    """
    documents = filter(None, map(_document, read_rows(folder / "corpus.jsonl", "_id", "text")))
    return tuple(sorted(documents, key=lambda document: document.id))


def sample(items: Mapping[str, T], limit: int | None) -> dict[str, T]:
    """At most ``limit`` items, drawn with seed 0 from their sorted ids."""
    ids = sorted(items)
    chosen = sorted(random.Random(0).sample(ids, limit)) if limit is not None and limit < len(ids) else ids  # noqa: S311
    return {each: items[each] for each in chosen}


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
                raise CollectionUnusable(f"{path}, line {number}, is no judgement.", LAYOUT)


def read_rows(path: Path, *keys: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file, one a line, each with certain texts in it.

    Raises:
        CollectionUnusable: If a line is not like that; it is named.
    """
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in keys):
            raise CollectionUnusable(f"{path}, line {number}, has not {' and '.join(keys)}.", LAYOUT)
        yield row


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from file
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionUnusable(f"{path} cannot be read ({error}).", LAYOUT) from None
