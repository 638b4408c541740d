"""Read the part of the structure tree that belongs to a page.

A hostile tree may be huge, deep or circular. PDFium reads it to a limited depth. Here the children that are
looked at are counted, and the search ends as soon as all content of the page is found.
"""

import ctypes
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

import pypdfium2 as pdfium
import pypdfium2.raw as c

from normqa.load.pdf.page.native import address_of
from normqa.load.pdf.page.painted import NO_CONTENT, Painted, marked_text
from normqa.load.pdf.tags.strings import read_string

_MAX_DEPTH = 40
_MAX_CHILDREN = 1_000_000
"""Children that are looked at in a document. Pages beyond them are read without tags."""

_MAX_SIZE = 20_000_000
"""The same for the children of the elements of every page, which PDFium looks at."""

_MAX_CELLS = 100
"""Rows up to this width are read in full, because a cell without content still takes its place."""

_CELLS = frozenset({"TD", "TH"})
_MAX_NAME_BYTES = 200
_MAX_ACTUAL_BYTES = 4_000

Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """A structure element with content on a page.

    Attributes:
        type: Its standard type, such as ``P`` or ``TD``.
        path: Its number among the children of its parent, after the path of the parent. It is the same on
            every page.
        children: Its elements and ids of marked content on the page, in order. A row has its empty cells.
        columns: Columns that a cell covers.
        rows: Rows that a cell covers.
        actual_text: The text that the file states for it, if it is short.
    """

    type: str
    path: Path
    children: "tuple[Element | int, ...]"
    columns: int = 1
    rows: int = 1
    actual_text: str = ""

    def ids(self, *, only_cells: bool = False) -> "Iterator[int]":
        """Yield the ids of its content, or only of that in cells of tables."""
        for child in self.children:
            if isinstance(child, Element):
                yield from child.ids(only_cells=only_cells and child.type not in _CELLS)
            elif not only_cells:
                yield child

    def actual_texts(self) -> "Iterator[str]":
        """Yield the texts that the file states for it and the elements in it."""
        if self.actual_text:
            yield self.actual_text
        for child in self.children:
            if isinstance(child, Element):
                yield from child.actual_texts()


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a page.

    Attributes:
        root: The part of the structure tree that belongs to the page.
        content: Ids of the marked content of text objects, by their addresses.
    """

    root: Element
    content: Mapping[int, int]


class TreeReader:
    """Reads the structure tree of a document, page by page."""

    def __init__(self) -> None:
        self._left = _MAX_CHILDREN
        self._left_of_size = _MAX_SIZE
        self._last: dict[Path, int] = {}  # number of the last child that was found, by the path of the parent
        self._wanted: set[int] = set()  # content of the page that is not found yet
        self._seen: set[int] = set()  # addresses of elements of the page, which may be their own children

    def read(self, page: pdfium.PdfPage, objects: Sequence[Painted]) -> Tags | None:
        """Return the tags of a page; None if it has none, or the limits are reached.

        Args:
            page: The page, which stays open.
            objects: The objects that it paints.
        """
        is_read = self._left > 0 and self._left_of_size > 0
        tree = c.FPDF_StructTree_GetForPage(page.raw) if is_read else None
        if not tree:
            return None
        try:
            size = c.FPDF_StructTree_CountChildren(tree)
            content = marked_text(objects) if size > 0 else {}
            self._wanted, self._seen = set(content.values()), set()
            children = self._children(
                self._numbers(size, ()),
                (),
                lambda number: c.FPDF_StructTree_GetChildAtIndex(tree, number),
                lambda _: NO_CONTENT,
            )
            return Tags(Element("", (), children), content) if children else None
        finally:
            c.FPDF_StructTree_Close(tree)

    def _element(self, handle: object, path: Path, *, is_in_row: bool) -> Element | None:
        """Return an element; None if it has no content on the page and is no cell."""
        name = read_string(c.FPDF_StructElement_GetType, handle, _MAX_NAME_BYTES)
        size = c.FPDF_StructElement_CountChildren(handle)
        is_row = name == "TR" and size <= _MAX_CELLS
        children = self._children(
            self._numbers(size, path, is_whole=is_row),
            path,
            lambda number: c.FPDF_StructElement_GetChildAtIndex(handle, number),
            lambda number: c.FPDF_StructElement_GetChildMarkedContentID(handle, number),
            is_row=is_row,
        )
        is_cell = name in _CELLS
        has_content = any(isinstance(child, int) or child.children for child in children)
        if not has_content and not (is_cell and is_in_row):
            return None
        spans = _spans(handle) if is_cell else (1, 1)
        actual = read_string(c.FPDF_StructElement_GetActualText, handle, _MAX_ACTUAL_BYTES)
        return Element(name, path, children, *spans, actual)

    def _children(
        self,
        numbers: Iterable[int],
        path: Path,
        element: Callable[[int], object],
        content: Callable[[int], int],
        *,
        is_row: bool = False,
    ) -> "tuple[Element | int, ...]":
        found: dict[int, Element | int] = {}
        for number in numbers:
            handle = element(number) if len(path) < _MAX_DEPTH else None
            if handle:
                if (address := address_of(handle)) in self._seen:
                    continue
                self._seen.add(address)
                own = self._element(handle, (*path, number), is_in_row=is_row)
                if own:
                    found[number] = own
            elif (id_ := content(number)) in self._wanted:
                self._wanted.remove(id_)
                found[number] = id_
            elif is_row and id_ < 0:
                found[number] = Element("TD", (*path, number), ())
        if found and max(found) > _MAX_CELLS:
            self._last[path] = max(found)
        return tuple(found[number] for number in sorted(found))

    def _numbers(self, size: int, path: Path, *, is_whole: bool = False) -> Iterator[int]:
        """Yield the numbers of children, first those after the last page.

        Args:
            size: Number of children.
            path: Path of their parent.
            is_whole: Whether to yield all, and not only until all content is found.
        """
        self._left_of_size -= size
        start = min(self._last.get(path, 0), size)
        for number in chain(range(start, size), range(start)) if size <= self._left else ():
            if self._left <= 0 or not (is_whole or self._wanted):
                return
            self._left -= 1
            yield number


def _spans(cell: object) -> tuple[int, int]:
    """Return how many columns and rows a cell covers."""
    found = {b"ColSpan": 1, b"RowSpan": 1}
    value = ctypes.c_float()
    for number in range(min(8, c.FPDF_StructElement_GetAttributeCount(cell))):
        attributes = c.FPDF_StructElement_GetAttributeAtIndex(cell, number)
        for name in found:
            stated = c.FPDF_StructElement_Attr_GetValue(attributes, name) if attributes else None
            if stated and c.FPDF_StructElement_Attr_GetNumberValue(stated, value):
                with suppress(ValueError, OverflowError):
                    found[name] = max(1, int(value.value))
    return found[b"ColSpan"], found[b"RowSpan"]
