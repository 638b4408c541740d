"""Find the characters of a page by their marked content."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.page.bullets import with_bullets
from normqa.load.pdf.page.columns import columns_of
from normqa.load.pdf.page.lines import Line, lines_of
from normqa.load.pdf.page.page import Page
from normqa.load.pdf.page.runs import Run, undoubled_runs
from normqa.load.pdf.tags.tree import Tags

START = -1
"""The content before the first."""


class Content:
    """The characters of a page, by their marked content.

    Characters outside the tree belong to the content beside them on their line.

    Args:
        page: The page.
        tags: Its tags.

    Attributes:
        outside: The lines without such content, by the content before them.
        covered: Share of the characters that are in the tree.
    """

    def __init__(self, page: Page, tags: Tags) -> None:
        ids = set(tags.root.ids())
        content = {address: id_ for address, id_ in tags.content.items() if id_ in ids}
        lines = page.lines()
        self._marks = page.marks
        self._numbers: dict[int, NDArray[np.int64]] = {}
        outside: dict[int, list[Line]] = defaultdict(list)
        self.outside: Mapping[int, Sequence[Line]] = outside
        self.covered = 0.0
        if not lines:
            return
        self._glyphs = glyphs = lines[0].glyphs
        owned = np.array([content.get(style.address, START) for style in glyphs.styles], np.int64)
        parts = [line.numbers for line in lines]
        numbers = np.concatenate(parts)
        ends = np.array(list(accumulate(map(len, parts))), np.int64)
        starts = np.append(0, ends[:-1])
        own = owned[glyphs.owners[numbers]]
        is_tagged = own != START
        self.covered = int(is_tagged.sum()) / len(numbers)
        firsts = starts + [int(part.argmax()) for part in np.split(is_tagged, ends[:-1])]
        places = np.where(is_tagged, np.arange(len(numbers)), -1)
        places = np.maximum(
            np.maximum.accumulate(places), np.repeat(firsts, np.diff(starts, append=len(numbers)))
        )
        has_tags = is_tagged[firsts]
        own = own[places]
        last = START
        for line, is_inside, id_ in zip(lines, has_tags.tolist(), own[ends - 1].tolist(), strict=True):
            if is_inside:
                last = id_
            else:
                outside[last].append(line)
        indexes = glyphs.indexes[numbers]
        order = np.lexsort([indexes, indexes[places], own])
        order = order[np.repeat(has_tags, np.diff(starts, append=len(numbers)))[order]]
        found, at = np.unique(own[order], return_index=True)
        self._numbers = dict(zip(found.tolist(), np.split(numbers[order], at[1:]), strict=True))

    def lines(self, ids: Sequence[int]) -> list[Line]:
        """Return the lines of a block, column by column."""
        return [line for runs in _flows(self._runs(ids)) for line in lines_of(runs)]

    def columns(self, ids: Sequence[int]) -> list[list[Line]]:
        """Return the lines of content whose order only the layout knows."""
        columns = map(lines_of, columns_of(self._runs(ids)))
        return [with_bullets(column, self._marks) for column in columns]

    def _runs(self, ids: Sequence[int]) -> list[Run]:
        """Return runs in logical order. No run is of two contents, whose order on the page may differ."""
        parts = [own for id_ in ids if (own := self._numbers.get(id_)) is not None]
        if not parts:
            return []
        breaks = list(accumulate(map(len, parts[:-1]), initial=0))
        return undoubled_runs(self._glyphs, np.concatenate(parts), breaks)


def _flows(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Split the runs of a block where it goes on at the top of another column."""
    flow: list[Run] = []
    left, right = math.inf, -math.inf
    for run in runs:
        is_higher = flow and run.y - flow[-1].y > max(run.size, flow[-1].size)
        if is_higher and (run.left > right or run.right < left):
            yield flow
            flow, left, right = [], math.inf, -math.inf
        flow.append(run)
        left, right = min(left, run.left), max(right, run.right)
    if flow:
        yield flow
