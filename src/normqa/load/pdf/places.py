"""Record where on its pages the characters of a document are painted."""

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c

from normqa.glyph_map import GlyphMap
from normqa.load.pdf.alignment import align
from normqa.load.pdf.page.glyphs import Glyph
from normqa.load.pdf.page.lines import Line, expanded
from normqa.load.pdf.page.reading_order import reading_order

_ASCENT, _DESCENT = 0.78, 0.22
"""Height of a line of text above and below its baseline, as shares of the font size."""

_LIMIT = 2**24
"""No page is larger than this many tenths of a point; a file may say otherwise."""


@dataclass(frozen=True, slots=True)
class PageBoxes:
    """Where the characters of a page are, in tenths of a point from its upper left corner as it is shown.

    Attributes:
        rows: Row of each character, by its index.
        table: Left, top, right and bottom, shape (characters, 4).
    """

    rows: Mapping[int, int]
    table: np.ndarray

    @classmethod
    def of(cls, page: pdfium.PdfPage, glyphs: Sequence[Glyph]) -> "PageBoxes":
        """Return the boxes of the characters of a page, as the file places them."""
        to_shown = _frame(page)
        edges = np.array([_edges(glyph) for glyph in glyphs]).reshape(-1, 4)
        ones = np.ones((len(edges), 1))
        first, second = (np.hstack([corner, ones]) @ to_shown for corner in (edges[:, :2], edges[:, 2:]))
        both = np.hstack([np.minimum(first, second), np.maximum(first, second)])
        table = np.clip(np.nan_to_num(both.round()), -_LIMIT, _LIMIT).astype(np.int32)
        return cls({glyph.index: row for row, glyph in enumerate(glyphs)}, table)


def glyph_map(text: str, pages: Iterable[tuple[PageBoxes, Sequence[Line]]]) -> GlyphMap:
    """Return where the characters of a document are painted.

    Args:
        text: The text of the document.
        pages: Boxes and lines of each page, in the order in which they were read.
    """
    characters: list[str] = []
    tables = [np.empty((0, 5), np.int32)]
    for number, (boxes, lines) in enumerate(pages, 1):
        glyphs = [glyph for line in lines for glyph in _in_order(line)]
        characters += [expanded(glyph.text) for glyph in glyphs]
        rows = [boxes.rows[glyph.index] for glyph in glyphs]
        tables.append(np.insert(boxes.table[rows], 0, number, axis=1))
    table = np.concatenate(tables)
    found = align(text, characters)
    placed = [[offset, *table[index].tolist()] for offset, index in enumerate(found) if index is not None]
    return GlyphMap(np.array(placed, np.int32).reshape(-1, 6))


def _in_order(line: Line) -> Sequence[Glyph]:
    """Return the characters of a line in the order of its text."""
    return reading_order([glyph for run in line.runs for glyph in run.glyphs])


def _frame(page: pdfium.PdfPage) -> np.ndarray:
    """Return the matrix, shape (3, 2), from x, y, 1 to the place as shown. It has rotation and crop."""
    width, height = (round(10 * side) for side in page.get_size())
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for left, bottom in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)):
        c.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, left, bottom, x, y)
        corners.append(np.array([x.value, y.value], dtype=float))
    origin, right, up = corners
    return np.array([(right - origin) / 1000, (up - origin) / 1000, origin])


def _edges(glyph: Glyph) -> tuple[float, float, float, float]:
    """Return the corners of a box. All boxes of a line have one height, unless its text is turned."""
    if glyph.style.angle:
        return glyph.left, glyph.bottom, glyph.right, glyph.top
    return (
        glyph.left,
        glyph.y - _DESCENT * glyph.size,
        glyph.right,
        glyph.y + _ASCENT * glyph.size,
    )
