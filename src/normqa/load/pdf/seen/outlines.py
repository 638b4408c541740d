"""Find fonts whose glyphs paint something."""

import ctypes
from collections.abc import Sequence
from itertools import repeat

import numpy as np
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.characters import Characters
from normqa.load.pdf.page.native import ADDRESS, INTEGER, native, written

_SAMPLE = 2
"""The commonest letters of a font that are looked at."""

_LEAST = 0.005
"""The outline of a letter fills at least this share of an em square."""

_CODES = 0x110000
"""Number of code points."""

_FONT = native(c.FPDFTextObj_GetFont, ADDRESS, ADDRESS)
_DATA = native(c.FPDFFont_GetFontData, INTEGER, ADDRESS, ADDRESS, ctypes.c_size_t, ADDRESS)
_PATH = native(c.FPDFFont_GetGlyphPath, ADDRESS, ADDRESS, ctypes.c_uint32, ctypes.c_float)
_COUNT = native(c.FPDFGlyphPath_CountGlyphSegments, INTEGER, ADDRESS)
_SEGMENT = native(c.FPDFGlyphPath_GetGlyphPathSegment, ADDRESS, ADDRESS, INTEGER)
_POINT = native(c.FPDFPathSegment_GetPoint, INTEGER, ADDRESS, ADDRESS, ADDRESS)
_TYPE = native(c.FPDFPathSegment_GetType, INTEGER, ADDRESS)


class Outlines:
    """Measures the letters of fonts, and remembers the result as long as PDFium keeps the font.

    PDFium keeps the fonts of open pages, and may use the address of any other font again. Close a page after
    :meth:`end_page` of the next.
    """

    def __init__(self) -> None:
        self._areas: dict[int, dict[str, float | None]] = {}
        self._used: set[int] = set()

    def end_page(self) -> None:
        """Forget the fonts that the page did not use."""
        self._areas = {font: areas for font, areas in self._areas.items() if font in self._used}
        self._used = set()

    def paint_something(self, characters: Characters) -> NDArray[np.bool_]:
        """Return of which text objects the font certainly paints something, by its commonest letters.

        The glyphs of a Type 3 font are small pages, about which nothing is certain.
        """
        fonts = [_FONT(found) if found else 0 for found in characters.text_objects]
        letters: dict[int, list[str]] = {font: [] for font in fonts}
        self._used |= letters.keys()
        numbers = {font: number for number, font in enumerate(letters)}
        glyphs = characters.glyphs
        used = np.array([numbers[font] for font in fonts], np.int64)[glyphs.owners]
        found, firsts, counts = np.unique(used * _CODES + glyphs.codes, return_index=True, return_counts=True)
        known = list(letters)
        for pair in found[np.lexsort([firsts, -counts])].tolist():
            if (letter := chr(pair % _CODES)).isalnum():
                letters[known[pair // _CODES]].append(letter)
        certain = {
            font: bool(font) and _has_outlines(font) and self._is_solid(font, counts)
            for font, counts in letters.items()
        }
        return np.array([certain[font] for font in fonts], bool)

    def _is_solid(self, font: int, letters: Sequence[str]) -> bool:
        """Whether letters have an area, as far as PDFium finds them. A font without letters hides no words.

        Args:
            font: Address of the font.
            letters: The letters that it paints, the commonest first.
        """
        found: list[float] = []
        for letter in letters[: 2 * _SAMPLE]:
            area = self._area(font, letter) if len(found) < _SAMPLE else None
            found += [] if area is None else [area]
        return not letters or (bool(found) and min(found) >= _LEAST)

    def _area(self, font: int, letter: str) -> float | None:
        areas = self._areas.setdefault(font, {})
        if letter not in areas:
            areas[letter] = _area(font, letter)
        return areas[letter]


def _has_outlines(font: int) -> bool:
    """Whether a font has a program, which Type 3 fonts don't."""
    length = ctypes.c_size_t()
    return bool(_DATA(font, None, 0, ctypes.addressof(length))) and length.value > 0


def _area(font: int, letter: str) -> float | None:
    """Return the area of the outline of a letter in em squares, with the corners of its curves.

    It is None if PDFium does not find the letter in the font.
    """
    path = _PATH(font, ord(letter), 1.0)
    count = max(0, _COUNT(path)) if path else 0
    if not count:
        return None
    segments = list(map(_SEGMENT, repeat(path), range(count)))
    x, y = written(_POINT, (segments,), (count, 2), np.float32, 2).astype(np.float64).T
    starts = [number for number, kind in enumerate(map(_TYPE, segments)) if kind == c.FPDF_SEGMENT_MOVETO]
    following = np.arange(1, count + 1)
    for start, end in zip(starts, [*starts[1:], count], strict=True):
        following[end - 1] = start
    return abs(float((x * y[following % count] - x[following % count] * y).sum())) / 2
