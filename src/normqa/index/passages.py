"""Documents and passages of a generation, in one read-only SQLite file per shard."""

import hashlib
import sqlite3
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from normqa.datatypes import Block, Document, ItemList, Metadata, Passage, Section, Span
from normqa.errors import IndexCorrupt, UnknownDocument
from normqa.index.checksums import REBUILD
from normqa.index.shards import Numbering, shard_of

T = TypeVar("T")

CACHE_BYTES = 64_000_000
"""Estimated memory of the documents that an open store caches."""

_FILE = "texts.sqlite"
# Long columns come last, so that a listing does not read them.
_SCHEMA = """
CREATE TABLE documents (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, sha256 TEXT NOT NULL, characters INTEGER NOT NULL,
  first_passage INTEGER NOT NULL, passages INTEGER NOT NULL, metadata BLOB NOT NULL,
  structure BLOB NOT NULL, text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (number INTEGER PRIMARY KEY, content BLOB NOT NULL);
"""
_CACHED_PASSAGES = 8192
_BYTES_PER_STRUCTURE_BYTE = 8
"""A parsed span or block takes about eight times the memory of its JSON."""


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """The entry of a document in a list, read without its text.

    Attributes:
        id: Id of the document.
        title: Its title.
        metadata: Metadata from its front matter.
        sha256: SHA-256 of its canonical text.
        characters: Length of its canonical text, in code points.
        passages: Number of its passages.
    """

    id: str
    title: str
    metadata: Metadata
    sha256: str
    characters: int
    passages: int


@dataclass(frozen=True, slots=True)
class _Structure:
    blocks: tuple[Block, ...]
    lists: tuple[ItemList, ...]
    sections: tuple[Section, ...]
    pages: tuple[Span, ...]
    page_labels: tuple[str, ...] = ()
    recognised_pages: tuple[int, ...] = ()


_STRUCTURE = TypeAdapter(_Structure)
_METADATA = TypeAdapter(Metadata)
_PASSAGE = TypeAdapter(Passage)


class PassageStore:
    """An open store. It is safe to use from several threads, and closes its files when it is dropped.

    Args:
        files: SQLite file of each shard.
        only: Ids of the documents to show. Default: all.
        cache_bytes: Estimated memory of the documents that are cached.
    """

    def __init__(
        self, files: Sequence[Path], only: frozenset[str] | None = None, cache_bytes: int = CACHE_BYTES
    ) -> None:
        self.only = only
        self._shards = [_Database(path) for path in files]
        query = "SELECT coalesce(max(number) + 1, 0) FROM passages"
        self._numbering = Numbering(int(shard.rows(query)[0][0]) for shard in self._shards)
        self._documents = _DocumentCache(cache_bytes)
        # The cache refers to the databases and not to the store, so that a dropped store is freed at once.
        self._read_passage = lru_cache(_CACHED_PASSAGES)(partial(_passage, self._shards, self._numbering))

    @staticmethod
    def build(folder: Path, documents: Sequence[Document], passages: Sequence[Sequence[Passage]]) -> None:
        """Write the store of a shard.

        Args:
            folder: Folder of the shard.
            documents: Its documents.
            passages: Passages of each document; they are numbered in this order.
        """
        firsts = list(accumulate(map(len, passages), initial=0))[:-1]
        with closing(sqlite3.connect(folder / _FILE)) as db, db:
            db.executescript(_SCHEMA)
            db.executemany(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    _row(document, first, len(own))
                    for document, own, first in zip(documents, passages, firsts, strict=True)
                ),
            )
            db.executemany(
                "INSERT INTO passages VALUES (?, ?)",
                enumerate(_PASSAGE.dump_json(passage) for own in passages for passage in own),
            )

    @classmethod
    def open(cls, folders: Sequence[Path], only: frozenset[str] | None = None) -> "PassageStore":
        """Open the store of a generation.

        Args:
            folders: Folders of its shards.
            only: Ids of the documents to show. Default: all.

        Raises:
            sqlite3.Error: If a file cannot be opened.
            IndexCorrupt: If a file is not such a database.
        """
        return cls([folder / _FILE for folder in folders], only)

    @property
    def sizes(self) -> list[int]:
        """Passages of each shard."""
        return self._numbering.sizes

    def document_ids(self) -> list[str]:
        """Return the id of every document, in code point order."""
        ids = (str(row[0]) for shard in self._shards for row in shard.rows("SELECT id FROM documents"))
        return sorted(document_id for document_id in ids if self._shows(document_id))

    def summaries(self) -> Iterator[DocumentSummary]:
        """Yield a summary of every document, by id, without reading texts."""
        query = "SELECT id, title, sha256, characters, passages, metadata FROM documents"
        rows = (row for shard in self._shards for row in shard.rows(query))
        for document_id, title, sha256, characters, passages, metadata in sorted(rows):
            if self._shows(document_id):
                about = _parse(_METADATA, metadata)
                yield DocumentSummary(document_id, title, about, sha256, characters, passages)

    def metadata(self) -> Iterator[tuple[str, Metadata]]:
        """Yield id and metadata of every document, by id."""
        rows = (row for shard in self._shards for row in shard.rows("SELECT id, metadata FROM documents"))
        for document_id, metadata in sorted(rows):
            if self._shows(document_id):
                yield document_id, _parse(_METADATA, metadata)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield id and canonical text of every document, by id, one text at a time."""
        for document_id in self.document_ids():
            text, sha256 = self._row("SELECT text, sha256 FROM documents WHERE id = ?", document_id)
            _check_text(document_id, text, sha256)
            yield document_id, text

    def document(self, document_id: str) -> Document:
        """Return a document.

        Raises:
            UnknownDocument: If no document has that id.
        """
        if document := self._documents.get(document_id):
            return document
        query = "SELECT title, sha256, metadata, structure, text FROM documents WHERE id = ?"
        title, sha256, metadata, structure, text = self._row(query, document_id)
        _check_text(document_id, text, sha256)
        parsed = _parse(_STRUCTURE, structure)
        document = Document(
            id=document_id,
            title=title,
            text=text,
            sha256=sha256,
            metadata=_parse(_METADATA, metadata),
            blocks=parsed.blocks,
            lists=parsed.lists,
            sections=parsed.sections,
            pages=parsed.pages,
            page_labels=parsed.page_labels,
            recognised_pages=parsed.recognised_pages,
        )
        self._documents.add(document, len(text) + _BYTES_PER_STRUCTURE_BYTE * len(structure))
        return document

    def passages_of(self, document_ids: Sequence[str]) -> list[range]:
        """Return the numbers of the passages of each document.

        Raises:
            UnknownDocument: If no document has one of the ids.
        """
        query = "SELECT first_passage, passages FROM documents WHERE id = ?"
        found = []
        for document_id in document_ids:
            row, count = self._row(query, document_id)
            first = self._numbering.number(shard_of(document_id, len(self._shards)), row)
            found.append(range(first, first + count))
        return found

    def passage(self, number: int) -> Passage:
        """Return a passage.

        Raises:
            KeyError: If no passage has that number.
        """
        return self._read_passage(number)

    def _row(self, query: str, document_id: str) -> tuple[Any, ...]:
        """Return the row of a document.

        Raises:
            UnknownDocument: If no document has that id.
        """
        rows: list[tuple[Any, ...]] = []
        if self._shows(document_id):
            with suppress(UnicodeEncodeError):  # no id contains a lone surrogate
                rows = self._shard(document_id).rows(query, document_id)
        if not rows:
            raise UnknownDocument(document_id)
        return rows[0]

    def _shows(self, document_id: str) -> bool:
        return self.only is None or document_id in self.only

    def _shard(self, document_id: str) -> "_Database":
        return self._shards[shard_of(document_id, len(self._shards))]


class _Database:
    """The file of one shard, open for reading from several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        weakref.finalize(self, self._connection.close)

    def rows(self, query: str, *values: str | int) -> list[Any]:
        """Return the rows of a query.

        Raises:
            IndexCorrupt: If the file is damaged.
        """
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise IndexCorrupt(f"{_FILE} is corrupted ({error}).", REBUILD) from error


class _DocumentCache:
    """The documents that were used last, up to an estimated size. It is safe to use from several threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[Document, int]] = OrderedDict()
        self._bytes = 0

    def get(self, document_id: str) -> Document | None:
        with self._lock:
            if document_id not in self._entries:
                return None
            self._entries.move_to_end(document_id)
            return self._entries[document_id][0]

    def add(self, document: Document, size: int) -> None:
        with self._lock:
            if document.id in self._entries:
                return
            self._entries[document.id] = document, size
            self._bytes += size
            while self._bytes > self._max_bytes:
                _, (_, dropped) = self._entries.popitem(last=False)
                self._bytes -= dropped


def _parse(adapter: TypeAdapter[T], raw: bytes) -> T:
    """Parse a stored value.

    Raises:
        IndexCorrupt: If it is damaged.
    """
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        raise IndexCorrupt(f"{_FILE} is corrupted ({error.errors()[0]['msg']}).", REBUILD) from error


def _check_text(document_id: str, text: str, sha256: str) -> None:
    """Compare a text with its hash, because the file may have changed since it was opened.

    Raises:
        IndexCorrupt: If they differ.
    """
    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        raise IndexCorrupt(f"The stored text of {document_id!r} is corrupted: checksum mismatch.", REBUILD)


def _row(document: Document, first: int, passages: int) -> tuple[object, ...]:
    structure = _Structure(
        document.blocks,
        document.lists,
        document.sections,
        document.pages,
        document.page_labels,
        document.recognised_pages,
    )
    return (
        document.id,
        document.title,
        document.sha256,
        len(document.text),
        first,
        passages,
        _METADATA.dump_json(document.metadata),
        _STRUCTURE.dump_json(structure),
        document.text,
    )


def _passage(shards: Sequence[_Database], numbering: Numbering, number: int) -> Passage:
    shard, row = numbering.locate(number)
    [(content,)] = shards[shard].rows("SELECT content FROM passages WHERE number = ?", row)
    return _parse(_PASSAGE, content)
