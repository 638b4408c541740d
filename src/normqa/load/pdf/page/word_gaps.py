"""Find the gaps between words on a line.

Gaps are shares of the font size, and compared with the usual gap between the letters of the line: letters
may be spaced, or set closer than their font says.
"""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from normqa.load.pdf.page.glyphs import Glyph

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

_FIRST_COMBINING = "\u0300"


def word_gaps(glyphs: Sequence[Glyph]) -> list[bool]:
    """Return whether a gap between words is before each character of a line.

    Args:
        glyphs: The characters in reading order.
    """
    gaps: list[float] = []
    between_letters: list[float] = []
    for before, glyph in pairwise(glyphs):
        gap = _gap(before, glyph)
        gaps.append(gap)
        if glyph.index == before.index + 1 and glyph.text.isalnum() and before.text.isalnum():
            between_letters.append(gap)
    usual = (
        sorted(between_letters)[len(between_letters) // 2]
        if len(between_letters) >= _MIN_LETTER_GAPS
        else 0.0
    )
    least = _BLANK_GAP + min(usual, 0.0)
    found = [False] * len(glyphs)
    for number, gap in enumerate(gaps, 1):
        before = glyphs[number - 1]
        if gap > least or before.text >= _FIRST_COMBINING:
            found[number] = _is_word_gap(before, glyphs[number], gap, usual)
    return found


def is_word_gap(before: Glyph, glyph: Glyph) -> bool:
    """Whether a gap between words is between two characters, given in reading order."""
    return _is_word_gap(before, glyph, _gap(before, glyph), 0.0)


def _is_word_gap(before: Glyph, glyph: Glyph, gap: float, usual: float) -> bool:
    distance = glyph.index - before.index
    if glyph.text >= _FIRST_COMBINING and unicodedata.combining(glyph.text):
        return False
    if before.text >= _FIRST_COMBINING and unicodedata.combining(before.text):
        return glyph.after_space and distance > 0
    if glyph.after_blank and distance > 0 and gap - min(usual, 0.0) > _BLANK_GAP:
        return True
    if glyph.after_space and distance > 0 and gap > _BLANK_GAP:
        return usual <= _SPACED or gap - usual > _SPACED_BLANK_GAP
    least = _WORD_GAP if abs(distance) <= _CONSECUTIVE else _UNORDERED_GAP
    return gap - max(usual, 0.0) > least


def _gap(before: Glyph, glyph: Glyph) -> float:
    """Return the gap between two characters in either direction, as a share of the font size."""
    gap = glyph.left - before.right
    if gap < 0:
        gap = max(gap, before.left - glyph.right)
    return gap / max(before.size, glyph.size)
