"""Documents and passages of a generation, in one SQLite file that is never written again."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from normqa.datatypes import Document, Metadata, Passage
from normqa.errors import UnknownDocument

NAME = "texts.sqlite"

_SCHEMA = """
CREATE TABLE documents (
  id TEXT PRIMARY KEY, text TEXT NOT NULL, content BLOB NOT NULL,
  first_passage INTEGER NOT NULL, passages INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (number INTEGER PRIMARY KEY, content BLOB NOT NULL);
"""
_DOCUMENT = TypeAdapter(Document)
_PASSAGE = TypeAdapter(Passage)
_METADATA = TypeAdapter(Metadata)
_CACHED_DOCUMENTS = 64


class Store:
    """An open store. It may be used from several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        # The cache holds the database, not the store, so that a store nobody uses any more is freed at once.
        self._cached_document = lru_cache(_CACHED_DOCUMENTS)(partial(_document, self._db, self._lock))

    @staticmethod
    def build(folder: Path, documents: Sequence[Document], passages: Sequence[Sequence[Passage]]) -> None:
        """Writes the store of a generation.

        Args:
            folder: Where to.
            documents: All of them.
            passages: Of each document; they are numbered through in this order.
        """
        firsts = accumulate(map(len, passages), initial=0)
        with closing(sqlite3.connect(folder / NAME)) as db, db:
            db.executescript(_SCHEMA)
            db.executemany(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?)",
                (
                    (d.id, d.text, _DOCUMENT.dump_json(d), first, len(own))
                    for (d, own), first in zip(zip(documents, passages, strict=True), firsts, strict=False)
                ),
            )
            db.executemany(
                "INSERT INTO passages VALUES (?, ?)",
                enumerate(_PASSAGE.dump_json(passage) for own in passages for passage in own),
            )

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """Opens the store of a generation."""
        return cls(folder / NAME)

    def counts(self) -> tuple[int, int]:
        """How many documents and passages there are."""
        [(documents, passages)] = self._rows(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)"
        )
        return int(documents), int(passages)

    def document_ids(self) -> list[str]:
        """Every document's id, in the order of code points."""
        return sorted(str(row[0]) for row in self._rows("SELECT id FROM documents"))

    def document(self, document_id: str) -> Document:
        """The document of that id.

        Raises:
            UnknownDocument: If there is none.
        """
        return self._cached_document(document_id)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Id and canonical text of every document, in the order of ids."""
        for document_id in self.document_ids():
            yield document_id, str(self._rows("SELECT text FROM documents WHERE id = ?", document_id)[0][0])

    def passages_of(self, document_ids: Sequence[str]) -> list[range]:
        """Numbers of the passages of each document.

        Raises:
            UnknownDocument: If there is none of such an id.
        """
        found = []
        for document_id in document_ids:
            rows = self._rows("SELECT first_passage, passages FROM documents WHERE id = ?", document_id)
            if not rows:
                raise UnknownDocument(document_id)
            [(first, count)] = rows
            found.append(range(first, first + count))
        return found

    def metadata(self) -> Iterator[tuple[str, Metadata]]:
        """Id and metadata of every document, in the order of ids."""
        for document_id, raw in self._rows(
            "SELECT id, json_extract(content, '$.metadata') FROM documents ORDER BY id"
        ):
            yield document_id, _METADATA.validate_json(raw)

    def passage(self, number: int) -> Passage:
        """The passage of that number.

        Raises:
            KeyError: If there is none.
        """
        rows = self._rows("SELECT content FROM passages WHERE number = ?", number)
        if not rows:
            raise KeyError(number)
        return _PASSAGE.validate_json(rows[0][0])

    def _rows(self, query: str, *values: str | int) -> list[Any]:
        return _rows(self._db, self._lock, query, *values)


def _document(db: sqlite3.Connection, lock: threading.Lock, document_id: str) -> Document:
    rows = _rows(db, lock, "SELECT content FROM documents WHERE id = ?", document_id)
    if not rows:
        raise UnknownDocument(document_id)
    return _DOCUMENT.validate_json(rows[0][0])


def _rows(db: sqlite3.Connection, lock: threading.Lock, query: str, *values: str | int) -> list[Any]:
    with lock:
        return db.execute(query, values).fetchall()
