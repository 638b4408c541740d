"""Builds a document's canonical text piece by piece, and its blocks, lists and sections with it."""

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from normqa.datatypes import Block, BlockKind, Document, ItemList, Metadata, Section, Span
from normqa.load.decode import normalise
from normqa.load.problem import LoadError


@dataclass(slots=True)
class DocumentBuilder:
    """Collects blocks in reading order; every loader ends in :meth:`document`."""

    blocks: list[Block] = field(default_factory=list)
    lists: list[ItemList] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    def add(self, kind: BlockKind, text: str, *, level: int = 0, gap: str = "\n\n") -> Span | None:
        """Appends a block.

        Args:
            kind: What it is.
            text: Its plain text; blank text adds nothing.
            level: See :class:`~normqa.datatypes.Block`.
            gap: What separates it from the block before.

        Returns:
            Where it stands, or None if it was blank.
        """
        text = normalise(text).strip()
        if not text:
            return None
        self._append(gap if self.blocks else "")
        span = Span(self._length, self._length + len(text))
        self._append(text)
        self.blocks.append(Block(kind, span, level))
        return span

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def document(self, document_id: str, metadata: Metadata) -> Document:
        """Closes the document.

        Raises:
            LoadError: If no text was collected.
        """
        return make_document(document_id, "".join(self._parts), metadata, self.blocks, self.lists)


def make_document(
    document_id: str, text: str, metadata: Metadata, blocks: list[Block], lists: list[ItemList]
) -> Document:
    """Makes a document of its canonical text and structure: title, sections and hash follow from them.

    Raises:
        LoadError: If the text is blank.
    """
    if not text.strip():
        raise LoadError("it yields no text")
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    first_heading = _one_line(headings[0].span.of(text)) if headings else None
    title = metadata.title or first_heading or PurePosixPath(document_id).name
    return Document(
        id=document_id,
        title=title,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        metadata=metadata,
        blocks=tuple(blocks),
        lists=tuple(lists),
        sections=_sections(text, headings, title),
    )


def _sections(text: str, headings: list[Block], title: str) -> tuple[Section, ...]:
    """One section a heading, and one for what stands before the first; the title names none."""
    starts: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    open_headings: list[tuple[int, str]] = []
    for heading in headings:
        name = _one_line(heading.span.of(text))
        open_headings = [(level, outer) for level, outer in open_headings if level < heading.level]
        open_headings.append((heading.level, name))
        path = tuple(outer for _, outer in open_headings)
        path = path[1:] if path[0] == title else path
        if heading.span.start == starts[-1][0]:
            starts.pop()
        starts.append((heading.span.start, path))
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return tuple(Section(path, Span(start, end)) for (start, path), end in zip(starts, ends, strict=True))


def _one_line(text: str) -> str:
    return " ".join(text.split())
