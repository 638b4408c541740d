"""Read what the characters of a text object share: font, size, direction, colour."""

import ctypes
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c

from normqa.load.pdf.page.native import ADDRESS, INTEGER, address_of, native, written

INVISIBLE = 3
"""Text render mode of text that is not painted, such as the recognised text of a scan."""

_BOLD_WEIGHT = 600
_BOLD = re.compile(
    r"bold|black|heavy|demi(?!lig)|[-_]bd|myriadbd|^(?:[A-Z]{6}\+)?(?:cm|sf)b[xs]", re.IGNORECASE
)
_SYMBOLS = re.compile(r"wingdings|webdings|dingbats", re.IGNORECASE)
"""Fonts whose letters and digits are not letters and digits."""

_MATRIX = native(c.FPDFText_GetMatrix, INTEGER, ADDRESS, INTEGER, ADDRESS)
_COLOR = native(c.FPDFText_GetFillColor, INTEGER, ADDRESS, INTEGER, *4 * [ADDRESS])
_SIZE = native(c.FPDFText_GetFontSize, ctypes.c_double, ADDRESS, INTEGER)
_FONT = native(c.FPDFTextObj_GetFont, ADDRESS, ADDRESS)
_MODE = native(c.FPDFTextObj_GetTextRenderMode, INTEGER, ADDRESS)


@dataclass(slots=True, eq=False)
class Style:
    """What the characters of a text object share.

    Attributes:
        size: Font size as shown, in points.
        angle: Direction of the text in degrees, counterclockwise.
        font: Name of the font.
        is_bold: Whether the font is bold.
        is_symbolic: Whether it is a font of symbols, whose letters are none.
        color: Red, green, blue and opacity of its fill, from 0 to 255.
        mode: Text render mode.
        extent: Width or height of an em as shown, whichever is smaller, in points.
        address: Address of the text object; 0 if there is none.
    """

    size: float
    angle: int
    font: str
    is_bold: bool
    is_symbolic: bool
    color: tuple[int, int, int, int]
    mode: int
    extent: float
    address: int = 0


@dataclass(frozen=True, slots=True)
class _Font:
    name: str
    is_bold: bool
    is_symbolic: bool


def styles_of(
    textpage: pdfium.PdfTextPage, indexes: Sequence[int], text_objects: Sequence[int]
) -> list[Style]:
    """Return the styles of text objects.

    Args:
        textpage: The text of the page.
        indexes: A character of each text object.
        text_objects: Their addresses.
    """
    handle, count = address_of(textpage.raw), len(indexes)
    matrices = written(_MATRIX, (repeat(handle), indexes), (count, 6), np.float32, 1)
    colors = written(_COLOR, (repeat(handle), indexes), (count, 4), np.uint32, 4)
    sizes = map(_SIZE, repeat(handle), indexes)
    addresses = [_FONT(found) if found else 0 for found in text_objects]
    fonts: dict[int, _Font] = {}
    for index, address in zip(indexes, addresses, strict=True):
        if address not in fonts or not address:
            fonts[address] = _font(textpage, index)
    modes = [_MODE(found) if found else 0 for found in text_objects]
    return [
        _style(size, matrix, fonts[address], color, mode, found)
        for size, matrix, address, color, mode, found in zip(
            sizes, matrices[:, :4].tolist(), addresses, colors.tolist(), modes, text_objects, strict=True
        )
    ]


def _style(
    size: float, matrix: Sequence[float], font: _Font, color: Sequence[int], mode: int, address: int
) -> Style:
    a, b, c_, d = (size * value if math.isfinite(size * value) else 0.0 for value in matrix)
    width, height = math.hypot(a, b), math.hypot(c_, d)
    across = abs(a * d - b * c_) / max(width, height, 1e-9)
    return Style(
        height or 1.0,
        round(math.degrees(math.atan2(b, a))) % 360,
        font.name,
        font.is_bold,
        font.is_symbolic,
        (color[0], color[1], color[2], color[3]),
        mode,
        min(width, height, across),
        address,
    )


def _font(textpage: pdfium.PdfTextPage, index: int) -> _Font:
    flags = ctypes.c_int(0)
    length = c.FPDFText_GetFontInfo(textpage.raw, index, None, 0, flags)
    buffer = ctypes.create_string_buffer(max(1, length))
    c.FPDFText_GetFontInfo(textpage.raw, index, buffer, length, flags)
    name = buffer.value.decode("utf-8", "replace")
    is_bold = c.FPDFText_GetFontWeight(textpage.raw, index) >= _BOLD_WEIGHT or _BOLD.search(name) is not None
    return _Font(name, is_bold, _SYMBOLS.search(name) is not None)
