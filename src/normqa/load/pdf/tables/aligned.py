"""Find tables with bold column names and narrow gaps, by words that start at one place in several lines.

Such a table has a cut, which no line crosses, and right of which its lines start at one place. Cells of
several lines may be centred, so that the lines of one cell are between those of the next.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise, starmap

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.page.text.lines import Line
from normqa.load.pdf.paragraphs import LEADER
from normqa.load.pdf.tables.cells import rows_of_cells
from normqa.load.pdf.tables.words import SAME, Words, fitting, texts_between, words_of

_WIDE = 0.8
"""A gap of this share of the font size is more than a blank."""

_MIN_ROWS = 2
_BESIDE = 0.9
"""Lines of cells beside each other are at most this many font sizes apart."""

_FAR = 2.5
"""Lines of one table are at most this many font sizes apart."""

_SAME_SIZE = 0.05
_MARK = re.compile(r"\W{1,2}|[\uf000-\uf0ff]|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxlc]{1,6})[.):]?")
"""Bullets and numbers; text after them is an item and no cell."""


_MAX_CHECKS = 200_000
"""Larger numbers of lines times cuts are not of tables."""


def split_aligned(lines: Sequence[Line]) -> Iterator[tuple[list[list[str]], list[Line]]]:
    """Yield the rows of each table with its lines, and no rows with the lines between tables."""
    has_names = any(above.bold > below.bold for above, below in pairwise(lines))
    words = words_of(lines) if has_names else []
    start = 0
    for first, last, cuts in _tables(words):
        if first > start:
            yield [], list(lines[start:first])
        yield rows_of_cells(words[first:last], cuts), list(lines[first:last])
        start = last
    if start < len(lines):
        yield [], list(lines[start:])


def _tables(words: Sequence[Words]) -> list[tuple[int, int, list[float]]]:
    """Return the first and the last line, exclusive, and the cuts of each table, from the top."""
    places = _places(words)
    if not places or len(places) * len(words) > _MAX_CHECKS:
        return []
    near = [False, *starmap(_is_near, pairwise(words))]
    cuts = list(dict.fromkeys(places))
    regions = [
        (first, last, cuts[number])
        for number, start, end in _regions(words, near, fitting(words, cuts, _WIDE))
        for first, last in _table(words, cuts[number], start, end)
    ]

    def aligned(region: tuple[int, int, float]) -> int:
        first, last, cut = region
        return sum(own.is_aligned(cut) for own in words[first:last])

    tables: list[tuple[int, int, list[float]]] = []
    for first, last, cut in sorted(regions, key=aligned, reverse=True):
        around = next((table for table in tables if table[0] < last and first < table[1]), None)
        if around is None:
            tables.append((first, last, [cut]))
        elif _is_further(words[around[0] : around[1]], cut, around[2]):
            around[2].append(cut)
    return sorted((first, last, sorted(cuts)) for first, last, cuts in tables)


def _is_further(words: Sequence[Words], cut: float, cuts: Sequence[float]) -> bool:
    """Whether no line of a table crosses a cut, and a column name is between it and the others."""
    names = [left for own in words if own.is_bold for left in own.lefts]
    return not any(own.crosses(cut) for own in words) and all(
        any(min(cut, other) - SAME <= left < max(cut, other) - SAME for left in names) for other in cuts
    )


def _places(words: Sequence[Words]) -> list[float]:
    """Return where a cut may be: after wide gaps of several lines, and at words below names of columns."""
    wide: dict[int, list[float]] = defaultdict(list)
    left = min((own.lefts[0] for own in words), default=0.0)
    for own in words:
        if not LEADER.search(own.line.text):
            for before, x in zip([left, *own.rights], own.lefts, strict=False):
                if x - before > _WIDE * own.line.size:
                    wide[round(x)].append(x)
    near = {place: sum(len(wide.get(place + step, ())) for step in (-1, 0, 1)) for place in wide}
    below = [own.lefts[1:] for above, own in pairwise(words) if above.is_bold and not own.is_bold]
    places = [min(found) for place, found in wide.items() if near[place] >= _MIN_ROWS]
    return [*places, *chain.from_iterable(below)]


def _regions(
    words: Sequence[Words], near: Sequence[bool], fits: NDArray[np.bool_]
) -> Iterator[tuple[int, int, int]]:
    """Yield the number of a cut, and the first and the last line, exclusive, of each table that may have it.

    Args:
        words: The lines of a column.
        near: Whether each line and the one before may be of one table.
        fits: Whether each cut fits each line.
    """
    goes_on = fits[:, 1:] & fits[:, :-1] & np.array(near, bool)[1:]
    no = np.zeros((len(fits), 1), bool)
    numbers, starts = np.nonzero(fits & ~np.hstack([no, goes_on]))
    ends = np.nonzero(fits & ~np.hstack([goes_on, no]))[1] + 1
    bold = np.array([0, *accumulate(own.is_bold for own in words)])
    has_rows = ends - starts - bold[ends] + bold[starts] >= _MIN_ROWS
    has_names = bold[ends] > bold[np.maximum(starts - 1, 0)]
    found = np.flatnonzero(has_rows & has_names)
    return zip(numbers[found].tolist(), starts[found].tolist(), ends[found].tolist(), strict=True)


def _table(words: Sequence[Words], cut: float, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line, exclusive, of the table in a region, if it is one."""
    first, last = _trimmed(words, cut, start, end)
    first = _head(words, cut, first) if first < last else first
    if first < last and _is_table(words[first:last], cut):
        yield first, last


def _is_near(before: Words, own: Words) -> bool:
    """Whether two lines may be of one table."""
    is_same_size = abs(before.line.size - own.line.size) < _SAME_SIZE * own.line.size
    return is_same_size and 0 <= before.line.y - own.line.y <= _FAR * own.line.size


def _trimmed(words: Sequence[Words], cut: float, first: int, last: int) -> tuple[int, int]:
    """Return a region without the lines at its ends that have nothing beside them."""
    while first < last and not _is_beside(words, cut, first):
        first += 1
    while first < last and not _is_beside(words, cut, last - 1):
        last -= 1
    return first, last


def _is_beside(words: Sequence[Words], cut: float, number: int) -> bool:
    """Whether a line has text right of a cut, or a line beside it has."""
    own = words[number]
    return any(
        other.has_right(cut) and abs(other.line.y - own.line.y) <= _BESIDE * own.line.size
        for other in words[max(0, number - 1) : number + 2]
    )


def _head(words: Sequence[Words], cut: float, first: int) -> int:
    """Return the first line of a table, with the column names above, which may be centred."""
    while first > 0 and words[first - 1].is_bold and _is_near(words[first - 1], words[first]):
        if words[first - 1].crosses(cut):
            break
        first -= 1
    return first


def _is_table(words: Sequence[Words], cut: float) -> bool:
    """Whether lines have column names in bold, and enough of them have cells on both sides of a cut."""
    body = next((number for number, own in enumerate(words) if not own.is_bold), len(words))
    names = words[:body]
    if not (any(own.has_left(cut) for own in names) and any(own.has_right(cut) for own in names)):
        return False
    rows = [
        own for n, own in enumerate(words) if n >= body and own.has_left(cut) and _is_beside(words, cut, n)
    ]
    if len(rows) < _MIN_ROWS:
        return False
    is_wide = any(own.gap(cut) > _WIDE or not own.has_right(cut) for own in (*names, *rows))
    return is_wide and not all(_MARK.fullmatch(text) for text in texts_between(rows, -math.inf, cut))
