"""Turn the lines of a PDF into headings, paragraphs, list items and table rows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from normqa.load.outline import Outline
from normqa.load.pdf.lines import Line, Run, line_of

_LARGER = 1.12
"""A heading is at least this many times as large as the body text, or bold."""

_HEADING_CHARACTERS = 200
_BOLD = 0.9
"""Share of bold characters of a line that is bold as a whole."""

_GAP = 1.4
"""A gap of this many usual line distances starts a paragraph."""

_SHORT = 0.75
"""A line that ends a sentence and fills less than this share of its column ends a paragraph."""

_CELL_GAP = 1.2
_MIN_ROWS = 3
_BULLET = re.compile(r"([•●○▪■◦‣∙·–—*-]|[\uf000-\uf0ff])\s+(?=\S)")
_NUMBER = re.compile(
    r"(\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,5}|[A-Z])[.)]|\d{1,2}(?:\.\d{1,2})+)\s+(?=\S)"
)
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_HYPHENATED = re.compile(r"(\w+)[-\u2010]$")
_FIRST_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Typography:
    """What is usual in a document.

    Attributes:
        size: Font size of the body text.
        headings: Larger sizes of headings, the largest first.
        words: Words that occur in it, in lower case.
    """

    size: float
    headings: tuple[float, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Typography":
        """Return the typography of these lines."""
        sizes: Counter[float] = Counter()
        words: set[str] = set()
        for line in lines:
            sizes[_rounded(line.size)] += len(line.text)
            words.update(word.casefold() for word in re.findall(r"\w+(?:-\w+)*", line.text))
        size = max(sizes, key=lambda size: sizes[size], default=10.0)
        larger = sorted((other for other in sizes if other >= _LARGER * size), reverse=True)
        return cls(size, tuple(larger), frozenset(words))

    def level(self, line: Line) -> int:
        """Return the level of a heading, from 1."""
        if _rounded(line.size) in self.headings:
            return self.headings.index(_rounded(line.size)) + 1
        return len(self.headings) + 1


def write_column(lines: Sequence[Line], typography: Typography, outline: Outline) -> None:
    """Add the lines of one column to a document, from the top."""
    is_table = _table_lines(lines)
    for tabular, numbers in groupby(range(len(lines)), key=lambda number: is_table[number]):
        part = [lines[number] for number in numbers]
        if tabular:
            _write_table(part, outline)
        else:
            for paragraph in _paragraphs(part, typography):
                _write_paragraph(paragraph, typography, outline)


def joined(lines: Sequence[Line], words: frozenset[str]) -> str:
    """Return lines as one, without hyphens at line ends where the joined word is known.

    Args:
        lines: The lines of a paragraph.
        words: Words that occur elsewhere, in lower case.
    """
    text = ""
    for line in lines:
        own = line.text.strip()
        hyphenated, following = _HYPHENATED.search(text), _FIRST_WORD.match(own)
        if hyphenated and following:
            whole = (hyphenated[1] + following[0]).casefold()
            compound = f"{hyphenated[1]}-{following[0]}".casefold()
            if whole in words and compound not in words:
                text = text[:-1] + own
            else:
                text += own
        else:
            text = f"{text} {own}" if text else own
    return text


def _paragraphs(lines: Sequence[Line], typography: Typography) -> Iterator[list[Line]]:
    if not lines:
        return
    distances = [before.y - after.y for before, after in pairwise(lines) if before.y > after.y]
    usual = median(distances) if distances else typography.size * 1.2
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    paragraph = [lines[0]]
    for before, line in pairwise(lines):
        if _starts(before, line, paragraph, min(usual, 1.6 * line.size), left, right, typography):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    yield paragraph


def _starts(
    before: Line,
    line: Line,
    paragraph: Sequence[Line],
    usual: float,
    left: float,
    right: float,
    typography: Typography,
) -> bool:
    """Whether a line starts a paragraph."""
    if before.y - line.y > _GAP * usual or line.y > before.y:
        return True
    if abs(before.size - line.size) > 0.1 * typography.size or abs(before.bold - line.bold) > _BOLD:
        return True
    if _BULLET.match(line.text) or (_NUMBER.match(line.text) and _SENTENCE_END.search(before.text)):
        return True
    is_short = before.right - left < _SHORT * (right - left)
    is_indented = line.left > paragraph[-1].left + 0.8 * line.size and line.left > left + 0.8 * line.size
    ends = _SENTENCE_END.search(before.text) is not None
    has_hanging_indent = _BULLET.match(paragraph[0].text) or _NUMBER.match(paragraph[0].text)
    return ends and (is_short or (is_indented and not has_hanging_indent))


def _write_paragraph(lines: Sequence[Line], typography: Typography, outline: Outline) -> None:
    text = joined(lines, typography.words)
    is_large = lines[0].size >= _LARGER * typography.size
    is_heading = (is_large or all(line.bold > _BOLD for line in lines)) and any(map(str.isalpha, text))
    is_heading = is_heading and not _BULLET.match(text)
    if is_heading and len(text) <= _HEADING_CHARACTERS and not text.endswith((".", ",", ";")):
        outline.heading(text, typography.level(lines[0]))
    elif bullet := _BULLET.match(text):
        outline.item(text[bullet.end() :], key="bullet")
    elif (number := _NUMBER.match(text)) and not is_heading:
        outline.item(text[number.end() :], marker=number[1], key="number", continues=True)
    else:
        outline.paragraph(text)


def _table_lines(lines: Sequence[Line]) -> list[bool]:
    """Return which lines are rows of tables: runs of lines with several cells, in common columns."""
    several = [len(cells_of(line)) > 1 for line in lines]
    found = [False] * len(lines)
    start = 0
    for is_row, numbers in groupby(range(len(lines)), key=lambda number: several[number]):
        length = len(list(numbers))
        if is_row and length >= _MIN_ROWS:
            found[start : start + length] = [True] * length
        start += length
    return found


def cells_of(line: Line) -> list[Line]:
    """Split a line at its wide gaps."""
    cells: list[list[Run]] = []
    for run in line.runs:
        if cells and run.left - cells[-1][-1].right <= _CELL_GAP * line.size:
            cells[-1].append(run)
        else:
            cells.append([run])
    return [line_of(cell) for cell in cells]


def _write_table(lines: Sequence[Line], outline: Outline) -> None:
    rows = [cells_of(line) for line in lines]
    columns = _column_bounds(rows)
    for number, row in enumerate(rows):
        cells = [""] * len(columns)
        for cell in row:
            middle = (cell.left + cell.right) / 2
            place = min(
                range(len(columns)),
                key=lambda index: _distance(columns[index], cell.left, cell.right, middle),
            )
            cells[place] = f"{cells[place]} {cell.text}".strip()
        outline.row(cells, is_first=number == 0)


def _column_bounds(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
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


def _distance(bound: tuple[float, float], left: float, right: float, middle: float) -> float:
    overlap = min(bound[1], right) - max(bound[0], left)
    return -overlap if overlap > 0 else abs((bound[0] + bound[1]) / 2 - middle)


def _rounded(size: float) -> float:
    return round(size * 2) / 2
