"""Find the columns of a page, so that text is read down one column before the next.

The page is cut into bands, from top to bottom. A gutter is a vertical strip without text that many bands
share, with text on both sides. Consecutive bands with a common gutter are columns. Tables have gutters too;
they are told apart by their short cells.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from normqa.load.pdf.page.text.runs import Run

_MIN_GUTTER = 0.9
"""Minimum width of a gutter, as a share of the font size."""

_MIN_LINES = 4
"""Minimum lines of text on both sides of a gutter."""

_MIN_COLUMN = 0.15
"""Minimum width of a column, as a share of the width of the text."""

_FILLED = 0.6
"""Lines of prose fill at least this share of their column, on average."""

_JUSTIFIED = 0.9
"""The same, for short lines beside each other, which may be cells."""

_NARROW = 12
"""Lines of prose have at least so many characters, on average."""

_WORDY = 24
"""Lines with so many characters on average are prose, however ragged."""

_ALIGNED = 0.8
_BULLETS = frozenset("•●○▪■◦‣∙–-*")
_FEW = 0.35
"""Share of lines of the longest column below which something else is not a column."""

Interval = tuple[float, float]


def columns_of(runs: Sequence[Run]) -> list[list[Run]]:
    """Group runs by column, in reading order. Text across the page is a group of its own."""
    groups: list[list[Run]] = []
    was_whole = False
    for columns in _regions(runs):
        is_whole = len(columns) == 1
        if is_whole and was_whole:
            groups[-1] += columns[0]
        else:
            groups += columns
        was_whole = is_whole
    return groups


def _regions(runs: Sequence[Run]) -> Iterator[list[list[Run]]]:
    """Yield the columns of each region, from the top."""
    waiting: list[list[Run]] = []
    gutters: list[Interval] = []
    left, right = min((run.left for run in runs), default=0.0), max((run.right for run in runs), default=0.0)
    for band in _bands(runs):
        own = _gaps(band, left, right)
        common = _intersection(gutters, own, band) if waiting else own
        if waiting and not common:
            yield _columns(waiting, gutters)
            waiting, gutters = [band], own
        else:
            waiting.append(band)
            gutters = common
    if waiting:
        yield _columns(waiting, gutters)


def _bands(runs: Sequence[Run]) -> list[list[Run]]:
    """Group runs that overlap vertically, from the top."""
    bands: list[list[Run]] = []
    bottom = float("inf")
    for run in sorted(runs, key=lambda run: -run.top):
        middle = (run.top + run.bottom) / 2
        if bands and middle > bottom:
            bands[-1].append(run)
            bottom = max(bottom, run.bottom) if run.bottom > bottom else min(bottom, middle)
        else:
            bands.append([run])
            bottom = run.bottom
    return bands


def _gaps(band: Sequence[Run], left: float, right: float) -> list[Interval]:
    """Return the strips between two edges, left to right, in which a band has no text."""
    gaps, edge = [], left
    for run in sorted(band, key=lambda run: run.left):
        if run.left - edge > _MIN_GUTTER * run.size:
            gaps.append((edge, run.left))
        edge = max(edge, run.right)
    if right > edge:
        gaps.append((edge, right))
    return gaps


def _intersection(
    first: Sequence[Interval], second: Sequence[Interval], band: Sequence[Run]
) -> list[Interval]:
    width = _MIN_GUTTER * min(run.size for run in band)
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second)
    return [(left, right) for left, right in both if right - left >= width]


def _columns(bands: Sequence[Sequence[Run]], gutters: Sequence[Interval]) -> list[list[Run]]:
    """Split bands at the gutters that have prose on both sides."""
    runs = [run for band in bands for run in band]
    left, right = min(run.left for run in runs), max(run.right for run in runs)
    inner = sorted(gutter for gutter in gutters if gutter[0] > left and gutter[1] < right)
    if not inner:
        return [runs]
    cuts = [(gutter[0] + gutter[1]) / 2 for gutter in inner]
    while cuts:
        columns = [
            [run for run in runs if start <= (run.left + run.right) / 2 <= end]
            for start, end in pairwise([left, *cuts, right])
        ]
        aligned = all(columns) and _are_aligned(columns)
        prose = [column and _is_prose(column, right - left, is_aligned=aligned) for column in columns]
        odd = next((n for n, is_prose in enumerate(prose) if not is_prose), None)
        if odd is None:
            return columns
        if len(_bands(columns[odd])) > _FEW * max(len(_bands(column)) for column in columns):
            break
        # A few marks beside the text, such as bullets, are no column.
        nearest = max(0, odd - 1) if odd == len(columns) - 1 else odd
        del cuts[nearest]
    return [runs]


def _is_prose(column: Sequence[Run], page_width: float, *, is_aligned: bool) -> bool:
    """Whether runs are lines of a text, and not cells of a table.

    Args:
        column: The runs.
        page_width: Width of the columns together.
        is_aligned: Whether the lines of all columns are side by side, as rows are.
    """
    lines = _bands(column)
    if len(lines) < _MIN_LINES:
        return False
    width = max(run.right for run in column) - min(run.left for run in column)
    if width < _MIN_COLUMN * page_width:
        return False
    spans = [max(run.right for run in line) - min(run.left for run in line) for line in lines]
    filled = sum(spans) / len(lines) / width
    characters = sum(map(len, column)) / len(lines)
    bullets = sum(min(line, key=lambda run: run.left).first in _BULLETS for line in lines)
    if 3 * bullets >= len(lines) and characters >= _NARROW:
        return True
    if is_aligned:
        return characters >= _NARROW and filled >= (_FILLED if characters >= _WORDY else _JUSTIFIED)
    return characters >= _WORDY or (characters >= _NARROW and filled >= _FILLED)


def _are_aligned(columns: Sequence[Sequence[Run]]) -> bool:
    """Whether most lines of the shortest column have a line beside them in every other column."""
    heights = [{round(run.y) for run in column} for column in columns]
    shortest = min(heights, key=len)
    beside = [all(any(near in other for near in (y - 1, y, y + 1)) for other in heights) for y in shortest]
    return sum(beside) >= _ALIGNED * len(beside)
