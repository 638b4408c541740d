"""The words of a line, and the places where a table may be cut between them."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from normqa.load.pdf.page.lines import Line, line_of
from normqa.load.pdf.page.runs import Run

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

    @classmethod
    def of(cls, line: Line) -> "Words":
        """Return the words of a line."""
        left, _, right, _ = line.glyphs.boxes[line.numbers].T
        order = np.argsort(left, kind="stable")
        left, right = left[order], right[order]
        cuts = np.flatnonzero(left[1:] - right[:-1] > _BLANK * line.size)
        return cls(line, left[np.append(0, cuts + 1)].tolist(), right[np.append(cuts, -1)].tolist())

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

    def fits(self, cut: float, gap: float) -> bool:
        """Whether no word crosses a cut, and it is at a word, at the end of all words, or in a wide gap.

        Args:
            cut: The cut.
            gap: Font sizes of a wide gap.
        """
        place = self.at(cut)
        if place == 0:
            return True
        before = self.rights[place - 1]
        if before > cut + SAME:
            return False
        if place == len(self.lefts):
            return True
        after = self.lefts[place]
        return after <= cut + SAME or (after - before) / self.line.size > gap

    def between(self, start: float, end: float) -> str:
        """Return the text between two cuts."""
        low, high = start - SAME, end - SAME
        glyphs = self.line.glyphs
        runs = []
        for run in self.line.runs:
            left = glyphs.boxes[run.numbers, 0]
            part = run.numbers[(low <= left) & (left < high)]
            runs += [Run.of(glyphs, part)] if len(part) else []
        return line_of(runs).text.strip() if runs else ""
