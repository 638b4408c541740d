"""Assemble the rows of a table from its lines, which may be centred in their cells."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from normqa.load.pdf.page.text.lines import Line
from normqa.load.pdf.tables.words import Words, texts_between

_NEXT_CELL = 1.1
"""Lines of one cell are less than this many times as far apart as the nearest."""

_LEADING = 1.35
"""Lines of one cell are at most this many font sizes apart."""

_OVERLAP = 0.3
"""Cells of one row share this share of the font size of their height."""


@dataclass(slots=True)
class _Cell:
    """Lines of one cell: its column, its text, and where it starts and ends."""

    column: int
    text: str
    top: float
    bottom: float
    size: float


def rows_of_cells(words: Sequence[Words], cuts: Sequence[float]) -> list[list[str]]:
    """Return the rows of a table: cells that share some of their height."""
    bounds = list(pairwise([-math.inf, *cuts, math.inf]))
    columns = [
        [(own.line, text) for own, text in zip(words, texts_between(words, *bound), strict=True) if text]
        for bound in bounds
    ]
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
