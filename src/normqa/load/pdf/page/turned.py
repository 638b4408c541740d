"""Turn the characters of a page upright, so that every text runs from left to right.

Text at another angle, such as the label of an axis or a whole page that lies on its side, is a group of its
own. Vertical Chinese and Japanese is text that runs downwards: a turn makes lines of its columns.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter

from normqa.load.pdf.page.glyphs import Glyph

_SKEW = 3
"""Text at a smaller angle in degrees is horizontal."""

_DOWNWARDS = 270
_FIRST_WIDE = "\u1100"
_WIDE = frozenset({"W", "F"})


def upright(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Group characters by the angle of their text and turn them upright. The largest group comes first."""
    angles = list(map(attrgetter("style.angle"), glyphs))
    rounded = {angle: _rounded(angle) for angle in set(angles)}
    if _are_vertical(glyphs):
        rounded = dict.fromkeys(rounded, _DOWNWARDS)
    if len(set(rounded.values())) == 1:
        return [_turned(list(glyphs), rounded[angles[0]])]
    groups: dict[int, list[Glyph]] = {}
    for glyph, angle in zip(glyphs, angles, strict=True):
        groups.setdefault(rounded[angle], []).append(glyph)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [_turned(group, angle) for angle, group in ordered]


def _rounded(angle: int) -> int:
    """Return an angle, or the right angle near it."""
    near = round(angle / 90) * 90
    return near % 360 if abs(angle - near) <= _SKEW else angle


def _are_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Whether most wide characters are below the character before."""
    if max(map(attrgetter("text"), glyphs), default="") <= _FIRST_WIDE:
        return False
    pairs = [
        (before, after)
        for before, after in pairwise(glyphs)
        if after.text > _FIRST_WIDE and unicodedata.east_asian_width(after.text) in _WIDE
    ]
    below = sum(
        0.5 * after.size < before.y - after.y < 2 * after.size
        and abs(before.left + before.right - after.left - after.right) < 0.6 * after.size
        for before, after in pairs
    )
    return 2 * below > len(pairs)


def _turned(glyphs: list[Glyph], angle: int) -> list[Glyph]:
    if angle == 0:
        return glyphs
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def turn(x: float, y: float) -> tuple[float, float]:
        return x * cosine + y * sine, y * cosine - x * sine

    turned = []
    for glyph in glyphs:
        width, height = glyph.right - glyph.left, glyph.top - glyph.bottom
        if angle % 180 == 90:  # noqa: PLR2004 - a right angle
            width, height = height, width
        elif angle % 90:
            width = height = min(width, height)
        x, y = turn(glyph.x, glyph.y)
        middle_x, middle_y = turn((glyph.left + glyph.right) / 2, glyph.middle)
        turned.append(
            replace(
                glyph,
                left=middle_x - width / 2,
                right=middle_x + width / 2,
                bottom=middle_y - height / 2,
                top=middle_y + height / 2,
                x=x,
                y=y,
            )
        )
    return turned
