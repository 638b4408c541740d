"""Documents and passages of a generation, in one read-only SQLite file per shard.

A large file is trusted when it is opened, and any file may change later. So every row has a checksum, which
is compared whenever the row is read, and every text its hash.
"""

import hashlib
import sqlite3
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from normqa.datatypes import Block, Document, ItemList, Metadata, Passage, Section, Span
from normqa.errors import IndexCorrupt, UnknownDocument
from normqa.glyph_map import GlyphMap
from normqa.index.checksums import REBUILD, row_checksum
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
  structure_checksum INTEGER NOT NULL, checksum INTEGER NOT NULL,
  structure BLOB NOT NULL, text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (number INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, content BLOB NOT NULL);
CREATE TABLE originals (
  document TEXT PRIMARY KEY, file TEXT NOT NULL, sha256 TEXT NOT NULL, checksum INTEGER NOT NULL, glyphs BLOB
) WITHOUT ROWID;
"""
_LISTED = "id, title, sha256, characters, first_passage, passages, metadata, structure_checksum, checksum"
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


class _Row(NamedTuple):
    """The short columns of a document, whose checksum was compared."""

    id: str
    title: str
    sha256: str
    characters: int
    first_passage: int
    passages: int
    metadata: bytes
    structure_checksum: int

    @classmethod
    def of(cls, columns: Sequence[Any]) -> "_Row":
        """Compare the columns :data:`_LISTED` with their checksum.

        Raises:
            IndexCorrupt: If they differ.
        """
        *listed, checksum = columns
        if row_checksum(listed) != checksum:
            raise _corrupt("checksum mismatch")
        return cls(*listed)


class Original(NamedTuple):
    """The file that a document was made from.

    Attributes:
        file: Its path relative to the corpus.
        sha256: SHA-256 of its content; see :class:`normqa.load.content.Content`.
        glyphs: Where the characters of the text are painted on its pages, in compact form; None if unknown.
    """

    file: str
    sha256: str
    glyphs: bytes | None = None


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
    def build(
        folder: Path,
        documents: Sequence[Document],
        passages: Sequence[Sequence[Passage]],
        originals: Mapping[str, Original] = MappingProxyType({}),
    ) -> None:
        """Write the store of a shard.

        Args:
            folder: Folder of the shard.
            documents: Its documents.
            passages: Passages of each document; they are numbered in this order.
            originals: The files that documents were made from, by document id.
        """
        firsts = list(accumulate(map(len, passages), initial=0))[:-1]
        with closing(sqlite3.connect(folder / _FILE)) as db, db:
            db.executescript(_SCHEMA)
            db.executemany(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    _columns(document, first, len(own))
                    for document, own, first in zip(documents, passages, firsts, strict=True)
                ),
            )
            db.executemany(
                "INSERT INTO passages VALUES (?, ?, ?)",
                (
                    (number, row_checksum((number, content)), content)
                    for number, content in enumerate(
                        _PASSAGE.dump_json(passage) for own in passages for passage in own
                    )
                ),
            )
            db.executemany(
                "INSERT INTO originals VALUES (?, ?, ?, ?, ?)",
                (
                    (
                        name,
                        own.file,
                        own.sha256,
                        row_checksum((name, own.file, own.sha256, own.glyphs)),
                        own.glyphs,
                    )
                    for name, own in sorted(originals.items())
                ),
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
        return [row.id for row in self._rows()]

    def summaries(self) -> Iterator[DocumentSummary]:
        """Yield a summary of every document, by id, without reading texts."""
        for row in self._rows():
            about = _parse(_METADATA, row.metadata)
            yield DocumentSummary(row.id, row.title, about, row.sha256, row.characters, row.passages)

    def metadata(self) -> Iterator[tuple[str, Metadata]]:
        """Yield id and metadata of every document, by id."""
        return ((row.id, _parse(_METADATA, row.metadata)) for row in self._rows())

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield id and canonical text of every document, by id, one text at a time."""
        for document_id in self.document_ids():
            row, text = self._row(document_id, "text")
            _check_text(row, text)
            yield document_id, text

    def document(self, document_id: str) -> Document:
        """Return a document.

        Raises:
            UnknownDocument: If no document has that id.
        """
        if document := self._documents.get(document_id):
            return document
        row, structure, text = self._row(document_id, "structure", "text")
        _check_text(row, text)
        if row_checksum([structure]) != row.structure_checksum:
            raise _corrupt("checksum mismatch")
        parsed = _parse(_STRUCTURE, structure)
        document = Document(
            id=row.id,
            title=row.title,
            text=text,
            sha256=row.sha256,
            metadata=_parse(_METADATA, row.metadata),
            blocks=parsed.blocks,
            lists=parsed.lists,
            sections=parsed.sections,
            pages=parsed.pages,
            page_labels=parsed.page_labels,
            recognised_pages=parsed.recognised_pages,
        )
        self._documents.add(document, len(text) + _BYTES_PER_STRUCTURE_BYTE * len(structure))
        return document

    def original(self, document_id: str) -> Original | None:
        """Return the file that a document was made from; None if it was made from none.

        Raises:
            UnknownDocument: If no document has that id.
            IndexCorrupt: If the row is damaged.
        """
        self._row(document_id)
        query = "SELECT file, sha256, glyphs, checksum FROM originals WHERE document = ?"
        found = self._shards[shard_of(document_id, len(self._shards))].rows(query, document_id)
        if not found:
            return None
        *columns, checksum = found[0]
        if row_checksum((document_id, *columns)) != checksum:
            raise _corrupt("checksum mismatch")
        return Original(*columns)

    def glyph_map(self, document_id: str) -> GlyphMap | None:
        """Return where the characters of a document are painted; None if that is not known.

        Raises:
            UnknownDocument: If no document has that id.
            IndexCorrupt: If the map is damaged.
        """
        original = self.original(document_id)
        if original is None or original.glyphs is None:
            return None
        [row] = self._row(document_id)
        try:
            return GlyphMap.from_bytes(original.glyphs, row.characters)
        except ValueError as error:
            raise _corrupt(error) from error

    def passages_of(self, document_ids: Sequence[str]) -> list[range]:
        """Return the numbers of the passages of each document.

        Raises:
            UnknownDocument: If no document has one of the ids.
        """
        found = []
        for document_id in document_ids:
            [row] = self._row(document_id)
            first = self._numbering.number(shard_of(document_id, len(self._shards)), row.first_passage)
            found.append(range(first, first + row.passages))
        return found

    def passage(self, number: int) -> Passage:
        """Return a passage.

        Raises:
            KeyError: If no passage has that number.
        """
        return self._read_passage(number)

    def _row(self, document_id: str, *columns: str) -> tuple[Any, ...]:
        """Return the row of a document, and more of its columns.

        Raises:
            IndexCorrupt: If the row is damaged, or damage hides it.
            UnknownDocument: If no document has that id.
        """
        if not self._shows(document_id):
            raise UnknownDocument(document_id)
        shard = shard_of(document_id, len(self._shards))
        query = f"SELECT {', '.join([_LISTED, *columns])} FROM documents WHERE id = ?"  # noqa: S608 - ours
        found: list[Any] = []
        with suppress(UnicodeEncodeError):  # no id contains a lone surrogate
            found = self._shards[shard].rows(query, document_id)
        if found:
            end = len(_Row._fields) + 1
            return _Row.of(found[0][:end]), *found[0][end:]
        if any(row.id == document_id for row in self._rows_of(shard)):
            raise _corrupt(f"{document_id!r} cannot be found")
        raise UnknownDocument(document_id)

    def _rows(self) -> list[_Row]:
        """Return the row of every document that is shown, by id."""
        rows = (row for shard in range(len(self._shards)) for row in self._rows_of(shard))
        return sorted(row for row in rows if self._shows(row.id))

    def _rows_of(self, shard: int) -> list[_Row]:
        """Return the rows of a shard.

        Raises:
            IndexCorrupt: If one is damaged or missing.
        """
        query = f"SELECT {_LISTED} FROM documents"  # noqa: S608 - ours
        rows = [_Row.of(columns) for columns in self._shards[shard].rows(query)]
        if sum(row.passages for row in rows) != self.sizes[shard]:
            raise _corrupt("documents are missing")
        return rows

    def _shows(self, document_id: str) -> bool:
        return self.only is None or document_id in self.only


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
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter from a damaged schema
            raise _corrupt(error) from error


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
        raise _corrupt(error.errors()[0]["msg"]) from error


def _check_text(row: _Row, text: object) -> None:
    """Compare a text with its hash.

    Raises:
        IndexCorrupt: If they differ.
    """
    if not isinstance(text, str) or hashlib.sha256(text.encode()).hexdigest() != row.sha256:
        raise IndexCorrupt(f"The stored text of {row.id!r} is corrupted: checksum mismatch.", REBUILD)


def _columns(document: Document, first: int, passages: int) -> tuple[object, ...]:
    structure = _STRUCTURE.dump_json(
        _Structure(
            document.blocks,
            document.lists,
            document.sections,
            document.pages,
            document.page_labels,
            document.recognised_pages,
        )
    )
    row = _Row(
        document.id,
        document.title,
        document.sha256,
        len(document.text),
        first,
        passages,
        _METADATA.dump_json(document.metadata),
        row_checksum([structure]),
    )
    return *row, row_checksum(row), structure, document.text


def _passage(shards: Sequence[_Database], numbering: Numbering, number: int) -> Passage:
    shard, row = numbering.locate(number)
    found = shards[shard].rows("SELECT checksum, content FROM passages WHERE number = ?", row)
    if not found:
        raise _corrupt(f"passage {row} is missing")
    [(checksum, content)] = found
    if row_checksum((row, content)) != checksum:
        raise _corrupt("checksum mismatch")
    return _parse(_PASSAGE, content)


def _corrupt(reason: object) -> IndexCorrupt:
    return IndexCorrupt(f"{_FILE} is corrupted ({reason}).", REBUILD)
