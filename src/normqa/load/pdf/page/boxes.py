"""Compute where the characters of a page are on the page as it is shown."""

import ctypes
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.glyphs import Glyphs, Numbers

_ASCENT, _DESCENT = 0.78, 0.22
"""Height of a line of text above and below its baseline, as shares of the font size."""

_LIMIT = 2**24
"""No page is larger than this many tenths of a point; a file may say otherwise."""


@dataclass(frozen=True, slots=True)
class PageBoxes:
    """Where the characters of a page are, in tenths of a point from its upper left corner as it is shown.

    Attributes:
        indexes: The numbers of the characters in the file, in ascending order.
        table: Left, top, right and bottom of each, shape (characters, 4).
        size: Width and height of the page.
    """

    indexes: Numbers
    table: NDArray[np.int32]
    size: tuple[int, int]

    @classmethod
    def none(cls) -> "PageBoxes":
        """Return the boxes of a page without characters."""
        return cls(np.empty(0, np.int64), np.empty((0, 4), np.int32), (0, 0))

    @classmethod
    def of(cls, page: pdfium.PdfPage, glyphs: Glyphs) -> "PageBoxes":
        """Return the boxes of the characters of a page, as the file places them."""
        width, height = (round(10 * side) for side in page.get_size())
        to_shown = shown_matrix(page, width, height, step=1000)
        edges = _edges(glyphs)
        ones = np.ones((len(edges), 1))
        first, second = (np.hstack([corner, ones]) @ to_shown for corner in (edges[:, :2], edges[:, 2:]))
        both = np.hstack([np.minimum(first, second), np.maximum(first, second)])
        table = np.clip(np.nan_to_num(both.round()), -_LIMIT, _LIMIT).astype(np.int32)
        return cls(glyphs.indexes, table, (width, height))

    def at(self, indexes: Numbers) -> NDArray[np.int32]:
        """Return the boxes of characters, given their numbers in the file."""
        return np.asarray(self.table[np.searchsorted(self.indexes, indexes)], np.int32)


def shown_matrix(
    page: pdfium.PdfPage, width: int, height: int, *, step: int, fine: int = 1
) -> NDArray[np.float64]:
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

    def shown(left: float, bottom: float) -> NDArray[np.float64]:
        c.FPDF_PageToDevice(page.raw, 0, 0, width * fine, height * fine, 0, left, bottom, x, y)
        return np.array([x.value, y.value]) / fine

    origin = shown(0, 0)
    return np.array([(shown(step, 0) - origin) / step, (shown(0, step) - origin) / step, origin])


def _edges(glyphs: Glyphs) -> NDArray[np.float64]:
    """Return the corners of boxes. All boxes of a line have one height, unless its text is turned."""
    is_turned = np.array([style.angle != 0 for style in glyphs.styles], bool)[glyphs.owners]
    edges = glyphs.boxes.copy()
    edges[:, 1] = np.where(is_turned, edges[:, 1], glyphs.origins[:, 1] - _DESCENT * glyphs.sizes)
    edges[:, 3] = np.where(is_turned, edges[:, 3], glyphs.origins[:, 1] + _ASCENT * glyphs.sizes)
    return edges
