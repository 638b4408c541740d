"""Documents and passages of a generation, in one read-only SQLite file per shard."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from copy import copy
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import Any

from normqa.datatypes import Document, Metadata, Passage
from normqa.errors import UnknownDocument
from normqa.glyph_map import GlyphMap
from normqa.index.entries import DocumentSummary, Original
from normqa.index.shards import Numbering, shard_of
from normqa.index.texts.cache import DocumentCache
from normqa.index.texts.database import FILE, Database, corrupt
from normqa.index.texts.rows import (
    LISTED,
    SCHEMA,
    DocumentRow,
    read_document,
    read_original,
    read_passage,
    read_text,
    write_document,
    write_original,
    write_passage,
)

CACHE_BYTES = 64_000_000
"""Estimated memory of the documents that an open store caches."""

_CACHED_PASSAGES = 8192
_BYTES_PER_STRUCTURE_BYTE = 8
"""A parsed span or block takes about eight times the memory of its JSON."""


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
        self._shards = [Database(path) for path in files]
        query = "SELECT coalesce(max(number) + 1, 0) FROM passages"
        self._numbering = Numbering(int(shard.rows(query)[0][0]) for shard in self._shards)
        self._documents = DocumentCache(cache_bytes)
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
        numbered = enumerate(passage for own in passages for passage in own)
        with closing(sqlite3.connect(folder / FILE)) as db, db:
            db.executescript(SCHEMA)
            db.executemany(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    write_document(document, first, len(own))
                    for document, own, first in zip(documents, passages, firsts, strict=True)
                ),
            )
            db.executemany(
                "INSERT INTO passages VALUES (?, ?, ?)",
                (write_passage(number, passage) for number, passage in numbered),
            )
            db.executemany(
                "INSERT INTO originals (document, file, sha256, glyphs, checksum) VALUES (?, ?, ?, ?, ?)",
                (write_original(document_id, own) for document_id, own in sorted(originals.items())),
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
        return cls([folder / FILE for folder in folders], only)

    def showing(self, only: frozenset[str]) -> "PassageStore":
        """Return the same store, which shows only some documents. It shares files and caches."""
        shown = copy(self)
        shown.only = only
        return shown

    @property
    def sizes(self) -> list[int]:
        """Passages of each shard."""
        return self._numbering.sizes

    def document_ids(self) -> list[str]:
        """Return the id of every document, in code point order."""
        return [row.id for row in self._rows()]

    def summaries(self) -> Iterator[DocumentSummary]:
        """Return a summary of every document, by id, without reading texts."""
        return (row.summary for row in self._rows())

    def metadata(self) -> Iterator[tuple[str, Metadata]]:
        """Yield id and metadata of every document, by id."""
        return ((row.id, row.parsed_metadata) for row in self._rows())

    def texts(self, ids: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
        """Yield id and canonical text of every document, or of those with these ids, one text at a time."""
        for document_id in self.document_ids() if ids is None else ids:
            row, text = self._row(document_id, "text")
            yield document_id, read_text(row, text)

    def document(self, document_id: str) -> Document:
        """Return a document.

        Raises:
            UnknownDocument: If no document has that id.
        """
        if self._shows(document_id) and (document := self._documents.get(document_id)):
            return document
        row, structure, text = self._row(document_id, "structure", "text")
        document = read_document(row, structure, text)
        self._documents.add(document, len(text) + _BYTES_PER_STRUCTURE_BYTE * len(structure))
        return document

    def original(self, document_id: str) -> Original | None:
        """Return the file that a document was made from; None if it was made from none.

        Raises:
            UnknownDocument: If no document has that id.
            IndexCorrupt: If the row is damaged.
        """
        self._row(document_id)
        return self._original(document_id)

    def glyph_map(self, document_id: str) -> GlyphMap | None:
        """Return where the characters of a document are painted; None if that is not known.

        Raises:
            UnknownDocument: If no document has that id.
            IndexCorrupt: If the map is damaged.
        """
        [row] = self._row(document_id)
        original = self._original(document_id)
        if original is None or original.glyphs is None:
            return None
        try:
            return GlyphMap.from_bytes(original.glyphs, row.characters)
        except ValueError as error:
            raise corrupt(error) from error

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

    def _original(self, document_id: str) -> Original | None:
        query = "SELECT file, sha256, glyphs, checksum FROM originals WHERE document = ?"
        found = self._shards[shard_of(document_id, len(self._shards))].rows(query, document_id)
        return read_original(document_id, found[0]) if found else None

    def _row(self, document_id: str, *columns: str) -> tuple[Any, ...]:
        """Return the row of a document, and more of its columns.

        Raises:
            IndexCorrupt: If the row is damaged, or damage hides it.
            UnknownDocument: If no document has that id.
        """
        if not self._shows(document_id):
            raise UnknownDocument(document_id)
        shard = shard_of(document_id, len(self._shards))
        query = f"SELECT {', '.join([*LISTED, *columns])} FROM documents WHERE id = ?"  # noqa: S608 - ours
        found: list[Any] = []
        with suppress(UnicodeEncodeError):  # no id contains a lone surrogate
            found = self._shards[shard].rows(query, document_id)
        if found:
            end = len(LISTED)
            return DocumentRow.of(found[0][:end]), *found[0][end:]
        if any(row.id == document_id for row in self._rows_of(shard)):
            raise corrupt(f"{document_id!r} cannot be found")
        raise UnknownDocument(document_id)

    def _rows(self) -> list[DocumentRow]:
        """Return the row of every document that is shown, by id."""
        rows = (row for shard in range(len(self._shards)) for row in self._rows_of(shard))
        return sorted(row for row in rows if self._shows(row.id))

    def _rows_of(self, shard: int) -> list[DocumentRow]:
        """Return the rows of a shard.

        Raises:
            IndexCorrupt: If one is damaged or missing.
        """
        query = f"SELECT {', '.join(LISTED)} FROM documents"  # noqa: S608 - ours
        rows = [DocumentRow.of(columns) for columns in self._shards[shard].rows(query)]
        if sum(row.passages for row in rows) != self.sizes[shard]:
            raise corrupt("documents are missing")
        return rows

    def _shows(self, document_id: str) -> bool:
        return self.only is None or document_id in self.only


def _passage(shards: Sequence[Database], numbering: Numbering, number: int) -> Passage:
    shard, row = numbering.locate(number)
    found = shards[shard].rows("SELECT checksum, content FROM passages WHERE number = ?", row)
    if not found:
        raise corrupt(f"passage {row} is missing")
    return read_passage(row, *found[0])
