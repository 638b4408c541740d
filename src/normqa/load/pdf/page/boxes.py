"""Compute where the characters of a page are on the page as it is shown."""

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c

from normqa.load.pdf.page.glyphs import Glyph

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
        width, height = page.get_size()
        to_shown = shown_matrix(page, round(10 * width), round(10 * height), step=1000)
        edges = np.array([_edges(glyph) for glyph in glyphs]).reshape(-1, 4)
        ones = np.ones((len(edges), 1))
        first, second = (np.hstack([corner, ones]) @ to_shown for corner in (edges[:, :2], edges[:, 2:]))
        both = np.hstack([np.minimum(first, second), np.maximum(first, second)])
        table = np.clip(np.nan_to_num(both.round()), -_LIMIT, _LIMIT).astype(np.int32)
        return cls({glyph.index: row for row, glyph in enumerate(glyphs)}, table)


def shown_matrix(page: pdfium.PdfPage, width: int, height: int, *, step: int, fine: int = 1) -> np.ndarray:
    """Return the matrix, shape (3, 2), from x, y, 1 in points to a place on the page as it is shown.

    The matrix includes the rotation and the crop of the page.

    Args:
        page: The page.
        width: Width of the page as it is shown, in any unit.
        height: Its height.
        step: Distance in points over which the matrix is measured. PDFium rounds places to whole numbers.
        fine: Parts of a unit to which places are rounded.
    """
    x, y = ctypes.c_int(), ctypes.c_int()

    def shown(left: float, bottom: float) -> np.ndarray:
        c.FPDF_PageToDevice(page.raw, 0, 0, width * fine, height * fine, 0, left, bottom, x, y)
        return np.array([x.value, y.value]) / fine

    origin = shown(0, 0)
    return np.array([(shown(step, 0) - origin) / step, (shown(0, step) - origin) / step, origin])


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
