"""The rows of documents, passages and originals: how they are written, and checked when they are read.

A large file is trusted when it is opened, and any file may change later. So every row has a checksum, which
is compared whenever the row is read, and every text its hash.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from normqa.datatypes import Block, Document, ItemList, Metadata, Passage, Section, Span
from normqa.errors import IndexCorrupt
from normqa.index.checksums import REBUILD, row_checksum
from normqa.index.entries import DocumentSummary, Original
from normqa.index.texts.database import corrupt

T = TypeVar("T")

# Long columns come last, so that a listing does not read them.
SCHEMA = """
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


class DocumentRow(NamedTuple):
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
    def of(cls, columns: Sequence[Any]) -> "DocumentRow":
        """Compare the columns :data:`LISTED` with their checksum.

        Raises:
            IndexCorrupt: If they differ.
        """
        *listed, checksum = columns
        _compare(listed, checksum)
        return cls(*listed)

    @property
    def parsed_metadata(self) -> Metadata:
        """The metadata from the document's front matter.

        Raises:
            IndexCorrupt: If it is damaged.
        """
        return _parse(_METADATA, self.metadata)

    @property
    def summary(self) -> DocumentSummary:
        """What a list of documents shows.

        Raises:
            IndexCorrupt: If the metadata is damaged.
        """
        return DocumentSummary(
            self.id, self.title, self.parsed_metadata, self.sha256, self.characters, self.passages
        )


LISTED = [*DocumentRow._fields, "checksum"]
"""Columns of :class:`DocumentRow`, and their checksum."""


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


def write_document(document: Document, first: int, passages: int) -> tuple[object, ...]:
    """Return the row of a document.

    Args:
        document: The document.
        first: Number of its first passage in the shard.
        passages: Number of its passages.
    """
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
    row = DocumentRow(
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


def read_document(row: DocumentRow, structure: bytes, text: object) -> Document:
    """Return the document in a row.

    Raises:
        IndexCorrupt: If its text or structure is damaged.
    """
    canonical = read_text(row, text)
    _compare([structure], row.structure_checksum)
    parsed = _parse(_STRUCTURE, structure)
    return Document(
        id=row.id,
        title=row.title,
        text=canonical,
        sha256=row.sha256,
        metadata=row.parsed_metadata,
        blocks=parsed.blocks,
        lists=parsed.lists,
        sections=parsed.sections,
        pages=parsed.pages,
        page_labels=parsed.page_labels,
        recognised_pages=parsed.recognised_pages,
    )


def read_text(row: DocumentRow, text: object) -> str:
    """Return the text of a row after comparing it with its hash.

    Raises:
        IndexCorrupt: If they differ.
    """
    if not isinstance(text, str) or hashlib.sha256(text.encode()).hexdigest() != row.sha256:
        raise IndexCorrupt(f"The stored text of {row.id!r} is corrupted: checksum mismatch.", REBUILD)
    return text


def write_passage(number: int, passage: Passage) -> tuple[object, ...]:
    """Return the row of a passage."""
    content = _PASSAGE.dump_json(passage)
    return number, row_checksum((number, content)), content


def read_passage(number: int, checksum: int, content: bytes) -> Passage:
    """Return the passage in a row.

    Raises:
        IndexCorrupt: If it is damaged.
    """
    _compare((number, content), checksum)
    return _parse(_PASSAGE, content)


def write_original(document_id: str, original: Original) -> tuple[object, ...]:
    """Return the row of the file that a document was made from."""
    return document_id, *original, row_checksum((document_id, *original))


def read_original(document_id: str, columns: Sequence[Any]) -> Original:
    """Return the file in a row.

    Raises:
        IndexCorrupt: If the row is damaged.
    """
    *own, checksum = columns
    _compare((document_id, *own), checksum)
    return Original(*own)


def _compare(values: Iterable[object], checksum: object) -> None:
    """Compare values with their checksum.

    Raises:
        IndexCorrupt: If they differ.
    """
    if row_checksum(values) != checksum:
        raise corrupt("checksum mismatch")


def _parse(adapter: TypeAdapter[T], raw: bytes) -> T:
    """Parse a stored value.

    Raises:
        IndexCorrupt: If it is damaged.
    """
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        raise corrupt(error.errors()[0]["msg"]) from error
