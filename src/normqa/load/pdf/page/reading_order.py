"""Put the characters of a line into the order in which they are read, whatever their direction."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from normqa.load.pdf.page.glyphs import Glyph

_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_LEFT_TO_RIGHT = frozenset({"L", "EN", "AN", "ES", "ET", "CS"})
_FIRST_RIGHT_TO_LEFT = "\u0590"
_ALEFS = frozenset("\u0622\u0623\u0625\u0627")
_LAM = "\u0644"


def reading_order(glyphs: Sequence[Glyph]) -> Sequence[Glyph]:
    """Return the characters of a line in reading order.

    A line with mostly right-to-left letters is read from the right; numbers and words of other scripts in it
    are read from the left.

    Args:
        glyphs: The characters, from the left.
    """
    if max(map(attrgetter("text"), glyphs), default="") < _FIRST_RIGHT_TO_LEFT:
        return glyphs
    classes = [unicodedata.bidirectional(glyph.text) for glyph in glyphs]
    right = sum(name in _RIGHT_TO_LEFT for name in classes)
    if not right:
        return glyphs
    is_reversed = right >= sum(name == "L" for name in classes)
    visual = sorted(
        _bases(glyphs), key=lambda pair: (-pair[0].left if is_reversed else pair[0].left, pair[1].index)
    )
    wanted = _LEFT_TO_RIGHT if is_reversed else _RIGHT_TO_LEFT
    out: list[Glyph] = []
    pending: list[Glyph] = []
    for base, glyph in visual:
        if unicodedata.bidirectional(base.text) in wanted:
            pending.append(glyph)
        else:
            out += reversed(pending)
            pending = []
            out.append(glyph)
    return [glyph for ligature in _ligatures([*out, *reversed(pending)]) for glyph in ligature]


def _bases(glyphs: Sequence[Glyph]) -> Iterator[tuple[Glyph, Glyph]]:
    """Yield every character with the letter that it belongs to: itself, or the one under a combining mark."""
    base: Glyph | None = None
    for glyph in sorted(glyphs, key=lambda glyph: glyph.index):
        if base is None or not unicodedata.combining(glyph.text):
            base = glyph
        yield base, glyph


def _ligatures(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Yield the letters of each ligature in the order of the word.

    Letters of one ligature share a box. PDFium returns those of Arabic ligatures from left to right. Every
    ligature of lam and alef starts with lam.
    """
    for _, same in groupby(glyphs, key=lambda glyph: (glyph.left, glyph.right, glyph.x)):
        letters = list(same)
        if len(letters) > 1 and all(unicodedata.bidirectional(letter.text) == "AL" for letter in letters):
            letters.reverse()
            if letters[0].text in _ALEFS and letters[1].text == _LAM:
                letters[:2] = letters[1], letters[0]
        yield letters
