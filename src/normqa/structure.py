"""Find what a reader must see to understand a piece of a document: lead-in, outer items, column names."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from normqa.datatypes import BlockKind, ContextPart, ContextRole, Document, ItemList, Span

MAX_PART = 600
"""Maximum characters of one part of the context. A longer lead-in loses its start, another part its end."""

_BETWEEN_ITEMS = frozenset({BlockKind.PARAGRAPH, BlockKind.LEAD_IN, BlockKind.CODE})
"""A block between two items belongs to the first, but can be read alone."""

_DIGIT = re.compile(r"\d")

CELL = "\t"
"""Between the cells of a row."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        lead_in: A paragraph before it that ends in a colon.
        header: The row of its column names.
        rows: The other rows, in order.
    """

    lead_in: Span | None
    header: Span | None
    rows: tuple[Span, ...]

    @property
    def listing(self) -> ItemList:
        """The table as a list, which the lead-in or else the header introduces."""
        if self.lead_in and self.header:
            return ItemList(self.lead_in, (self.header, *self.rows))
        return ItemList(self.lead_in or self.header, self.rows)

    @property
    def span(self) -> Span:
        """All rows."""
        spans = [*([self.header] if self.header else []), *self.rows]
        return Span(spans[0].start, spans[-1].end)


@dataclass(frozen=True, slots=True)
class _Item:
    """A list item, its list, and the number of the item around it."""

    span: Span
    of: ItemList
    parent: int | None


class Structure:
    """The lists and tables of a document.

    Attributes:
        document: The document.
        tables: Its tables, in order.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._items = _with_parents(document)
        self._starts = [item.span.start for item in self._items]
        self.tables = tuple(_tables(document))
        self._table_starts = [table.span.start for table in self.tables]
        self._listings = (*document.lists, *(table.listing for table in self.tables))

    def table_at(self, span: Span) -> Table | None:
        """Return the table with ``span`` in one of its rows."""
        if self.document.block_at(span.start).kind is not BlockKind.ROW:
            return None
        return self.tables[bisect_right(self._table_starts, span.start) - 1]

    def smallest_branch(self, span: Span) -> Span | None:
        """Return the innermost list item that contains the whole ``span``, with the item around it.

        The item around it is left out if any of its nested items has nested items itself.
        """
        number = self._innermost(span)
        if number is None:
            return None
        item = self._items[number]
        if item.parent is None:
            return item.span
        parent = self._items[item.parent].span
        inside = self._items[item.parent + 1 : bisect_left(self._starts, parent.end)]
        return parent if all(other.parent == item.parent for other in inside) else item.span

    def item_at(self, span: Span) -> Span | None:
        """Return the innermost list item that contains the whole ``span``."""
        number = self._innermost(span)
        return None if number is None else self._items[number].span

    def listings_at(self, span: Span) -> list[ItemList]:
        """Return the lists and tables of several items that ``span`` introduces, or else is an item of."""
        found = [listing for listing in self._listings if listing.lead_in and span in listing.lead_in]
        if not found and (table := self.table_at(span)):
            found = [table.listing]
        elif not found and (number := self._innermost(span)) is not None:
            found = [self._items[number].of]
        return [listing for listing in found if len(listing.items) > 1]

    def context_of(self, span: Span) -> tuple[ContextPart, ...]:
        """Return the parts of the document that ``span`` needs and does not contain, in document order."""
        roles: dict[Span, ContextRole] = {}
        for item in self._around(span):
            lead_in = item.of.lead_in
            if lead_in and self.document.block_at(lead_in.start).kind is not BlockKind.HEADING:
                roles.setdefault(lead_in, "lead_in")
            roles[self.document.block_at(item.span.start).span] = "parent"
        if table := self.table_at(span):
            if table.lead_in:
                roles.setdefault(table.lead_in, "lead_in")
            if table.header:
                roles[table.header] = "header"
        return tuple(
            self.document.context_part(role, _clipped(part, role))
            for part, role in sorted(roles.items())
            if part.end <= span.start
        )

    def _around(self, span: Span) -> list[_Item]:
        """Return the items around ``span``, the outermost first."""
        found = []
        number = self._innermost(span)
        while number is not None:
            found.append(self._items[number])
            number = self._items[number].parent
        return found[::-1]

    def _innermost(self, span: Span) -> int | None:
        if self.document.block_at(span.start).kind in _BETWEEN_ITEMS:
            return None
        number: int | None = bisect_right(self._starts, span.start) - 1
        if number == -1:
            return None
        while number is not None and span not in self._items[number].span:
            number = self._items[number].parent
        return number


def cells(document: Document, row: Span) -> list[str]:
    """Return the cells of a row."""
    return row.of(document.text).split(CELL)


def labelled_cells(document: Document, header: Span, row: Span) -> str:
    """Return a row as "column: value" pairs. It is read, never shown."""
    names, values = cells(document, header), cells(document, row)
    names += [""] * (len(values) - len(names))
    pairs = zip(names, values, strict=False)
    return "; ".join(f"{name}: {value}" if name else value for name, value in pairs if value)


def _clipped(span: Span, role: ContextRole) -> Span:
    if role == "lead_in":
        return Span(max(span.start, span.end - MAX_PART), span.end)
    return Span(span.start, min(span.end, span.start + MAX_PART))


def _with_parents(document: Document) -> list[_Item]:
    """Return all items by start, the outer ones first."""
    found = [(item, of) for of in document.lists for item in of.items]
    found.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    items: list[_Item] = []
    open_items: list[int] = []
    for number, (span, of) in enumerate(found):
        while open_items and span not in items[open_items[-1]].span:
            open_items.pop()
        items.append(_Item(span, of, open_items[-1] if open_items else None))
        open_items.append(number)
    return items


def _names_columns(document: Document, rows: Sequence[Span]) -> bool:
    """Whether the first row has a name where every other row has a number."""
    first, *others = (cells(document, row) for row in rows)
    columns = [column for column, name in enumerate(first) if name and not _DIGIT.search(name)]
    return len(others) > 0 and any(
        all(column < len(other) and _DIGIT.search(other[column]) for other in others) for column in columns
    )


def _tables(document: Document) -> Iterator[Table]:
    """Yield the tables. Rows of one table are on consecutive lines."""
    blocks, text = document.blocks, document.text
    first = 0
    while first < len(blocks):
        if blocks[first].kind is not BlockKind.ROW:
            first += 1
            continue
        end = first + 1
        while (
            end < len(blocks)
            and blocks[end].kind is BlockKind.ROW
            and text[blocks[end - 1].span.end : blocks[end].span.start] == "\n"
        ):
            end += 1
        before = blocks[first - 1] if first else None
        introduces = (
            before
            and before.kind in {BlockKind.PARAGRAPH, BlockKind.LEAD_IN}
            and before.span.of(text).endswith(":")
        )
        rows = tuple(block.span for block in blocks[first:end])
        header = rows[0] if blocks[first].level or _names_columns(document, rows) else None
        yield Table(before.span if before and introduces else None, header, rows[1:] if header else rows)
        first = end
