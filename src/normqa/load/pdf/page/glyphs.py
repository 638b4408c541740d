"""Read the characters of a PDF page with their boxes.

PDFium is not thread-safe, and a damaged file may crash it. Import this module only in a process of its own.
"""

from dataclasses import dataclass
from itertools import repeat

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.native import ADDRESS, INTEGER, UNSIGNED, address_of, asked, native, written
from normqa.load.pdf.page.style import Style, styles_of

_CONTROLS = range(0x7F, 0xA0)
_HYPHENS = (0x02, 0x2D, 0xAD, 0xFFFE)
"""Codes that PDFium returns for a hyphen at a line end, besides the hyphen itself."""

_FIRST_PRINTABLE = 32
_REPLACEMENT = 0xFFFD
_LAST_CODE = 0x10FFFF
_HIGH, _LOW, _END = 0xD800, 0xDC00, 0xE000
"""Where the first and the second halves of pairs of UTF-16 start, and where they end."""

_BOX = native(c.FPDFText_GetCharBox, INTEGER, ADDRESS, INTEGER, *4 * [ADDRESS])
_LOOSE_BOX = native(c.FPDFText_GetLooseCharBox, INTEGER, ADDRESS, INTEGER, ADDRESS)
_ORIGIN = native(c.FPDFText_GetCharOrigin, INTEGER, ADDRESS, INTEGER, *2 * [ADDRESS])


@dataclass(slots=True)
class Glyph:
    """A character on a page, in points from the lower left corner of the page.

    Attributes:
        text: One character.
        left: Left edge.
        bottom: Lower edge.
        right: Right edge.
        top: Upper edge.
        x: Where its baseline starts.
        y: Its baseline.
        size: Font size as shown.
        style: Its font, colour and direction.
        unmapped: Whether the font does not say which character it is, so that the text is not known.
        after_space: Whether the file has a blank before it, or PDFium sees one.
        after_blank: Whether the file has one.
        before_blank: Whether the file has one after it.
        index: Its number in the page.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    x: float
    y: float
    size: float
    style: Style
    unmapped: bool
    after_space: bool
    after_blank: bool
    before_blank: bool
    index: int

    @property
    def middle(self) -> float:
        """The middle of its box, vertically."""
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters of a page in the order of the file, without blanks.

    Attributes:
        glyphs: The characters.
        boxes: Left, bottom, right and top of each, shape (characters, 4). They are as wide as the font says.
        ink: The same, as its outline says.
        origins: Where the baseline of each starts, shape (characters, 2).
        styles: The style of each text object.
        text_objects: Addresses of the text objects; 0 for characters that no text object paints.
        owners: The number of the text object of each.
    """

    glyphs: list[Glyph]
    boxes: NDArray[np.float64]
    ink: NDArray[np.float64]
    origins: NDArray[np.float64]
    styles: list[Style]
    text_objects: list[int]
    owners: NDArray[np.int64]


def characters_of(textpage: pdfium.PdfTextPage) -> Characters:
    """Read the characters of a page."""
    handle = address_of(textpage.raw)
    codes = _codes(textpage)
    distinct, kinds = np.unique(codes, return_inverse=True)
    texts = [chr(code) for code in distinct.tolist()]
    is_blank = np.array([text.isspace() for text in texts], bool)[kinds]
    kept = np.flatnonzero(~is_blank & (codes > 0))
    spaces = np.flatnonzero(is_blank & (codes > 0))
    blanks = spaces[
        np.fromiter(asked(c.FPDFText_IsGenerated, INTEGER, handle, spaces.tolist()), np.int64, len(spaces))
        != 1
    ]
    after_space, _ = _beside(kept, spaces)
    after_blank, before_blank = _beside(kept, blanks)
    kinds, indexes, count = kinds[kept], kept.tolist(), len(kept)

    objects = list(asked(c.FPDFText_GetTextObject, ADDRESS, handle, indexes))
    numbers: dict[int, int] = {}
    owners = np.array(
        [numbers.setdefault(found or -index, len(numbers)) for index, found in enumerate(objects, 1)],
        np.int64,
    )
    firsts = np.unique(owners, return_index=True)[1].tolist()
    text_objects = [objects[first] or 0 for first in firsts]
    styles = styles_of(textpage, [indexes[first] for first in firsts], text_objects)

    left, right, bottom, top = written(_BOX, (repeat(handle), indexes), (count, 4), np.float64, 4).T
    ink = np.stack([left, bottom, right, top], axis=1)
    origins = written(_ORIGIN, (repeat(handle), indexes), (count, 2), np.float64, 2)
    loose = written(_LOOSE_BOX, (repeat(handle), indexes), (count, 4), np.float32, 1)
    boxes = _as_wide_as_stated(ink, loose, np.array([style.angle for style in styles], np.int64)[owners])

    own = [styles[owner] for owner in owners.tolist()]
    letters = [texts[kind] for kind in kinds.tolist()]
    unnamed = np.array([_names_nothing(code) for code in distinct.tolist()], bool)[kinds]
    unnamed |= (
        np.fromiter(asked(c.FPDFText_HasUnicodeMapError, INTEGER, handle, indexes), np.int64, count) == 1
    )
    if any(style.is_symbolic for style in styles):
        symbols = zip(own, letters, strict=True)
        unnamed |= np.array([style.is_symbolic and letter.isalnum() for style, letter in symbols], bool)
    sizes = [style.size for style in own]
    beside = (found.tolist() for found in (after_space, after_blank, before_blank))
    columns = (*boxes.T.tolist(), *origins.T.tolist(), sizes, own, unnamed.tolist(), *beside)
    glyphs = list(map(Glyph, letters, *columns, indexes))
    return Characters(glyphs, boxes, ink, origins, styles, text_objects, owners)


def _codes(textpage: pdfium.PdfTextPage) -> NDArray[np.int64]:
    """Return the code point of every character, and 0 for what is none."""
    count = max(0, c.FPDFText_CountChars(textpage.raw))
    codes = np.fromiter(
        asked(c.FPDFText_GetUnicode, UNSIGNED, address_of(textpage.raw), range(count)), np.int64, count
    )
    for index in np.flatnonzero(np.isin(codes, _HYPHENS)).tolist():
        if c.FPDFText_IsHyphen(textpage.raw, index) == 1:
            codes[index] = ord("-")
    is_high, is_low = (codes >= _HIGH) & (codes < _LOW), (codes >= _LOW) & (codes < _END)
    follows_high = np.roll(is_high, 1) & (np.arange(count) > 0)
    pairs = 0x10000 + ((np.roll(codes, 1) - _HIGH) << 10) + (codes - _LOW)
    codes = np.where(is_low & follows_high, pairs, np.where(is_low, _REPLACEMENT, codes))
    return np.where(is_high, 0, np.where(codes > _LAST_CODE, _REPLACEMENT, codes))


def _beside(
    kept: NDArray[np.int64], blanks: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whether a blank is before each character, and whether one is after it.

    Args:
        kept: Indexes of the characters, in ascending order.
        blanks: Indexes of the blanks, in ascending order.
    """
    before = np.searchsorted(blanks, kept)
    after = np.append(before[1:], len(blanks))[: len(kept)]
    return np.diff(before, prepend=0) > 0, after > before


def _names_nothing(code: int) -> bool:
    """Whether a code point says nothing about which character it is."""
    return code < _FIRST_PRINTABLE or code == _REPLACEMENT or code in _CONTROLS


def _as_wide_as_stated(
    ink: NDArray[np.float64], loose: NDArray[np.float32], angles: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return boxes as wide as the font says, so that gaps between boxes are gaps between letters.

    Args:
        ink: The boxes of the outlines: left, bottom, right, top.
        loose: The boxes that the font states: left, top, right, bottom.
        angles: Direction of each character in degrees.
    """
    left, top, right, bottom = loose.T.astype(np.float64)
    across, upwards = (angles % 180 == 0) & (right > left), (angles % 180 == 90) & (top > bottom)  # noqa: PLR2004
    return np.stack(
        [
            np.where(across, left, ink[:, 0]),
            np.where(upwards, bottom, ink[:, 1]),
            np.where(across, right, ink[:, 2]),
            np.where(upwards, top, ink[:, 3]),
        ],
        axis=1,
    )
