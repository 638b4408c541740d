"""Find the gaps between words on lines.

Gaps are shares of the font size, and compared with the usual gap between the letters of the line: letters
may be spaced, or set closer than their font says.
"""

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.page.glyphs import Glyphs, Numbers
from normqa.load.pdf.page.text.letters import ALPHANUMERIC, COMBINING, kinds_of

_WORD_GAP = 0.25
"""A gap of this size separates words even without a blank."""

_UNORDERED_GAP = 0.15
"""The same between characters that do not follow each other in the file, which cannot have a blank."""

_BLANK_GAP = 0.05
"""A gap of this size separates words if a blank is stated."""

_SPACED = 0.05
"""Letters that are this far apart are spaced. PDFium then sees blanks between letters."""

_SPACED_BLANK_GAP = 0.15
"""A gap that is so much larger than others separates spaced words where PDFium sees a blank."""

_MIN_LETTER_GAPS = 3
"""The usual gap is only known from this many gaps between letters."""

_CONSECUTIVE = 4
"""Indexes of characters that follow each other differ by at most this much; a line end counts as two."""


def word_gaps(glyphs: Glyphs, numbers: Numbers, starts: Numbers) -> NDArray[np.bool_]:
    """Return whether a gap between words is before each character, on its line.

    Args:
        glyphs: The characters of a page.
        numbers: The characters of lines, line after line, each in reading order.
        starts: Where the lines start among these.
    """
    found = np.zeros(len(numbers), bool)
    if len(numbers) < 2:  # noqa: PLR2004 - a gap is between two
        return found
    lengths = np.diff(starts, append=len(numbers))
    lines = np.repeat(np.arange(len(starts)), lengths)
    is_inside = lines[1:] == lines[:-1]
    gaps = _gaps(glyphs, numbers)
    is_letter = kinds_of(glyphs.codes[numbers]) & ALPHANUMERIC > 0
    follows = np.diff(glyphs.indexes[numbers]) == 1
    between = np.flatnonzero(is_inside & follows & is_letter[1:] & is_letter[:-1])
    counts = np.bincount(lines[between], minlength=len(starts))
    ordered = between[np.lexsort([gaps[between], lines[between]])]
    is_known = counts >= _MIN_LETTER_GAPS
    middles = (np.cumsum(counts) - counts + counts // 2)[is_known]
    usual = np.zeros(len(starts))
    usual[is_known] = gaps[ordered[middles]]
    found[1:] = is_inside & _separate(glyphs, numbers, gaps, usual[lines[1:]])
    return found


def is_word_gap(glyphs: Glyphs, before: int, after: int) -> bool:
    """Whether a gap between words is between two characters, given in reading order."""
    numbers = np.array([before, after])
    return bool(_separate(glyphs, numbers, _gaps(glyphs, numbers), np.zeros(1))[0])


def _separate(
    glyphs: Glyphs, numbers: Numbers, gaps: NDArray[np.float64], usual: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which gaps between neighbours separate words.

    Args:
        glyphs: The characters of a page.
        numbers: Some of them, in reading order.
        gaps: The gaps between each and the next.
        usual: The usual gap between the letters of its line.
    """
    distance = np.diff(glyphs.indexes[numbers])
    is_mark = kinds_of(glyphs.codes[numbers]) & COMBINING > 0
    has_space = glyphs.after_space[numbers[1:]] & (distance > 0)
    has_blank = glyphs.after_blank[numbers[1:]] & (distance > 0)
    is_wide = gaps - np.maximum(usual, 0.0) > np.where(
        np.abs(distance) <= _CONSECUTIVE, _WORD_GAP, _UNORDERED_GAP
    )
    is_spaced = (usual <= _SPACED) | (gaps - usual > _SPACED_BLANK_GAP)
    is_gap = np.where(has_space & (gaps > _BLANK_GAP), is_spaced, is_wide)
    is_gap |= has_blank & (gaps - np.minimum(usual, 0.0) > _BLANK_GAP)
    return np.asarray(~is_mark[1:] & np.where(is_mark[:-1], has_space, is_gap), bool)


def _gaps(glyphs: Glyphs, numbers: Numbers) -> NDArray[np.float64]:
    """Return the gap between each character and the next in either direction, as a share of the font size."""
    left, _, right, _ = glyphs.boxes[numbers].T
    sizes = glyphs.sizes[numbers]
    gaps = left[1:] - right[:-1]
    gaps = np.where(gaps < 0, np.maximum(gaps, left[:-1] - right[1:]), gaps)
    return np.asarray(gaps / np.maximum(sizes[:-1], sizes[1:]), np.float64)
