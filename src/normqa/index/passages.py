"""Documents and passages of a generation, in one SQLite file a shard that is never written again."""

import sqlite3
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from normqa.datatypes import Document, Metadata, Passage
from normqa.errors import UnknownDocument
from normqa.index.numbering import shard_of

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
_CACHED_DOCUMENTS = 1024
_CACHED_PASSAGES = 8192


class PassageStore:
    """An open store. It may be used from several threads.

    Args:
        shards: Each the file of one; a document stands where :func:`~normqa.index.numbering.shard_of` says.
        only: Ids of the only documents that it shows; None for all.
    """

    def __init__(self, shards: Sequence[Path], only: frozenset[str] | None = None) -> None:
        self.only = only
        self._shards = [_Database(path) for path in shards]
        self._firsts = list(accumulate(self.sizes, initial=0))
        # The cache holds the databases, not the store, so that a store that nobody uses is freed at once.
        self._cached_document = lru_cache(_CACHED_DOCUMENTS)(partial(_document, self._shards))
        self._cached_passage = lru_cache(_CACHED_PASSAGES)(partial(_passage, self._shards, self._firsts))

    @staticmethod
    def build(folder: Path, documents: Sequence[Document], passages: Sequence[Sequence[Passage]]) -> None:
        """Writes the store of a shard.

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
    def open(cls, folders: Sequence[Path], only: frozenset[str] | None = None) -> "PassageStore":
        """Opens the store of a generation.

        Args:
            folders: Of its shards.
            only: Ids of the only documents that it shows; None for all.

        Raises:
            sqlite3.Error: If a file is no such database.
        """
        return cls([folder / NAME for folder in folders], only)

    @property
    def sizes(self) -> list[int]:
        """How many passages each shard holds."""
        query = "SELECT coalesce(max(number) + 1, 0) FROM passages"
        return [int(shard.rows(query)[0][0]) for shard in self._shards]

    def document_ids(self) -> list[str]:
        """Every document's id, in the order of code points."""
        ids = (str(row[0]) for shard in self._shards for row in shard.rows("SELECT id FROM documents"))
        return sorted(each for each in ids if self._shows(each))

    def document(self, document_id: str) -> Document:
        """The document of that id.

        Raises:
            UnknownDocument: If there is none.
        """
        if not self._shows(document_id):
            raise UnknownDocument(document_id)
        return self._cached_document(document_id)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Id and canonical text of every document, in the order of ids."""
        for document_id in self.document_ids():
            shard = self._shards[shard_of(document_id, len(self._shards))]
            yield document_id, str(shard.rows("SELECT text FROM documents WHERE id = ?", document_id)[0][0])

    def passages_of(self, document_ids: Sequence[str]) -> list[range]:
        """Numbers of the passages of each document.

        Raises:
            UnknownDocument: If there is none of such an id.
        """
        found = []
        for document_id in document_ids:
            place = shard_of(document_id, len(self._shards))
            query = "SELECT first_passage, passages FROM documents WHERE id = ?"
            rows = self._shards[place].rows(query, document_id)
            if not rows or not self._shows(document_id):
                raise UnknownDocument(document_id)
            [(first, count)] = rows
            found.append(range(self._firsts[place] + first, self._firsts[place] + first + count))
        return found

    def metadata(self) -> Iterator[tuple[str, Metadata]]:
        """Id and metadata of every document, in the order of ids."""
        query = "SELECT id, json_extract(content, '$.metadata') FROM documents"
        for document_id, raw in sorted(row for shard in self._shards for row in shard.rows(query)):
            if self._shows(document_id):
                yield document_id, _METADATA.validate_json(raw)

    def passage(self, number: int) -> Passage:
        """The passage of that number.

        Raises:
            KeyError: If there is none.
        """
        return self._cached_passage(number)

    def _shows(self, document_id: str) -> bool:
        return self.only is None or document_id in self.only


class _Database:
    """One shard's file. It may be used from several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )

    def rows(self, query: str, *values: str | int) -> list[Any]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def _document(shards: Sequence[_Database], document_id: str) -> Document:
    shard = shards[shard_of(document_id, len(shards))]
    rows = shard.rows("SELECT content FROM documents WHERE id = ?", document_id)
    if not rows:
        raise UnknownDocument(document_id)
    return _DOCUMENT.validate_json(rows[0][0])


def _passage(shards: Sequence[_Database], firsts: Sequence[int], number: int) -> Passage:
    place = bisect_right(firsts, number) - 1
    if not 0 <= place < len(shards):
        raise KeyError(number)
    rows = shards[place].rows("SELECT content FROM passages WHERE number = ?", number - firsts[place])
    return _PASSAGE.validate_json(rows[0][0])
