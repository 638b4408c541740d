"""Find characters that are painted twice to look bold."""

from collections.abc import Iterator

import numpy as np

from normqa.load.pdf.page.glyphs import Glyphs, Numbers

_DOUBLED = 0.2
"""The same character twice within this share of the font size is painted twice to look bold."""

_FINE = 1000.0
"""Places of characters that may be doubled are sorted to a thousandth of a point."""

_CELL = 40.0
"""Side in points of the squares in which doubled characters are looked for; more than their distance."""


def undoubled(glyphs: Glyphs, numbers: Numbers) -> Numbers:
    """Return characters without those that only make others look bold.

    Args:
        glyphs: The characters of a page.
        numbers: Those to look at.
    """
    doubtful = _near_same(glyphs, numbers)
    if not len(doubtful):
        return numbers
    is_kept = np.ones(len(numbers), bool)
    is_kept[doubtful] = np.isin(numbers[doubtful], list(_undoubled(glyphs, numbers[doubtful])))
    return numbers[is_kept]


def _near_same(glyphs: Glyphs, numbers: Numbers) -> Numbers:
    """Return the places of characters that are so near to the same character that they may look bold."""
    reach = _DOUBLED * glyphs.sizes[numbers]
    x, y = glyphs.origins[numbers].T
    # Code point, row and place are one number of 63 bits, because sorting three columns takes longer.
    codes = glyphs.codes[numbers].astype(np.int64) << 42
    places = np.clip(x * _FINE + 2**25, 0, 2**26 - 1).astype(np.int64)
    largest = reach.max(initial=0.0)
    band = 2 * max(largest, 0.1)
    is_near, may_look_bold = np.zeros(len(numbers), bool), False
    for shift in (0.0, 0.5):
        rows = np.clip(y / band + shift + 2**15, 0, 2**16 - 1).astype(np.int64) << 26
        order = np.argsort(codes + rows + places)
        keys = (codes + rows)[order]
        same = np.flatnonzero(keys[1:] == keys[:-1])
        first, second = order[same], order[same + 1]
        apart = np.abs(x[second] - x[first])
        may_look_bold |= bool((apart < np.maximum(reach[first], reach[second])).any())
        near = apart < largest
        is_near[first[near]] = is_near[second[near]] = True
    return np.flatnonzero(is_near & may_look_bold)


def _undoubled(glyphs: Glyphs, numbers: Numbers) -> Iterator[int]:
    """Yield the characters without those that only make others look bold."""
    seen: dict[tuple[int, int, int], list[tuple[int, float, float]]] = {}
    columns = (
        numbers,
        glyphs.codes[numbers],
        glyphs.indexes[numbers],
        *glyphs.origins[numbers].T,
        _DOUBLED * glyphs.sizes[numbers],
    )
    for number, code, index, x, y, reach in zip(*(column.tolist() for column in columns), strict=True):
        left, right = int((x - reach) // _CELL), int((x + reach) // _CELL)
        low, high = int((y - reach) // _CELL), int((y + reach) // _CELL)
        if left == right and low == high:
            near = seen.setdefault((code, left, low), [])
        else:
            cells = ((code, column, row) for column in (left, right) for row in (low, high))
            near = [other for cell in cells for other in seen.get(cell, ())]
        if not near or not any(_is_double(other, (index, x, y), reach) for other in near):
            seen.setdefault((code, int(x // _CELL), int(y // _CELL)), []).append((index, x, y))
            yield number


def _is_double(other: tuple[int, float, float], own: tuple[int, float, float], reach: float) -> bool:
    """Whether a character repeats another. The letters of a ligature share one place and are no doubles.

    Args:
        other: The number in the file of the other, and where its baseline starts.
        own: The same of the character.
        reach: How near they are at most.
    """
    is_ligature = own[0] - other[0] <= 2 and own[1] == other[1]  # noqa: PLR2004 - at most three letters
    return not is_ligature and abs(other[1] - own[1]) < reach and abs(other[2] - own[2]) < reach
