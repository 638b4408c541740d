"""Turn the characters of a page upright, so that every text runs from left to right.

Text at another angle, such as the label of an axis or a whole page that lies on its side, is a group of its
own. Vertical Chinese and Japanese is text that runs downwards: a turn makes lines of its columns.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.page.glyphs import Glyphs, Numbers
from normqa.load.pdf.page.text.letters import WIDE, kinds_of

_SKEW = 3
"""Text at a smaller angle in degrees is horizontal."""

_DOWNWARDS = 270
_FIRST_WIDE = 0x1100


def upright(glyphs: Glyphs) -> tuple[Glyphs, list[Numbers]]:
    """Turn the characters of a page upright, and group them by the angle of their text.

    Returns:
        The characters, and the numbers of those of each group. The largest group comes first.
    """
    by_owner = [_rounded(style.angle) for style in glyphs.styles]
    rounded = np.array(by_owner, np.int64)[glyphs.owners]
    if len(glyphs) and not any(by_owner) and not _are_vertical(glyphs):
        return glyphs, [np.arange(len(glyphs))]
    if _are_vertical(glyphs):
        rounded[:] = _DOWNWARDS
    angles, firsts, counts = np.unique(rounded, return_index=True, return_counts=True)
    groups = [
        (angle, np.flatnonzero(rounded == angle)) for angle in angles[np.lexsort([firsts, -counts])].tolist()
    ]
    boxes, origins = glyphs.boxes.copy(), glyphs.origins.copy()
    for angle, numbers in groups:
        if angle:
            boxes[numbers], origins[numbers] = _turned(boxes[numbers], origins[numbers], angle)
    return replace(glyphs, boxes=boxes, origins=origins), [numbers for _, numbers in groups]


def _rounded(angle: int) -> int:
    """Return an angle, or the right angle near it."""
    near = round(angle / 90) * 90
    return near % 360 if abs(angle - near) <= _SKEW else angle


def _are_vertical(glyphs: Glyphs) -> bool:
    """Whether most wide characters are below the character before."""
    if glyphs.codes.max(initial=0) <= _FIRST_WIDE:
        return False
    is_wide = (kinds_of(glyphs.codes) & WIDE > 0) & (glyphs.codes > _FIRST_WIDE)
    after = np.flatnonzero(is_wide[1:]) + 1
    before = after - 1
    size, middles = glyphs.sizes[after], glyphs.boxes[:, 0] + glyphs.boxes[:, 2]
    down = glyphs.origins[before, 1] - glyphs.origins[after, 1]
    is_below = (0.5 * size < down) & (down < 2 * size)
    is_below &= np.abs(middles[before] - glyphs.boxes[after, 0] - glyphs.boxes[after, 2]) < 0.6 * size
    return 2 * int(is_below.sum()) > len(after)


def _turned(
    boxes: NDArray[np.float64], origins: NDArray[np.float64], angle: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return boxes and origins of characters of text at an angle, turned upright."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def turn(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([x * cosine + y * sine, y * cosine - x * sine], axis=1)

    left, bottom, right, top = boxes.T
    sides = boxes[:, 2:] - boxes[:, :2]
    if angle % 180 == 90:  # noqa: PLR2004 - a right angle
        sides = sides[:, ::-1]
    elif angle % 90:
        sides = np.repeat(sides.min(axis=1, keepdims=True), 2, axis=1)
    middles = turn((left + right) / 2, (bottom + top) / 2)
    return np.hstack([middles - sides / 2, middles + sides / 2]), turn(*origins.T)
