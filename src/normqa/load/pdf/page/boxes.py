"""Compute where the characters of a page are on the page as it is shown."""

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from operator import attrgetter

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.glyphs import Characters

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
        size: Width and height of the page.
    """

    rows: Mapping[int, int]
    table: NDArray[np.int32]
    size: tuple[int, int]

    @classmethod
    def none(cls) -> "PageBoxes":
        """Return the boxes of a page without characters."""
        return cls({}, np.empty((0, 4), np.int32), (0, 0))

    @classmethod
    def of(cls, page: pdfium.PdfPage, characters: Characters) -> "PageBoxes":
        """Return the boxes of the characters of a page, as the file places them."""
        width, height = (round(10 * side) for side in page.get_size())
        to_shown = shown_matrix(page, width, height, step=1000)
        edges = _edges(characters)
        ones = np.ones((len(edges), 1))
        first, second = (np.hstack([corner, ones]) @ to_shown for corner in (edges[:, :2], edges[:, 2:]))
        both = np.hstack([np.minimum(first, second), np.maximum(first, second)])
        table = np.clip(np.nan_to_num(both.round()), -_LIMIT, _LIMIT).astype(np.int32)
        rows = dict(zip(map(attrgetter("index"), characters.glyphs), count(), strict=False))
        return cls(rows, table, (width, height))


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


def _edges(characters: Characters) -> NDArray[np.float64]:
    """Return the corners of boxes. All boxes of a line have one height, unless its text is turned."""
    sizes = np.array([style.size for style in characters.styles])[characters.owners]
    is_turned = np.array([style.angle != 0 for style in characters.styles], bool)[characters.owners]
    edges = characters.boxes.copy()
    edges[:, 1] = np.where(is_turned, edges[:, 1], characters.origins[:, 1] - _DESCENT * sizes)
    edges[:, 3] = np.where(is_turned, edges[:, 3], characters.origins[:, 1] + _ASCENT * sizes)
    return edges
