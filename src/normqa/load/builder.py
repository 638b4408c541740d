"""Build a document: its canonical text, blocks, lists and sections."""

import hashlib
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import PurePosixPath

from normqa.datatypes import Block, BlockKind, Document, ItemList, Metadata, Section, Span
from normqa.load.markup.lists import join_lists
from normqa.load.problem import LoadError
from normqa.text.canonical import normalise, one_line


@dataclass(slots=True)
class DocumentBuilder:
    """Collects blocks in reading order. A loader ends with :meth:`document`.

    Attributes:
        lists: The lists, the innermost first.
        list_parts: Numbers of the lists that go on with an earlier one, and the number of that one.
    """

    blocks: list[Block] = field(default_factory=list)
    lists: list[ItemList] = field(default_factory=list)
    list_parts: dict[int, int] = field(default_factory=dict)
    page_labels: list[str] = field(default_factory=list)
    _page_starts: list[int] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    def add(self, kind: BlockKind, text: str, *, level: int = 0, gap: str = "\n\n") -> Span | None:
        """Append a block.

        Args:
            kind: Kind of block.
            text: Its plain text; blank text adds nothing. The tabs at the start of a row are empty cells.
            level: See :class:`~normqa.datatypes.Block`.
            gap: Text between it and the block before.

        Returns:
            Its span, or None if the text was blank.
        """
        text = normalise(text)
        if not text.strip():
            return None
        text = text.rstrip().lstrip(" \n") if kind is BlockKind.ROW else text.strip()
        self._append(gap if self.blocks else "")
        span = Span(self._length, self._length + len(text))
        self._append(text)
        self.blocks.append(Block(kind, span, level))
        return span

    @property
    def last_text(self) -> str:
        """The text of the last block; empty if there is none."""
        return self._parts[-1] if self._parts else ""

    def start_page(self, label: str | None = None, before_end: int = 0) -> None:
        """Start a page; the blocks that follow are on it.

        Text before the first page is on a page without label.

        Args:
            label: The number that is printed on it.
            before_end: Characters at the end of the last block that are on it, too.
        """
        if self._length and not self._page_starts:
            self._page_starts.append(0)
            self.page_labels.append("")
        self._page_starts.append(max([self._length - before_end, *self._page_starts[-1:]]))
        self.page_labels.append(label or "")

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def document(self, document_id: str, metadata: Metadata) -> Document:
        """Return the document.

        Raises:
            LoadError: If no text was collected.
        """
        text = "".join(self._parts)
        lists = join_lists(self.lists, self.list_parts, self.blocks)
        document = make_document(document_id, text, metadata, self.blocks, lists)
        bounds = pairwise([0, *self._page_starts[1:], len(text)] if self._page_starts else [])
        labels = tuple(self.page_labels) if any(self.page_labels) else ()
        return replace(document, pages=tuple(Span(*bound) for bound in bounds), page_labels=labels)


def make_document(
    document_id: str,
    text: str,
    metadata: Metadata,
    blocks: list[Block],
    lists: list[ItemList],
    title: str | None = None,
) -> Document:
    """Return a document with the title, sections and hash that follow from text and structure.

    Args:
        document_id: Its id.
        text: Its canonical text.
        metadata: What it states about itself.
        blocks: Its blocks.
        lists: Its lists.
        title: Its title if the metadata has none. Default: the first heading, else the file name.

    Raises:
        LoadError: If the text is blank.
    """
    if not text.strip():
        raise LoadError("it contains no text")
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    first_heading = one_line(headings[0].span.of(text)) if headings else None
    title = metadata.title or title or first_heading or PurePosixPath(document_id).name
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
    """One section for each heading and one for the text before the first. The title is not a section."""
    starts: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    open_headings: list[tuple[int, str]] = []
    for heading in headings:
        name = one_line(heading.span.of(text))
        open_headings = [(level, outer) for level, outer in open_headings if level < heading.level]
        open_headings.append((heading.level, name))
        path = tuple(outer for _, outer in open_headings)
        path = path[1:] if path[0] == title else path
        if heading.span.start == starts[-1][0]:
            starts.pop()
        starts.append((heading.span.start, path))
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return tuple(Section(path, Span(start, end)) for (start, path), end in zip(starts, ends, strict=True))
