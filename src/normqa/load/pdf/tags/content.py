"""Find the characters of a page by their marked content."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.page.bullets import with_bullets
from normqa.load.pdf.page.columns import columns_of
from normqa.load.pdf.page.glyphs import Numbers
from normqa.load.pdf.page.page import Page
from normqa.load.pdf.page.text.lines import Line, grouped, lines_from, lines_of
from normqa.load.pdf.page.text.runs import Run, undoubled_runs
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
        self._numbers: Mapping[int, Numbers] = {}
        self.outside: Mapping[int, Sequence[Line]] = {}
        self.covered = 0.0
        if not lines:
            return
        self._glyphs = glyphs = lines[0].glyphs
        parts = [line.numbers for line in lines]
        numbers = np.concatenate(parts)
        starts = np.array(list(accumulate(map(len, parts[:-1]), initial=0)), np.int64)
        owned = np.array([content.get(style.address, START) for style in glyphs.styles], np.int64)
        own = owned[glyphs.owners[numbers]]
        self.covered = int((own != START).sum()) / len(numbers)
        beside = _tagged_beside(own != START, starts)
        last = [found[-1] for found in np.split(own[beside], starts[1:])]
        self.outside = _after(lines, [int(id_) for id_ in last])
        self._numbers = _by_content(
            own[beside], numbers, glyphs.indexes[numbers[beside]], glyphs.indexes[numbers]
        )

    def lines(self, blocks: Sequence[Sequence[int]]) -> list[list[Line]]:
        """Return the lines of each block, column by column."""
        lines = [[line for flow in _flows(runs) for line in grouped(flow)] for runs in self._runs(blocks)]
        found = iter(lines_from([line for block in lines for line in block]))
        return [list(islice(found, len(block))) for block in lines]

    def columns(self, ids: Sequence[int]) -> list[list[Line]]:
        """Return the lines of content whose order only the layout knows."""
        columns = map(lines_of, columns_of(self._runs([ids])[0]))
        return [with_bullets(column, self._marks) for column in columns]

    def _runs(self, blocks: Sequence[Sequence[int]]) -> list[list[Run]]:
        """Return the runs of each block in logical order.

        No run is of two contents, whose order on the page may differ.
        """
        found: list[list[Run]] = [[] for _ in blocks]
        parts = [
            (number, own)
            for number, ids in enumerate(blocks)
            for id_ in ids
            if (own := self._numbers.get(id_)) is not None
        ]
        if not parts:
            return found
        breaks = list(accumulate((len(own) for _, own in parts[:-1]), initial=0))
        runs = undoubled_runs(self._glyphs, np.concatenate([own for _, own in parts]), breaks)
        starts = accumulate(map(len, runs), initial=0)
        for run, start in zip(runs, starts, strict=False):
            found[parts[bisect_right(breaks, start) - 1][0]].append(run)
        return found


def _tagged_beside(is_tagged: NDArray[np.bool_], starts: Numbers) -> Numbers:
    """Return the place of the last tagged character up to each on its line, or of the first one after it.

    On a line without one, it is any place of the line.

    Args:
        is_tagged: Whether each character of some lines is tagged.
        starts: Where each line starts.
    """
    count = len(is_tagged)
    firsts = starts + [int(part.argmax()) for part in np.split(is_tagged, starts[1:])]
    last = np.maximum.accumulate(np.where(is_tagged, np.arange(count), -1))
    return np.maximum(last, np.repeat(firsts, np.diff(starts, append=count)))


def _after(lines: Sequence[Line], content: Sequence[int]) -> dict[int, list[Line]]:
    """Return the lines without content, by the content before them.

    Args:
        lines: The lines.
        content: The last content of each.
    """
    found: dict[int, list[Line]] = defaultdict(list)
    last = START
    for line, own in zip(lines, content, strict=True):
        if own == START:
            found[last].append(line)
        else:
            last = own
    return found


def _by_content(content: Numbers, numbers: Numbers, beside: Numbers, indexes: Numbers) -> dict[int, Numbers]:
    """Return the characters of each content, in the order of the file.

    Args:
        content: The content of each character.
        numbers: The numbers of the characters.
        beside: The number in the file of the tagged character beside each.
        indexes: Its own.
    """
    order = np.lexsort([indexes, beside, content])
    found, starts = np.unique(content[order], return_index=True)
    groups = dict(zip(found.tolist(), np.split(numbers[order], starts[1:]), strict=True))
    groups.pop(START, None)
    return groups


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
