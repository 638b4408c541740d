"""The words of a line, and the places where a table may be cut between them."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.page.text.lines import Line, lines_from
from normqa.load.pdf.page.text.runs import Run

_BLANK = 0.15
"""A gap of this share of the font size starts a word."""

SAME = 1.0
"""Words that start at most this many points apart start at one place."""

_BOLD = 0.9


@dataclass(slots=True)
class Words:
    """The words of a line.

    Attributes:
        line: The line.
        lefts: Left edge of each word.
        rights: Right edge of each word.
    """

    line: Line
    lefts: list[float]
    rights: list[float]

    @property
    def is_bold(self) -> bool:
        """Whether all of it is bold, as are the names of columns."""
        return self.line.bold > _BOLD

    def at(self, cut: float) -> int:
        """Return the number of words left of a cut."""
        return bisect_left(self.lefts, cut - SAME)

    def crosses(self, cut: float) -> bool:
        """Whether a word is on both sides of a cut."""
        place = self.at(cut)
        return place > 0 and self.rights[place - 1] > cut + SAME

    def is_aligned(self, cut: float) -> bool:
        """Whether a word starts at a cut."""
        place = self.at(cut)
        return place < len(self.lefts) and self.lefts[place] <= cut + SAME

    def gap(self, cut: float) -> float:
        """Return the gap at a cut that has words on both sides, in font sizes; else 0."""
        place = self.at(cut)
        if not 0 < place < len(self.lefts):
            return 0.0
        return (self.lefts[place] - self.rights[place - 1]) / self.line.size

    def has_left(self, cut: float) -> bool:
        """Whether a word is left of a cut."""
        return self.lefts[0] < cut - SAME

    def has_right(self, cut: float) -> bool:
        """Whether a word is right of a cut."""
        return self.lefts[-1] >= cut - SAME

    def between(self, start: float, end: float) -> list[Run]:
        """Return the text between two cuts, as runs."""
        low, high = start - SAME, end - SAME
        runs = []
        for run in self.line.runs:
            if low <= run.left and run.right < high:
                runs.append(run)
            elif low <= run.right and run.left < high:
                left = run.glyphs.boxes[run.numbers, 0]
                part = run.numbers[(low <= left) & (left < high)]
                runs += [Run.of(run.glyphs, part)] if len(part) else []
        return runs


def words_of(lines: Sequence[Line]) -> list[Words]:
    """Return the words of each line of a column."""
    if not lines:
        return []
    parts = [line.numbers for line in lines]
    lengths = list(map(len, parts))
    left, _, right, _ = lines[0].glyphs.boxes[np.concatenate(parts)].T
    own = np.repeat(np.arange(len(lines)), lengths)
    order = np.lexsort([left, own])
    left, right = left[order], right[order]
    blank = _BLANK * np.array([line.size for line in lines])[own]
    is_start = np.append(True, left[1:] - right[:-1] > blank[1:])
    is_start[np.cumsum(lengths[:-1])] = True
    starts = np.flatnonzero(is_start)
    lefts, rights = left[starts].tolist(), right[np.append(starts[1:], len(left)) - 1].tolist()
    bounds = np.searchsorted(own[starts], np.arange(len(lines) + 1)).tolist()
    return [
        Words(line, lefts[first:last], rights[first:last])
        for line, (first, last) in zip(lines, pairwise(bounds), strict=True)
    ]


def fitting(words: Sequence[Words], cuts: Sequence[float], gap: float) -> NDArray[np.bool_]:
    """Return which lines each cut fits: it is at a word, before or after all words, or in a wide gap.

    Args:
        words: The lines.
        cuts: The cuts.
        gap: Font sizes of a wide gap.

    Returns:
        Whether each cut fits each line, shape (cuts, lines).
    """
    most = max((len(own.lefts) for own in words), default=0) + 1
    lefts, rights = np.full((len(words), most), np.inf), np.full((len(words), most), np.inf)
    for number, own in enumerate(words):
        lefts[number, : len(own.lefts)], rights[number, : len(own.rights)] = own.lefts, own.rights
    at = np.array(cuts, np.float64)[:, None]
    place = (lefts < (at - SAME)[..., None]).sum(axis=2)
    lines = np.arange(len(words))
    before, after = rights[lines, place - 1], lefts[lines, place]
    sizes = np.array([own.line.size for own in words])
    is_free = (after <= at + SAME) | ((after - before) / sizes > gap)
    return np.asarray((place == 0) | ((before <= at + SAME) & is_free), bool)


def texts_between(words: Sequence[Words], start: float, end: float) -> list[str]:
    """Return the text of each line between two cuts."""
    parts = [own.between(start, end) for own in words]
    lines = iter(lines_from([runs for runs in parts if runs]))
    return [next(lines).text.strip() if runs else "" for runs in parts]
