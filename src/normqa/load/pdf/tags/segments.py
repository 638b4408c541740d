"""Turn the structure tree of a page into a sequence of headings, paragraphs, items, cells and notes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from normqa.load.pdf.tags.tree import Element, Path

_HEADING = re.compile(r"H(\d{0,2})")
_PARAGRAPHS = frozenset({"P", "TOCI", "Caption"})
_NOTES = frozenset({"Note", "FENote"})
_SECTIONS = frozenset({"Sect", "Art", "Part"})
_GROUPS = _SECTIONS | {"Document", "DocumentFragment", "Aside", "TOC", "TR", "TD", "TH"}
_DIVISIONS = frozenset({"NonStruct", "Div", "BlockQuote", "Form"})
"""Elements that a producer uses for blocks, and inside these for words."""

_LEVELS = 6


class Role(Enum):
    """What a segment is; the layout decides about ``LAYOUT``."""

    LAYOUT = 0
    HEADING = 1
    PARAGRAPH = 2
    ITEM = 3
    CELL = 4
    NOTE = 5


@dataclass(slots=True)
class Segment:
    """Content that belongs together.

    Attributes:
        role: What it is.
        key: Path of its element.
        level: Level of a heading, or depth of an item.
        parent: Path of the list of an item, or of the row of a cell.
        group: Path of the item that contains it, or of the table of a cell.
        label: Content of the label of an item, if the segment starts the item.
        cell: The element of a cell.
        content: Ids of its marked content, in order.
    """

    role: Role
    key: Path = ()
    level: int = 0
    parent: Path = ()
    group: Path = ()
    cell: Element | None = None
    label: list[int] = field(default_factory=list)
    content: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """What surrounds an element: sections, lists, an item, a table, a row, a cell."""

    sections: int = 0
    lists: tuple[Path, ...] = ()
    item: Path | None = None
    table: Path | None = None
    row: Path | None = None
    is_cell: bool = False
    is_note: bool = False
    is_text: bool = False  # no blocks, only words


def segments_of(tree: Element) -> list[Segment]:
    """Return the segments of a page in logical order. Cells of a table follow each other row by row."""
    walk = _Walk()
    walk.children(tree, _Place())
    return [*walk.filled()]


class _Walk:
    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._labels: dict[Path, Segment] = {}
        self._open: Segment | None = None

    def filled(self) -> Iterator[Segment]:
        """Yield the segments with content, and empty cells. The first of an item gets its label."""
        with_content = {segment.group for segment in self._segments if segment.content}
        for segment in self._segments:
            is_alone = segment.group in self._labels and segment.group not in with_content
            if segment.content or segment.cell or is_alone:
                label = self._labels.pop(segment.group, None) if segment.role is Role.ITEM else None
                segment.label = label.content if label else []
                yield segment

    def children(self, element: Element, place: _Place) -> None:
        for child in element.children:
            if isinstance(child, int):
                self._content(child)
            elif place.is_cell:
                self.children(child, place)
            else:
                self._element(child, place)

    def _content(self, id_: int) -> None:
        if self._open is None:
            self._open = Segment(Role.LAYOUT)
            self._segments.append(self._open)
        self._open.content.append(id_)

    def _element(self, element: Element, place: _Place) -> None:
        name = element.type
        if block := _block(element, place):
            self._block(element, *block)
        elif name == "Lbl" and place.item is not None:
            self._aside(element, place, self._labels.setdefault(place.item, Segment(Role.ITEM)))
        elif name in _NOTES or name == "Figure":
            is_note = name in _NOTES
            segment = Segment(Role.NOTE, element.path) if is_note else Segment(Role.LAYOUT)
            self._segments.append(segment)
            self._aside(element, _Place(is_note=True) if is_note else place, segment)
        elif self._open and self._open.role is not Role.LAYOUT:
            self.children(element, place)
        elif name in _GROUPS:
            self._block(element, replace(place, sections=place.sections + (name in _SECTIONS)), None)
        elif name in _DIVISIONS and not place.is_text and next(_elements(element), None):
            self._block(element, replace(place, is_text=_has_words(element)), None)
        else:
            self.children(element, place)

    def _block(self, element: Element, place: _Place, segment: Segment | None) -> None:
        """Read an element that interrupts what surrounds it."""
        outer, self._open = self._open, segment
        if segment:
            self._segments.append(segment)
        self.children(element, place)
        self._open = None
        if outer and outer.role is not Role.LAYOUT:
            self._open = replace(outer, label=[], content=[], cell=None)
            self._segments.append(self._open)

    def _aside(self, element: Element, place: _Place, segment: Segment) -> None:
        """Read an element without an interruption of what surrounds it."""
        outer, self._open = self._open, segment
        self.children(element, place)
        self._open = outer if outer and outer.role is not Role.LAYOUT else None


def _block(element: Element, place: _Place) -> tuple[_Place, Segment | None] | None:
    """Return what surrounds the content of an element that is always a block, and its segment if any."""
    path, name = element.path, element.type
    level = _level(name, place.sections)
    if level or name in _PARAGRAPHS:
        role = Role.NOTE if place.is_note else Role.HEADING if level else Role.PARAGRAPH
        return place, Segment(role, path, level) if place.item is None else _item(path, place)
    inner = None
    segment = None
    if name == "L":
        inner = replace(place, lists=(*place.lists, path), item=None)
    elif name == "LI" and place.lists:
        inner = replace(place, item=path)
        segment = _item(path, inner)
    elif name == "Table" and not _is_layout(element):
        inner = replace(place, item=None, table=path)
    elif name == "TR" and place.table is not None:
        inner = replace(place, row=path)
    elif name in {"TD", "TH"} and place.table is not None and place.row is not None:
        inner = replace(place, is_cell=True)
        segment = Segment(Role.CELL, path, parent=place.row, group=place.table, cell=element)
    return (inner, segment) if inner else None


def _level(name: str, sections: int) -> int:
    """Return the level of a heading; 0 if the name is of something else."""
    if name == "Title":
        return 1
    heading = _HEADING.fullmatch(name)
    return max(1, min(int(heading[1] or sections), _LEVELS)) if heading else 0


def _has_words(element: Element) -> bool:
    """Whether an element contains words, and not only other blocks."""
    return any(isinstance(child, int) or next(_elements(child), None) is None for child in element.children)


def _item(path: Path, place: _Place) -> Segment:
    return Segment(
        Role.ITEM, path, len(place.lists), place.lists[-1] if place.lists else (), place.item or ()
    )


def _is_layout(table: Element) -> bool:
    """Whether a table only places things on the page: it has one column, or cells with headings or tables."""
    inner = list(_descendants(table))
    columns = [
        sum(child.type in {"TD", "TH"} for child in _elements(row)) for row in inner if row.type == "TR"
    ]
    return max(columns, default=0) <= 1 or any(
        element.type == "Table" or _HEADING.fullmatch(element.type) for element in inner
    )


def _descendants(element: Element) -> Iterator[Element]:
    for child in _elements(element):
        yield child
        yield from _descendants(child)


def _elements(element: Element) -> Iterator[Element]:
    return (child for child in element.children if isinstance(child, Element))
