"""Join the characters of a page to runs: characters beside each other on one baseline."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.page.glyphs import Glyphs, Numbers
from normqa.load.pdf.page.text.doubled import undoubled
from normqa.load.pdf.page.text.word_gaps import is_word_gap

SAME_BASELINE = 0.25
"""Baselines that differ by less than this share of the font size are the same."""

SCRIPT_SIZE = 0.85
"""A superscript or subscript is smaller than this share of its neighbour."""

_RUN_GAP = 1.2
"""A gap of this share of the font size may separate columns."""

_BULLET_GLYPHS = 2
"""Number of characters of a symbol that is a bullet, at most."""

BULLET = "\u2022"


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
    return undoubled_runs(glyphs, undoubled(glyphs, numbers))


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
