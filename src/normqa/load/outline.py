"""Build a document from a flat sequence of headings, paragraphs, list items and table rows.

Word processors, slides and page layouts have no nested lists: each item only says how deep it is. This module
nests them, finds lead-ins, and moves footnotes to the end of their section.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace

from normqa.datatypes import BlockKind, Document, ItemList, Metadata, Span
from normqa.load.builder import DocumentBuilder
from normqa.text.canonical import one_line


@dataclass(slots=True)
class _List:
    """A list that may get more items.

    Attributes:
        is_introduced: Whether the block before the list ends in a colon.
    """

    depth: int
    key: Hashable
    lead_in: Span | None
    is_introduced: bool
    items: list[Span] = field(default_factory=list)


class Outline:
    """Collects the parts of a document in reading order. A loader ends with :meth:`document`."""

    def __init__(self) -> None:
        self._builder = DocumentBuilder()
        self._open: list[_List] = []  # from the outermost
        self._lists: list[_List] = []  # in the order in which they ended
        self._lists_before = 0  # those of earlier sections, which stay as they are
        self._notes: list[str] = []
        self._last: Span | None = None  # a paragraph that may be a lead-in
        self._in_table = False
        self._ends_in_colon = False  # the last block

    def start_page(self, label: str | None = None, before_end: int = 0) -> None:
        """Start a page.

        Args:
            label: The number that is printed on it.
            before_end: Characters at the end of the last part that are on it, too.
        """
        self._builder.start_page(label, before_end)

    def heading(self, text: str, level: int) -> None:
        """Add a heading. Levels start at 1."""
        self.end_section()
        self._add(BlockKind.HEADING, one_line(text), level=level)

    def paragraph(self, text: str) -> None:
        """Add a paragraph."""
        if text.strip():
            self._end_lists()
            self._last = self._add(BlockKind.PARAGRAPH, text)

    def code(self, text: str) -> None:
        """Add code, whose white space matters."""
        if text.strip():
            self._end_lists()
            self._add(BlockKind.CODE, text)

    def row(self, cells: Sequence[str], *, is_first: bool, is_header: bool | None = None) -> None:
        """Add a row of a table; the first row starts the table.

        Args:
            cells: The texts of its cells.
            is_first: Whether the row starts a table.
            is_header: Whether it contains the column names. Default: the first row does.
        """
        text = "\t".join(map(one_line, cells))
        if text.strip():
            self._end_lists()
            level = int(is_first if is_header is None else is_header)
            starts = is_first or not self._in_table
            self._add(BlockKind.ROW, text, level=level, gap="\n\n" if starts else "\n")
            self._in_table = True

    def item(
        self, text: str, depth: int = 1, *, marker: str = "", key: Hashable = None, continues: bool = False
    ) -> None:
        """Add a list item.

        Args:
            text: Its text.
            depth: From 1.
            marker: Its number as a reader sees it; bullets are left out.
            key: Adjacent items of one depth with different keys are of different lists.
            continues: Whether the number goes on from the last list with this key in this section, if other
                text interrupted it.
        """
        if not text.strip():
            return
        while self._open and (
            self._open[-1].depth > depth or (self._open[-1].depth == depth and self._open[-1].key != key)
        ):
            self._end_list()
        gap = "\n" if self._open else "\n\n"
        current = self._open[-1] if self._open and self._open[-1].depth == depth else None
        if current is None:
            current = self._reopened(depth, key) if continues else None
            current = current or _List(depth, key, self._lead_in(), self._ends_in_colon)
            self._open.append(current)
        span = self._add(BlockKind.ITEM, f"{marker} {text}" if marker else text, level=depth, gap=gap)
        if span:
            current.items.append(span)
            self._extend_outer(span)

    def item_paragraph(self, text: str) -> None:
        """Add another paragraph to the last item; a plain paragraph if no list is open."""
        if not self._open:
            self.paragraph(text)
        elif text.strip() and (span := self._add(BlockKind.ITEM, text, level=self._open[-1].depth)):
            items = self._open[-1].items
            items[-1] = Span(items[-1].start, span.end)
            self._extend_outer(span)

    def note(self, text: str) -> None:
        """Add a footnote. It becomes a paragraph at the end of its section."""
        if text.strip():
            self._notes.append(text)

    def end_section(self) -> None:
        """Add the footnotes of the section, and end its lists."""
        self._end_lists()
        notes, self._notes = self._notes, []
        for note in notes:
            self._add(BlockKind.PARAGRAPH, note)
        self._lists_before = len(self._lists)
        self._last = None

    def document(self, document_id: str, metadata: Metadata) -> Document:
        """Return the document.

        Raises:
            LoadError: If no text was collected.
        """
        self.end_section()
        self._builder.lists += [ItemList(found.lead_in, tuple(found.items)) for found in self._lists]
        return self._builder.document(document_id, metadata)

    def _add(self, kind: BlockKind, text: str, *, level: int = 0, gap: str = "\n\n") -> Span | None:
        self._in_table = self._in_table and kind is BlockKind.ROW
        self._last = None
        self._ends_in_colon = text.rstrip().endswith(":")
        return self._builder.add(kind, text, level=level, gap=gap)

    def _lead_in(self) -> Span | None:
        """Return the text that introduces a list that starts here: a paragraph, or the item around it."""
        blocks = self._builder.blocks
        if self._open:
            return blocks[-1].span
        if self._last:
            blocks[-1] = replace(blocks[-1], kind=BlockKind.LEAD_IN)
        return self._last

    def _reopened(self, depth: int, key: Hashable) -> _List | None:
        """Return the last ended list with this depth and key, open again.

        Two lists that are introduced alike stay apart: "The first two are:" and "The next two are:".
        """
        for found in reversed(self._lists[self._lists_before :]):
            if found.key is not None and (found.depth, found.key) == (depth, key):
                if found.is_introduced and self._ends_in_colon:
                    return None
                self._lists.remove(found)
                return found
        return None

    def _extend_outer(self, span: Span) -> None:
        for outer in self._open[:-1]:
            if outer.items:
                outer.items[-1] = Span(outer.items[-1].start, span.end)

    def _end_list(self) -> None:
        ended = self._open.pop()
        if ended.items:
            self._lists.append(ended)

    def _end_lists(self) -> None:
        while self._open:
            self._end_list()
