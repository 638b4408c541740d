"""Read the characters of a PDF page with their boxes.

PDFium is not thread-safe, and a damaged file may crash it. Import this module only in a process of its own.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.glyphs import Glyphs, Numbers
from normqa.load.pdf.page.native import ADDRESS, INTEGER, UNSIGNED, Rows, address_of, asked, native
from normqa.load.pdf.page.style import styles_of
from normqa.load.pdf.page.text.letters import ALPHANUMERIC, BLANK, UNNAMED, kinds_of

_HYPHENS = (0x02, 0x2D, 0xAD, 0xFFFE)
"""Codes that PDFium returns for a hyphen at a line end, besides the hyphen itself."""

_REPLACEMENT = 0xFFFD
_LAST_UNIT = 0xFFFE
_PART = 64
"""So many characters are asked for their codes one after another."""

_LAST_CODE = 0x10FFFF
_HIGH, _LOW, _END = 0xD800, 0xDC00, 0xE000
"""Where the first and the second halves of pairs of UTF-16 start, and where they end."""

_BOX = Rows(c.FPDFText_GetCharBox, np.float64, 4, 4)
_LOOSE_BOX = Rows(c.FPDFText_GetLooseCharBox, np.float32, 4, 1)
_ORIGIN = Rows(c.FPDFText_GetCharOrigin, np.float64, 2, 2)
_TEXT = native(c.FPDFText_GetText, INTEGER, ADDRESS, INTEGER, INTEGER, ADDRESS)

_ROUNDING = 0.001


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
    kinds = kinds_of(codes)
    is_blank = kinds & BLANK > 0
    kept = np.flatnonzero(~is_blank & (codes > 0))
    spaces = np.flatnonzero(is_blank & (codes > 0))
    blanks = spaces[
        np.fromiter(asked(c.FPDFText_IsGenerated, INTEGER, handle, spaces.tolist()), np.int64, len(spaces))
        != 1
    ]
    after_space, _ = _beside(kept, spaces)
    after_blank, before_blank = _beside(kept, blanks)
    indexes, count = kept.tolist(), len(kept)

    found = np.fromiter(asked(c.FPDFText_GetTextObject, ctypes.c_size_t, handle, indexes), np.uint64, count)
    starts = np.flatnonzero((found == 0) | np.append(True, found[1:] != found[:-1])[:count])
    numbers: dict[int, int] = {}
    objects = [
        numbers.setdefault(address or -start - 1, len(numbers))
        for start, address in zip(starts.tolist(), found[starts].tolist(), strict=True)
    ]
    owners = np.repeat(np.array(objects, np.int64), np.diff(starts, append=count))
    firsts = starts[np.unique(objects, return_index=True)[1]] if objects else starts
    text_objects = found[firsts].tolist()
    styles = styles_of(textpage, kept[firsts].tolist(), text_objects)

    left, right, bottom, top = _BOX.written(handle, indexes).T
    ink = np.stack([left, bottom, right, top], axis=1)
    loose = _LOOSE_BOX.written(handle, indexes).astype(np.float64)
    angles = np.array([style.angle for style in styles], np.int64)[owners]
    origins = _origins(handle, kept, starts, (left, loose[:, 0]), angles == 0)
    boxes = _as_wide_as_stated(ink, loose, angles)

    kinds = kinds[kept]
    unnamed = kinds & UNNAMED > 0
    unnamed |= (
        np.fromiter(asked(c.FPDFText_HasUnicodeMapError, INTEGER, handle, indexes), np.int64, count) == 1
    )
    is_symbolic = np.array([style.is_symbolic for style in styles], bool)
    unnamed |= is_symbolic[owners] & (kinds & ALPHANUMERIC > 0)
    sizes = np.array([style.size for style in styles], np.float64)[owners]
    beside = (after_space, after_blank, before_blank)
    glyphs = Glyphs(codes[kept], boxes, origins, sizes, styles, owners, unnamed, *beside, kept)
    return Characters(glyphs, ink, text_objects)


def _origins(
    handle: int,
    kept: Numbers,
    starts: Numbers,
    boxes: tuple[NDArray[np.float64], NDArray[np.float64]],
    is_level: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return where the baselines of characters start.

    Level text of one object is on one baseline if its first and last character are. The box that the font
    states starts where the baseline does, unless the outline starts before.

    Args:
        handle: The address of the text of the page.
        kept: The indexes of the characters.
        starts: Where each piece of text of one object starts among them.
        boxes: The left edges that their outlines have, and those that the font states.
        is_level: Whether each character is of text that is not turned.
    """
    ink, stated = boxes
    lasts = np.append(starts[1:], len(kept))[: len(starts)] - 1
    first, last = (_ORIGIN.written(handle, kept[places].tolist()) for places in (starts, lasts))
    lengths, is_even = lasts - starts + 1, first[:, 1] == last[:, 1]
    origins = np.stack([stated, np.repeat(first[:, 1], lengths)], axis=1)
    is_known = is_level & np.repeat(is_even, lengths) & (stated < ink - _ROUNDING)
    others = np.flatnonzero(~is_known)
    origins[others] = _ORIGIN.written(handle, kept[others].tolist())
    return origins


def _codes(textpage: pdfium.PdfTextPage) -> NDArray[np.uint32]:
    """Return the code point of every character, and 0 for what is none."""
    handle, count = address_of(textpage.raw), max(0, c.FPDFText_CountChars(textpage.raw))
    codes = np.zeros(count, np.uint32)
    unsure = [place for part in _read_codes(handle, codes, 0, count) for place in part]
    codes[unsure] = np.fromiter(
        asked(c.FPDFText_GetUnicode, UNSIGNED, handle, unsure), np.uint32, len(unsure)
    )
    hyphens = np.flatnonzero(np.isin(codes, _HYPHENS)).tolist()
    is_hyphen = np.fromiter(asked(c.FPDFText_IsHyphen, INTEGER, handle, hyphens), np.int64, len(hyphens)) == 1
    codes[hyphens] = np.where(is_hyphen, ord("-"), codes[hyphens])
    if not (codes >= _HIGH).any():
        return codes
    is_high, is_low = (codes >= _HIGH) & (codes < _LOW), (codes >= _LOW) & (codes < _END)
    follows_high = np.roll(is_high, 1) & (np.arange(count) > 0)
    pairs = 0x10000 + ((np.roll(codes, 1) - np.uint32(_HIGH)) << 10) + (codes - np.uint32(_LOW))
    codes = np.where(is_low & follows_high, pairs, np.where(is_low, _REPLACEMENT, codes))
    return np.where(is_high, 0, np.where(codes > _LAST_CODE, _REPLACEMENT, codes)).astype(np.uint32)


def _read_codes(handle: int, codes: NDArray[np.uint32], start: int, end: int) -> Iterator[Sequence[int]]:
    """Read the codes of characters at once, and yield the indexes of those that this cannot tell.

    The text of a page lacks hyphens at line ends and what is no letter, and has pairs for letters beyond 16
    bits. The characters around them are read in smaller parts.

    Args:
        handle: The address of the text of the page.
        codes: Where to write the codes.
        start: Index of the first character.
        end: Index after the last one.
    """
    units = np.zeros(end - start + 1, np.uint16)
    is_whole = _TEXT(handle, start, end - start, units.ctypes.data) == len(units)
    if is_whole and not ((units >= _HIGH) & (units < _END)).any():
        codes[start:end] = units[:-1]
        yield (np.flatnonzero(units[:-1] == _LAST_UNIT) + start).tolist()
    elif end - start <= _PART:
        yield range(start, end)
    else:
        middle = (start + end) // 2
        yield from _read_codes(handle, codes, start, middle)
        yield from _read_codes(handle, codes, middle, end)


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


def _as_wide_as_stated(
    ink: NDArray[np.float64], loose: NDArray[np.float64], angles: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return boxes as wide as the font says, so that gaps between boxes are gaps between letters.

    Args:
        ink: The boxes of the outlines: left, bottom, right, top.
        loose: The boxes that the font states: left, top, right, bottom.
        angles: Direction of each character in degrees.
    """
    left, top, right, bottom = loose.T
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
