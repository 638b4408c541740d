"""Find tables with wide gaps: lines with several cells in common columns."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from statistics import median

import numpy as np

from normqa.load.pdf.page.painted import Rule
from normqa.load.pdf.page.text.lines import Line, line_of, lines_from
from normqa.load.pdf.page.text.runs import Run

_CELL_GAP = 1.2
"""A gap of this share of the font size separates cells."""

_NARROW_CELL_GAP = 0.75
"""The same, for lines that are known to be rows."""

_MIN_ROWS = 3
_NARROW_GAP = 0.4
"""Less of a gap separates cells where the other rows have two columns."""

_FAR = 4.0
"""Lines of one table are at most this many font sizes apart."""

_NEAR = 1.6
"""Lines of one cell are at most this many font sizes apart."""

_TIGHT = 0.85
"""Lines of one row are closer than this share of the distance of rows."""

_WRAPPED_WIDTH = 0.6
_MIN_RULED_ROWS = 4

_FIGURE = re.compile(r"[-+±~<>≤≥]?[\d.,%()\s]*\d[\d.,%()\s]*$")
"""A number; no cell goes on from one to another."""

Row = list[str]
Bounds = tuple[float, float]


def split_spaced(lines: Sequence[Line]) -> Iterator[tuple[bool, list[Line]]]:
    """Yield the lines of tables, with True, and those between them, with False, from the top."""
    start = 0
    for first, last in _regions(lines):
        if first > start:
            yield False, list(lines[start:first])
        yield True, list(lines[first:last])
        start = last
    if start < len(lines):
        yield False, list(lines[start:])


def rows_of(lines: Sequence[Line], rules: Sequence[Rule]) -> list[Row]:
    """Return the rows of a table.

    Args:
        lines: Its lines.
        rules: The horizontal rules of the page.
    """
    cells = _cells(lines, _NARROW_CELL_GAP)
    columns = _columns(cells)
    placed = [_placed([part for cell in line for part in _cut(cell, columns)], columns) for line in cells]
    is_ruled = _is_ruled(lines, placed, rules)
    distance = _distance_of_rows(lines, placed)
    rows = placed[:1]
    for (before, line), row in zip(pairwise(lines), placed[1:], strict=True):
        starts = _is_divided(before, line, rules) if is_ruled else _starts_row(before, line, row, distance)
        if starts or _have_figures(rows[-1], row):
            rows.append(row)
        else:
            rows[-1] = [f"{above} {below}".strip() for above, below in zip(rows[-1], row, strict=True)]
    return rows


def _cells(lines: Sequence[Line], gap: float) -> list[list[Line]]:
    """Return the cells of each line."""
    runs = [_cell_runs(line, gap) for line in lines]
    cells = iter(lines_from([own for line in runs for own in line]))
    return [list(islice(cells, len(line))) for line in runs]


def _cell_runs(line: Line, gap: float) -> list[list[Run]]:
    """Split a line at its gaps wider than this share of the font size."""
    cells: list[list[Run]] = []
    for run in (piece for whole in line.runs for piece in _split(whole, gap)):
        if cells and run.left - cells[-1][-1].right <= gap * line.size:
            cells[-1].append(run)
        else:
            cells.append([run])
    return cells


def _split(run: Run, gap: float) -> Iterator[Run]:
    widest = gap * run.size
    if run.gap <= widest:
        yield run
        return
    left, _, right, _ = run.glyphs.boxes[run.numbers].T
    order = np.argsort(left, kind="stable")
    cuts = np.flatnonzero(left[order][1:] - right[order][:-1] > widest) + 1
    for part in np.split(run.numbers[order], cuts):
        yield Run.of(run.glyphs, part)


def _regions(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line, exclusive, of each table."""
    several = [len(_cell_runs(line, _CELL_GAP)) > 1 for line in lines]
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and (
            several[end] or (end > start and _is_wrapped(end, start, lines, several))
        ):
            end += 1
        if sum(several[start:end]) >= _MIN_ROWS:
            yield start, end
        start = max(end, start + 1)


def _is_wrapped(number: int, start: int, lines: Sequence[Line], several: Sequence[bool]) -> bool:
    """Whether a line with one cell goes on with a cell of the row above."""
    line, before = lines[number], lines[number - 1]
    above = [lines[index] for index in range(start, number) if several[index]]
    left, right = min(other.left for other in above), max(other.right for other in above)
    return (
        before.y - line.y <= _NEAR * line.size
        and left - line.size <= line.left
        and line.right <= right + line.size
        and line.right - line.left < _WRAPPED_WIDTH * (right - left)
        and any(
            line.left < cell_right and cell_left < line.right
            for cell_left, cell_right in map(_edges, _cell_runs(above[-1], _CELL_GAP))
            if abs(cell_left - line.left) < line.size or cell_left > left + line.size
        )
    )


def _edges(runs: Sequence[Run]) -> Bounds:
    return min(run.left for run in runs), max(run.right for run in runs)


def _have_figures(above: Row, below: Row) -> bool:
    """Whether two rows have figures in the same column."""
    pairs = zip(above, below, strict=True)
    return any(_FIGURE.match(first) and _FIGURE.match(second) for first, second in pairs)


def _distance_of_rows(lines: Sequence[Line], placed: Sequence[Row]) -> float | None:
    """Return the usual distance of a row with a label from the line above; None if there is no such row."""
    pairs = zip(pairwise(lines), placed[1:], strict=True)
    distances = [before.y - line.y for (before, line), row in pairs if row[0]]
    return median(distances) if distances else None


def _starts_row(before: Line, line: Line, row: Row, usual: float | None) -> bool:
    """Whether a line of a table without rules starts a row, and does not go on with the row above.

    Args:
        before: The line above.
        line: The line.
        row: Its text in each column.
        usual: See :func:`_distance_of_rows`.
    """
    distance = before.y - line.y
    if distance > _NEAR * line.size:
        return True
    filled = sum(map(bool, row))
    if 2 * filled <= len(row) and usual is not None and distance < _TIGHT * usual:
        return False
    return filled > 1 or bool(row[0])


def _is_ruled(lines: Sequence[Line], placed: Sequence[Row], rules: Sequence[Rule]) -> bool:
    """Whether rules separate the rows of a table, and not only its head from its body."""
    groups = [[placed[0]]]
    for (before, after), row in zip(pairwise(lines), placed[1:], strict=True):
        if _is_divided(before, after, rules):
            groups.append([])
        groups[-1].append(row)
    has_one_label = all(sum(bool(row[0]) for row in group) <= 1 for group in groups)
    return len(groups) >= _MIN_RULED_ROWS or (len(groups) > 1 and has_one_label)


def _is_divided(before: Line, after: Line, rules: Sequence[Rule]) -> bool:
    left, right = min(before.left, after.left), max(before.right, after.right)
    return any(after.y < rule.y < before.y and rule.left < right and rule.right > left for rule in rules)


def _columns(rows: Sequence[Sequence[Line]]) -> list[Bounds]:
    """Return the columns of a table: the cells of the row with the most cells, widened by what overlaps."""
    widest = max(rows, key=len)
    bounds = [(cell.left, cell.right) for cell in widest]
    for row in rows:
        for cell in row:
            touched = [n for n, (left, right) in enumerate(bounds) if cell.left < right and cell.right > left]
            if len(touched) == 1:
                left, right = bounds[touched[0]]
                bounds[touched[0]] = min(left, cell.left), max(right, cell.right)
    return bounds


def _cut(cell: Line, columns: Sequence[Bounds]) -> Iterator[Line]:
    """Cut a cell that covers several columns at the gaps between these columns."""
    gutters = [
        (left, right)
        for (_, left), (right, _) in pairwise(columns)
        if left <= right and cell.left < left and right < cell.right
    ]
    if not gutters:
        yield cell
        return
    part: list[Run] = []
    for run in cell.runs:
        for piece in _split(run, _NARROW_GAP):
            if part and any(part[-1].right <= right and left <= piece.left for left, right in gutters):
                yield line_of(part)
                part = []
            part.append(piece)
    yield line_of(part)


def _placed(cells: Sequence[Line], columns: Sequence[Bounds]) -> Row:
    """Return the text of each column."""
    row = [""] * len(columns)
    for cell in cells:
        middle = (cell.left + cell.right) / 2
        place = min(range(len(columns)), key=lambda index: _distance(columns[index], cell, middle))
        row[place] = f"{row[place]} {cell.text}".strip()
    return row


def _distance(bounds: Bounds, cell: Line, middle: float) -> float:
    overlap = min(bounds[1], cell.right) - max(bounds[0], cell.left)
    return -overlap if overlap > 0 else abs((bounds[0] + bounds[1]) / 2 - middle)
