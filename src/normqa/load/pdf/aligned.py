"""Find tables with bold column names and narrow gaps, by words that start at one place in several lines.

Such a table has a cut, which no line crosses, and right of which its lines start at one place. Cells of
several lines may be centred, so that the lines of one cell are between those of the next.
"""

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from normqa.load.pdf.page.lines import Line, Run, line_of
from normqa.load.pdf.paragraphs import LEADER

_BLANK = 0.15
"""A gap of this share of the font size starts a word."""

_WIDE = 0.8
"""A gap of this share of the font size is more than a blank."""

_SAME = 1.0
"""Words that start at most this many points apart start at one place."""

_MIN_ROWS = 2
_BESIDE = 0.9
"""Lines of cells beside each other are at most this many font sizes apart."""

_FAR = 2.5
"""Lines of one table are at most this many font sizes apart."""

_SAME_SIZE = 0.05
_BOLD = 0.9
_MARK = re.compile(r"\W{1,2}|[\uf000-\uf0ff]|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxlc]{1,6})[.):]?")
"""Bullets and numbers; text after them is an item and no cell."""

_NEXT_CELL = 1.1
"""Lines of one cell are less than this many times as far apart as the nearest."""

_LEADING = 1.35
"""Lines of one cell are at most this many font sizes apart."""

_OVERLAP = 0.3
"""Cells of one row share this share of the font size of their height."""


_MAX_CHECKS = 200_000
"""Larger numbers of lines times cuts are not of tables."""


@dataclass(slots=True)
class _Words:
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
    def of(cls, line: Line) -> "_Words":
        """Return the words of a line."""
        glyphs = sorted((glyph for run in line.runs for glyph in run.glyphs), key=lambda glyph: glyph.left)
        found = cls(line, [glyphs[0].left], [])
        for before, glyph in pairwise(glyphs):
            if glyph.left - before.right > _BLANK * line.size:
                found.rights.append(before.right)
                found.lefts.append(glyph.left)
        found.rights.append(glyphs[-1].right)
        return found

    @property
    def is_bold(self) -> bool:
        """Whether all of it is bold, as are the names of columns."""
        return self.line.bold > _BOLD

    def at(self, cut: float) -> int:
        """Return the number of words left of a cut."""
        return bisect_left(self.lefts, cut - _SAME)

    def crosses(self, cut: float) -> bool:
        """Whether a word is on both sides of a cut."""
        place = self.at(cut)
        return place > 0 and self.rights[place - 1] > cut + _SAME

    def is_aligned(self, cut: float) -> bool:
        """Whether a word starts at a cut."""
        place = self.at(cut)
        return place < len(self.lefts) and self.lefts[place] <= cut + _SAME

    def gap(self, cut: float) -> float:
        """Return the gap at a cut that has words on both sides, in font sizes; else 0."""
        place = self.at(cut)
        if not 0 < place < len(self.lefts):
            return 0.0
        return (self.lefts[place] - self.rights[place - 1]) / self.line.size

    def has_left(self, cut: float) -> bool:
        """Whether a word is left of a cut."""
        return self.at(cut) > 0

    def has_right(self, cut: float) -> bool:
        """Whether a word is right of a cut."""
        return self.at(cut) < len(self.lefts)


def split_aligned(lines: Sequence[Line]) -> Iterator[tuple[list[list[str]], list[Line]]]:
    """Yield the rows of each table with its lines, and no rows with the lines between tables."""
    words = [_Words.of(line) for line in lines]
    start = 0
    for first, last, cuts in _tables(words):
        if first > start:
            yield [], list(lines[start:first])
        yield _rows(words[first:last], cuts), list(lines[first:last])
        start = last
    if start < len(lines):
        yield [], list(lines[start:])


def _tables(words: Sequence[_Words]) -> list[tuple[int, int, list[float]]]:
    """Return the first and the last line, exclusive, and the cuts of each table, from the top."""
    places = _places(words)
    if len(places) * len(words) > _MAX_CHECKS:
        return []
    regions = [(first, last, cut) for cut in places for first, last in _regions(words, cut)]

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


def _is_further(words: Sequence[_Words], cut: float, cuts: Sequence[float]) -> bool:
    """Whether no line of a table crosses a cut, and a column name is between it and the others."""
    names = [left for own in words if own.is_bold for left in own.lefts]
    return not any(own.crosses(cut) for own in words) and all(
        any(min(cut, other) - _SAME <= left < max(cut, other) - _SAME for left in names) for other in cuts
    )


def _places(words: Sequence[_Words]) -> list[float]:
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


def _regions(words: Sequence[_Words], cut: float) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line, exclusive, of each table with a cut."""
    start = 0
    while start < len(words):
        end = start
        while (
            end < len(words)
            and _fits(words[end], cut)
            and (end == start or _is_near(words[end - 1], words[end]))
        ):
            end += 1
        first, last = _trimmed(words, cut, start, end)
        first = _head(words, cut, first) if first < last else first
        if first < last and _is_table(words[first:last], cut):
            yield first, last
        start = max(end, start + 1)


def _fits(own: _Words, cut: float) -> bool:
    """Whether a line is aligned at a cut, or has all its text on one side, or cells around it."""
    is_on_one_side = not (own.has_left(cut) and own.has_right(cut))
    return not own.crosses(cut) and (is_on_one_side or own.is_aligned(cut) or own.gap(cut) > _WIDE)


def _is_near(before: _Words, own: _Words) -> bool:
    """Whether two lines may be of one table."""
    is_same_size = abs(before.line.size - own.line.size) < _SAME_SIZE * own.line.size
    return is_same_size and 0 <= before.line.y - own.line.y <= _FAR * own.line.size


def _trimmed(words: Sequence[_Words], cut: float, first: int, last: int) -> tuple[int, int]:
    """Return a region without the lines at its ends that have nothing beside them."""
    while first < last and not _is_beside(words, cut, first):
        first += 1
    while first < last and not _is_beside(words, cut, last - 1):
        last -= 1
    return first, last


def _is_beside(words: Sequence[_Words], cut: float, number: int) -> bool:
    """Whether a line has text right of a cut, or a line beside it has."""
    own = words[number]
    return any(
        other.has_right(cut) and abs(other.line.y - own.line.y) <= _BESIDE * own.line.size
        for other in words[max(0, number - 1) : number + 2]
    )


def _head(words: Sequence[_Words], cut: float, first: int) -> int:
    """Return the first line of a table, with the column names above, which may be centred."""
    while first > 0 and words[first - 1].is_bold and _is_near(words[first - 1], words[first]):
        if words[first - 1].crosses(cut):
            break
        first -= 1
    return first


def _is_table(words: Sequence[_Words], cut: float) -> bool:
    """Whether lines have column names in bold, and enough of them have cells on both sides of a cut."""
    body = next((number for number, own in enumerate(words) if not own.is_bold), len(words))
    names = words[:body]
    has_names = any(own.has_left(cut) for own in names) and any(own.has_right(cut) for own in names)
    rows = [
        own for n, own in enumerate(words) if n >= body and own.has_left(cut) and _is_beside(words, cut, n)
    ]
    is_wide = any(own.gap(cut) > _WIDE or not own.has_right(cut) for own in (*names, *rows))
    is_list = all(_MARK.fullmatch(_text(own, -math.inf, cut)) for own in rows)
    return has_names and len(rows) >= _MIN_ROWS and is_wide and not is_list


def _text(own: _Words, start: float, end: float) -> str:
    """Return the text between two cuts."""
    parts = [
        [glyph for glyph in run.glyphs if start - _SAME <= glyph.left < end - _SAME] for run in own.line.runs
    ]
    runs = [Run.of(part) for part in parts if part]
    return line_of(runs).text.strip() if runs else ""


@dataclass(slots=True)
class _Cell:
    """Lines of one cell: its column, its text, and where it starts and ends."""

    column: int
    text: str
    top: float
    bottom: float
    size: float


def _rows(words: Sequence[_Words], cuts: Sequence[float]) -> list[list[str]]:
    """Return the rows of a table: cells that share some of their height."""
    bounds = list(pairwise([-math.inf, *cuts, math.inf]))
    columns = [[(own.line, text) for own in words if (text := _text(own, *bound))] for bound in bounds]
    leading = _leading(columns)
    cells = [cell for number, column in enumerate(columns) for cell in _cells(number, column, leading)]
    rows: list[list[str]] = []
    bottom = math.inf
    for cell in sorted(cells, key=lambda cell: -cell.top):
        if not rows or cell.top - bottom < _OVERLAP * cell.size:
            rows.append([""] * len(bounds))
            bottom = cell.bottom
        bottom = min(bottom, cell.bottom)
        rows[-1][cell.column] = f"{rows[-1][cell.column]} {cell.text}".strip()
    return rows


def _leading(columns: Sequence[Sequence[tuple[Line, str]]]) -> float:
    """Return the distance of lines of one cell; 0 if every line is a cell."""
    distances = [above.y - below.y for column in columns for (above, _), (below, _) in pairwise(column)]
    size = min((line.size for column in columns for line, _ in column), default=0.0)
    nearest = min((distance for distance in distances if distance > 0), default=0.0)
    is_uneven = any(distance > _NEXT_CELL * nearest for distance in distances)
    return nearest if is_uneven and nearest <= _LEADING * size else 0.0


def _cells(number: int, column: Sequence[tuple[Line, str]], leading: float) -> Iterator[_Cell]:
    cell: _Cell | None = None
    above = math.inf
    for line, text in column:
        top, bottom = line.y + 0.7 * line.size, line.y - 0.2 * line.size
        if cell and above - line.y <= _NEXT_CELL * leading:
            cell.text, cell.bottom = f"{cell.text} {text}", bottom
        else:
            if cell:
                yield cell
            cell = _Cell(number, text, top, bottom, line.size)
        above = line.y
    if cell:
        yield cell
