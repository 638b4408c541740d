"""Read the characters of a PDF page with their boxes.

PDFium is not thread-safe, and a damaged file may crash it. Import this module only in a process of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.letters import ALPHANUMERIC, kinds_of
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

Numbers = NDArray[np.int64]
"""Numbers of characters, which are rows of the table of their page."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a page, a row each, in points from the lower left corner of the page.

    Attributes:
        codes: Their code points.
        boxes: Left, bottom, right and top, shape (characters, 4). They are as wide as the font says.
        origins: Where their baselines start, shape (characters, 2).
        sizes: Font sizes as shown.
        styles: Font, colour and direction of each text object.
        owners: The number of the text object of each character.
        unmapped: Whether the font does not say which character it is, so that the text is not known.
        after_space: Whether the file has a blank before it, or PDFium sees one.
        after_blank: Whether the file has one.
        before_blank: Whether the file has one after it.
        indexes: Their numbers in the file.
    """

    codes: NDArray[np.uint32]
    boxes: NDArray[np.float64]
    origins: NDArray[np.float64]
    sizes: NDArray[np.float64]
    styles: Sequence[Style]
    owners: Numbers
    unmapped: NDArray[np.bool_]
    after_space: NDArray[np.bool_]
    after_blank: NDArray[np.bool_]
    before_blank: NDArray[np.bool_]
    indexes: Numbers

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, numbers: Numbers) -> "Glyphs":
        """Return some of the characters, in this order."""
        return Glyphs(
            self.codes[numbers],
            self.boxes[numbers],
            self.origins[numbers],
            self.sizes[numbers],
            self.styles,
            self.owners[numbers],
            self.unmapped[numbers],
            self.after_space[numbers],
            self.after_blank[numbers],
            self.before_blank[numbers],
            self.indexes[numbers],
        )

    def text(self, numbers: Numbers) -> str:
        """Return some of the characters as a text."""
        return text_of(self.codes[numbers])


def text_of(codes: NDArray[np.uint32]) -> str:
    """Return the text of code points."""
    return codes.astype("<u4").tobytes().decode("utf-32-le")


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters of a page in the order of the file, without blanks.

    Attributes:
        glyphs: The characters.
        ink: Their boxes, as their outlines say.
        text_objects: Addresses of the text objects; 0 for characters that no text object paints.
    """

    glyphs: Glyphs
    ink: NDArray[np.float64]
    text_objects: list[int]


def characters_of(textpage: pdfium.PdfTextPage) -> Characters:
    """Read the characters of a page."""
    handle = address_of(textpage.raw)
    codes = _codes(textpage)
    distinct, kinds = np.unique(codes, return_inverse=True)
    is_blank = np.array([chr(code).isspace() for code in distinct.tolist()], bool)[kinds]
    kept = np.flatnonzero(~is_blank & (codes > 0))
    spaces = np.flatnonzero(is_blank & (codes > 0))
    blanks = spaces[
        np.fromiter(asked(c.FPDFText_IsGenerated, INTEGER, handle, spaces.tolist()), np.int64, len(spaces))
        != 1
    ]
    after_space, _ = _beside(kept, spaces)
    after_blank, before_blank = _beside(kept, blanks)
    indexes, count = kept.tolist(), len(kept)

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

    unnamed = np.array([_names_nothing(code) for code in distinct.tolist()], bool)[kinds[kept]]
    unnamed |= (
        np.fromiter(asked(c.FPDFText_HasUnicodeMapError, INTEGER, handle, indexes), np.int64, count) == 1
    )
    is_symbolic = np.array([style.is_symbolic for style in styles], bool)
    letters = codes[kept].astype(np.uint32)
    unnamed |= is_symbolic[owners] & (kinds_of(letters) & ALPHANUMERIC > 0)
    sizes = np.array([style.size for style in styles], np.float64)[owners]
    beside = (after_space, after_blank, before_blank)
    glyphs = Glyphs(letters, boxes, origins, sizes, styles, owners, unnamed, *beside, kept)
    return Characters(glyphs, ink, text_objects)


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
