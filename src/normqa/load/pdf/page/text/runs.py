"""Join the characters of a page to runs: characters beside each other on one baseline."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.page.glyphs import Glyphs, Numbers
from normqa.load.pdf.page.text.word_gaps import is_word_gap

SAME_BASELINE = 0.25
"""Baselines that differ by less than this share of the font size are the same."""

SCRIPT_SIZE = 0.85
"""A superscript or subscript is smaller than this share of its neighbour."""

_RUN_GAP = 1.2
"""A gap of this share of the font size may separate columns."""

_DOUBLED = 0.2
"""The same character twice within this share of the font size is painted twice to look bold."""

_BULLET_GLYPHS = 2
"""Number of characters of a symbol that is a bullet, at most."""

BULLET = "\u2022"

_FINE = 1000.0
"""Places of characters that may be doubled are sorted to a thousandth of a point."""

_CELL = 40.0
"""Side in points of the squares in which doubled characters are looked for; more than their distance."""


@dataclass(slots=True, eq=False)
class Run:
    """Characters beside each other on one baseline, without a wide gap.

    Attributes:
        glyphs: The characters of its page.
        numbers: Its own.
        left: Left edge.
        right: Right edge.
        bottom: Lower edge.
        top: Upper edge.
        y: Its baseline.
        size: Font size of most of it.
        gap: The widest gap between its characters in points, from the left.
    """

    glyphs: Glyphs
    numbers: Numbers
    left: float
    right: float
    bottom: float
    top: float
    y: float
    size: float
    gap: float

    def __len__(self) -> int:
        return len(self.numbers)

    @classmethod
    def of(cls, glyphs: Glyphs, numbers: Numbers) -> "Run":
        """Return the run of these characters, however wide their gaps are."""
        return _runs(glyphs, numbers, np.zeros(1, np.int64))[0]

    @property
    def first(self) -> str:
        """Its first character."""
        return chr(self.glyphs.codes[self.numbers[0]])

    @property
    def width(self) -> float:
        """Its width in points."""
        return self.right - self.left


def runs_of(glyphs: Glyphs, numbers: Numbers) -> list[Run]:
    """Join characters that follow each other in the file and on the page."""
    doubtful = _near_same(glyphs, numbers)
    if len(doubtful):
        is_kept = np.ones(len(numbers), bool)
        is_kept[doubtful] = np.isin(numbers[doubtful], list(_undoubled(glyphs, numbers[doubtful])))
        numbers = numbers[is_kept]
    return undoubled_runs(glyphs, numbers)


def undoubled_runs(glyphs: Glyphs, numbers: Numbers, breaks: Sequence[int] = ()) -> list[Run]:
    """Join characters of which none is doubled.

    Args:
        glyphs: The characters of a page.
        numbers: Those to join.
        breaks: Where a run starts among these, wherever they are.
    """
    if not len(numbers):
        return []
    left, _, right, _ = glyphs.boxes[numbers].T
    is_start = np.ones(len(numbers), bool)
    is_start[1:] = ~_follow(left, right, glyphs.origins[numbers, 1], glyphs.sizes[numbers])
    is_start[list(breaks)] = True
    return _runs(glyphs, numbers, np.flatnonzero(is_start))


def _runs(glyphs: Glyphs, numbers: Numbers, starts: Numbers) -> list[Run]:
    """Return the runs that start at these places among characters."""
    boxes, sizes = glyphs.boxes[numbers], glyphs.sizes[numbers]
    low = np.minimum.reduceat(boxes[:, :2], starts)
    high = np.maximum.reduceat(boxes[:, 2:], starts)
    is_even = np.minimum.reduceat(sizes, starts) == np.maximum.reduceat(sizes, starts)
    bases = starts.copy()
    ends = np.append(starts[1:], len(numbers))
    for place in np.flatnonzero(~is_even).tolist():
        bases[place] += _base(sizes[starts[place] : ends[place]])
    columns = (
        low[:, 0],
        high[:, 0],
        low[:, 1],
        high[:, 1],
        glyphs.origins[numbers[bases], 1],
        sizes[bases],
        _widest(boxes, starts),
    )
    return [
        Run(glyphs, numbers[start:end], *values)
        for start, end, *values in zip(
            starts.tolist(), ends.tolist(), *(column.tolist() for column in columns), strict=True
        )
    ]


def _base(sizes: NDArray[np.float64]) -> int:
    """Return the place of the first character of the commonest size, and the largest of these."""
    found, firsts, counts = np.unique(sizes, return_index=True, return_counts=True)
    return int(firsts[np.lexsort([found, counts])[-1]])


def _widest(boxes: NDArray[np.float64], starts: Numbers) -> NDArray[np.float64]:
    """Return the widest gap of each run between characters from the left."""
    left, right = boxes[:, 0], boxes[:, 2]
    is_start = np.zeros(len(left), bool)
    is_start[starts] = True
    if not ((np.diff(left) >= 0) | is_start[1:]).all():
        order = np.lexsort([left, np.cumsum(is_start)])
        left, right = left[order], right[order]
    gaps = left - np.roll(right, 1)
    gaps[starts] = -np.inf
    return np.asarray(np.maximum.reduceat(gaps, starts), np.float64)


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


def _follow(
    left: NDArray[np.float64], right: NDArray[np.float64], y: NDArray[np.float64], sizes: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return whether each character but the first continues the run of the one before."""
    size, smaller = np.maximum(sizes[:-1], sizes[1:]), np.minimum(sizes[:-1], sizes[1:])
    gap, backwards = left[1:] - right[:-1], left[:-1] - right[1:]
    apart = np.abs(y[1:] - y[:-1])
    beside = (gap > -0.5 * size) & (gap < _RUN_GAP * size)
    beside |= (backwards > -0.5 * size) & (backwards < _RUN_GAP * size)
    script = (smaller < SCRIPT_SIZE * size) & (apart < 0.7 * size) & (gap > -0.3 * size) & (gap < 0.5 * size)
    return np.where(apart <= SAME_BASELINE * size, beside, script)


def named(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield runs without the characters that no font names. At the start of a line, they are bullets.

    The characters that become bullets are changed on the page.
    """
    for run in runs:
        glyphs, numbers = run.glyphs, run.numbers
        is_known = ~glyphs.unmapped[numbers]
        if is_known.all():
            yield run
            continue
        known = numbers[is_known]
        first = int(is_known.argmax()) if len(known) else len(numbers)
        if first > _BULLET_GLYPHS:
            is_bullet = False
        elif len(known):
            is_bullet = first > 0 and is_word_gap(glyphs, int(numbers[first - 1]), int(known[0]))
        else:
            is_bullet = True
        if is_bullet:
            glyphs.codes[numbers[0]] = ord(BULLET)
            if len(known):
                glyphs.boxes[numbers[0], 2] = glyphs.boxes[numbers[first - 1], 2]
            known = np.append(numbers[:1], known)
        if len(known):
            yield Run.of(glyphs, known)
