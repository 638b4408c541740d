"""Find the characters of a page by their marked content."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from normqa.load.pdf.page.bullets import with_bullets
from normqa.load.pdf.page.columns import columns_of
from normqa.load.pdf.page.glyphs import Glyph
from normqa.load.pdf.page.lines import Line, Run, lines_of, undoubled_runs
from normqa.load.pdf.page.page import Page
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
        self._marks = page.marks
        self._glyphs: dict[int, list[tuple[int, Glyph]]] = defaultdict(list)
        outside: dict[int, list[Line]] = defaultdict(list)
        last, total, covered = START, 0, 0
        for line in page.lines():
            glyphs = [glyph for run in line.runs for glyph in run.glyphs]
            tagged = [glyph for glyph in glyphs if glyph.style.address in content]
            total, covered = total + len(glyphs), covered + len(tagged)
            if not tagged:
                outside[last].append(line)
                continue
            beside = tagged[0]
            for glyph in glyphs:
                beside = glyph if glyph.style.address in content else beside
                self._glyphs[content[beside.style.address]].append((beside.index, glyph))
            last = content[beside.style.address]
        self.outside: Mapping[int, Sequence[Line]] = outside
        self.covered = covered / total if total else 0.0

    def lines(self, ids: Sequence[int]) -> list[Line]:
        """Return the lines of a block, column by column."""
        return [line for runs in _flows(self._runs(ids)) for line in lines_of(runs)]

    def columns(self, ids: Sequence[int]) -> list[list[Line]]:
        """Return the lines of content whose order only the layout knows."""
        columns = map(lines_of, columns_of(self._runs(ids)))
        return [with_bullets(column, self._marks) for column in columns]

    def _runs(self, ids: Sequence[int]) -> list[Run]:
        """Return runs in logical order. No run is of two contents, whose order on the page may differ."""
        glyphs: list[Glyph] = []
        breaks = []
        for id_ in ids:
            if own := self._glyphs.get(id_):
                breaks.append(len(glyphs))
                glyphs += [glyph for _, glyph in sorted(own, key=_in_file)]
        return undoubled_runs(glyphs, breaks)


def _in_file(placed: tuple[int, Glyph]) -> tuple[int, int]:
    return placed[0], placed[1].index


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
