"""Documents and passages of a generation in Milvus."""

import json
import struct
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from normqa.datatypes import Document, Metadata, Passage
from normqa.errors import UnknownDocument
from normqa.glyph_map import GlyphMap
from normqa.index.entries import DocumentSummary, Original
from normqa.index.milvus.cells import Cells, CellWriter
from normqa.index.milvus.faults import lost
from normqa.index.texts.cache import DocumentCache
from normqa.index.texts.rows import DocumentRow, read_document, read_text, write_document

CACHE_BYTES = 64_000_000
"""Estimated memory of the documents that an open store caches."""

CATALOGUE = "catalogue"

_CACHED_PASSAGES = 8192
_TEXTS_AT_ONCE = 16
_BYTES_PER_STRUCTURE_BYTE = 8
_LENGTHS = struct.Struct("<II")
_PASSAGE = TypeAdapter(Passage)


@dataclass(frozen=True)
class StoredPassage:
    """A passage with its vectors.

    Attributes:
        content: The passage as JSON, which is parsed only for passages that are shown.
        vector: Its unit vector, shape (dimension,).
        sentences: Unit vectors of its sentences in half precision, shape (sentences, dimension).
    """

    content: bytes
    vector: NDArray[np.float32]
    sentences: NDArray[np.float16]

    @classmethod
    def of(
        cls, passage: Passage, vector: NDArray[np.float32], sentences: NDArray[np.float16]
    ) -> "StoredPassage":
        """Return a passage with its vectors."""
        return cls(_PASSAGE.dump_json(passage), vector, sentences)

    @cached_property
    def passage(self) -> Passage:
        """The passage."""
        return _PASSAGE.validate_json(self.content)

    def to_bytes(self) -> bytes:
        """Return the content of its cell."""
        vector, sentences = self.vector.astype("<f4").tobytes(), self.sentences.astype("<f2").tobytes()
        return _LENGTHS.pack(len(self.content), len(vector)) + self.content + vector + sentences

    @classmethod
    def from_bytes(cls, raw: bytes) -> "StoredPassage":
        """Parse the content of a cell, whose checksum was compared.

        Raises:
            ValueError: If it is malformed.
        """
        content, vector = _LENGTHS.unpack_from(raw)
        start = _LENGTHS.size + content
        unit = np.frombuffer(raw[start : start + vector], "<f4").astype(np.float32)
        sentences = np.frombuffer(raw[start + vector :], "<f2").astype(np.float16).reshape(-1, len(unit))
        return cls(raw[_LENGTHS.size : start], unit, sentences)


class Passages:
    """The passages of a generation, with a cache of those that were used last. Safe for several threads.

    Args:
        cells: The cells of the generation.
        generation: Its name, for messages.
        size: Their number.
    """

    def __init__(self, cells: Cells, generation: str, size: int) -> None:
        self._cells = cells
        self._generation = generation
        self._size = size
        self._lock = threading.Lock()
        self._cache: OrderedDict[int, StoredPassage] = OrderedDict()

    def get(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Return passages by number, reading those together that are not cached.

        Raises:
            KeyError: If no passage has one of the numbers.
            IndexCorrupt: If one is damaged or missing.
        """
        with self._lock:
            found = {number: self._cache[number] for number in numbers if number in self._cache}
        missing = [number for number in numbers if number not in found]
        if unknown := [number for number in missing if not 0 <= number < self._size]:
            raise KeyError(unknown[0])
        read = self._cells.read(f"p:{number}" for number in missing)
        for number in missing:
            found[number] = self._parsed(number, read.get(f"p:{number}"))
        with self._lock:
            for number in numbers:
                self._cache[number] = found[number]
                self._cache.move_to_end(number)
            while len(self._cache) > _CACHED_PASSAGES:
                self._cache.popitem(last=False)
        return found

    def _parsed(self, number: int, raw: bytes | None) -> StoredPassage:
        if raw is None:
            raise lost(self._generation, f"passage {number} is missing")
        try:
            return StoredPassage.from_bytes(raw)
        except (ValueError, struct.error) as error:
            raise lost(self._generation, f"passage {number} cannot be read") from error


class MilvusStore:
    """Documents and passages. Entries of documents are in memory; texts and passages are read when needed.

    Args:
        cells: The cells of the generation.
        generation: Its name, for messages.
        passages: Its passages.
        only: Ids of the documents to show. Default: all.
    """

    def __init__(
        self, cells: Cells, generation: str, passages: Passages, only: frozenset[str] | None = None
    ) -> None:
        self.only = only
        self._cells = cells
        self._generation = generation
        self._passages = passages
        self._documents = DocumentCache(CACHE_BYTES)
        place = DocumentRow._fields.index("metadata")
        rows = [
            DocumentRow.of([*entry[:place], entry[place].encode(), *entry[place + 1 :]])
            for entry in json.loads(cells.one(CATALOGUE))
        ]
        self.numbers = {row.id: number for number, row in enumerate(rows)}
        """Numbers of all documents by id, in the order of their passages."""
        self.firsts = np.array([row.first_passage for row in rows], np.int64)
        """First passage of every document."""
        self._rows = {row.id: row for row in sorted(rows)}

    def showing(self, only: frozenset[str]) -> "MilvusStore":
        """Return the same store, which shows only some documents. It shares caches."""
        shown = copy(self)
        shown.only = only
        shown.__dict__.pop("shown_passages", None)
        return shown

    @cached_property
    def shown_passages(self) -> int:
        """Number of passages that are shown."""
        return sum(row.passages for row in self._shown())

    def document_ids(self) -> list[str]:
        """Return the id of every document, in code point order."""
        return [row.id for row in self._shown()]

    def summaries(self) -> Iterator[DocumentSummary]:
        """Return a summary of every document, by id."""
        return (row.summary for row in self._shown())

    def metadata(self) -> Iterator[tuple[str, Metadata]]:
        """Yield id and metadata of every document, by id."""
        return ((row.id, row.parsed_metadata) for row in self._shown())

    def texts(self, ids: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
        """Yield id and canonical text of every document, or of those with these ids, a few at a time."""
        wanted = iter(self.document_ids() if ids is None else ids)
        while some := list(islice(wanted, _TEXTS_AT_ONCE)):
            rows = [self._row(document_id) for document_id in some]
            read = self._cells.read(map(self._key, some))
            for row in rows:
                yield row.id, read_text(row, self._parts(row, read.get(self._key(row.id)))[1])

    def document(self, document_id: str) -> Document:
        """Return a document.

        Raises:
            UnknownDocument: If no document has that id.
        """
        row = self._row(document_id)
        if document := self._documents.get(document_id):
            return document
        structure, text = self._parts(row, self._cells.read([self._key(row.id)]).get(self._key(row.id)))
        document = read_document(row, structure, text)
        self._documents.add(document, len(text) + _BYTES_PER_STRUCTURE_BYTE * len(structure))
        return document

    def original(self, document_id: str) -> Original | None:
        """Return the file that a document was made from; None if it was made from none.

        Raises:
            UnknownDocument: If no document has that id.
            IndexCorrupt: If its cell is damaged.
        """
        key = f"o:{self.numbers[self._row(document_id).id]}"
        raw = self._cells.read([key]).get(key)
        if raw is None:
            return None
        head, _, glyphs = raw.partition(b"\n")
        file, sha256, has_glyphs = json.loads(head)
        return Original(file, sha256, glyphs if has_glyphs else None)

    def glyph_map(self, document_id: str) -> GlyphMap | None:
        """Return where the characters of a document are painted; None if that is not known.

        Raises:
            UnknownDocument: If no document has that id.
            IndexCorrupt: If the map is damaged.
        """
        original = self.original(document_id)
        if original is None or original.glyphs is None:
            return None
        try:
            return GlyphMap.from_bytes(original.glyphs, self._row(document_id).characters)
        except ValueError as error:
            raise lost(self._generation, error) from error

    def passages_of(self, document_ids: Sequence[str]) -> list[range]:
        """Return the numbers of the passages of each document.

        Raises:
            UnknownDocument: If no document has one of the ids.
        """
        rows = map(self._row, document_ids)
        return [range(row.first_passage, row.first_passage + row.passages) for row in rows]

    def passage(self, number: int) -> Passage:
        """Return a passage.

        Raises:
            KeyError: If no passage has that number.
        """
        return self._passages.get([number])[number].passage

    def _key(self, document_id: str) -> str:
        return f"d:{self.numbers[document_id]}"

    def _row(self, document_id: str) -> DocumentRow:
        row = self._rows.get(document_id)
        if row is None or not self._shows(document_id):
            raise UnknownDocument(document_id)
        return row

    def _shown(self) -> Iterator[DocumentRow]:
        return (row for row in self._rows.values() if self._shows(row.id))

    def _shows(self, document_id: str) -> bool:
        return self.only is None or document_id in self.only

    def _parts(self, row: DocumentRow, raw: bytes | None) -> tuple[bytes, str]:
        """Return structure and text of a document.

        Raises:
            IndexCorrupt: If its cell is missing or damaged.
        """
        if raw is None:
            raise lost(self._generation, f"the text of {row.id!r} is missing")
        structure, _ = _LENGTHS.unpack_from(raw)
        start = _LENGTHS.size + structure
        try:
            return raw[_LENGTHS.size : start], raw[start:].decode()
        except UnicodeDecodeError as error:
            raise lost(self._generation, f"the text of {row.id!r} is damaged") from error


def write_text(
    cells: CellWriter, number: int, document: Document, first: int, passages: int, original: Original
) -> list[object]:
    """Write the cells of a document, and return its entry in the catalogue.

    Args:
        cells: Where to write.
        number: Number of the document.
        document: The document.
        first: Number of its first passage.
        passages: Number of its passages.
        original: The file that it was made from.
    """
    *listed, structure, text = write_document(document, first, passages)
    assert isinstance(structure, bytes) and isinstance(text, str)  # noqa: S101, PT018 - columns of two types
    cells.write(f"d:{number}", _LENGTHS.pack(len(structure), 0) + structure + text.encode())
    head = json.dumps([original.file, original.sha256, original.glyphs is not None]).encode()
    cells.write(f"o:{number}", head + b"\n" + (original.glyphs or b""))
    return [value.decode() if isinstance(value, bytes) else value for value in listed]
