"""Group the lines of a PDF into parts: paragraphs and tables, joined across columns and pages."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from normqa.load.pdf.page.painted import Rule
from normqa.load.pdf.page.text.lines import Line
from normqa.load.pdf.paragraphs import Paragraph, Typography, paragraphs_of
from normqa.load.pdf.tables.find import split_tables
from normqa.load.pdf.tags.segments import Role
from normqa.load.pdf.tags.tree import Path

_NOTE = re.compile(r"\^?(?:\d{1,3}|[*†‡§])\s*\S")
_FOOT = 0.4
"""Footnotes are in this share of a column, at its end."""

_NOTE_SIZE = 0.92
"""Notes are smaller than this share of the body text."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, and how many columns and rows it covers."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        cells: Its cells.
        key: Its place in the structure tree.
        is_header: Whether it contains column names. None if that is not known.
    """

    cells: tuple[Cell, ...]
    key: Path = ()
    is_header: bool | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """What the structure tree says about a part.

    Attributes:
        role: What it is.
        key: Its place in the tree, which is the same on every page.
        level: Level of a heading, or depth of an item.
        parent: Place of the list of an item.
        item: Place of the item that contains it.
        label: Text before an item, such as its number or bullet.
    """

    role: Role
    key: Path
    level: int = 0
    parent: Path = ()
    item: Path = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph or a table.

    Attributes:
        page: Number of its page, from 0.
        paragraph: The paragraph; None for a table.
        rows: The rows of the table.
        is_note: Whether it is a footnote.
        more: Its further paragraphs, after a break of a column or page, with the numbers of their pages.
        tag: What the file says about it.
    """

    page: int
    paragraph: Paragraph | None
    rows: tuple[Row, ...] = ()
    is_note: bool = False
    more: tuple[tuple[int, Paragraph], ...] = ()
    tag: Tag | None = None

    @property
    def may_go_on(self) -> bool:
        """Whether the layout may join it with another: it is a paragraph, and no tag says otherwise."""
        return self.paragraph is not None and (self.tag is None or self.tag.role is Role.PARAGRAPH)


def parts_of(lines: Sequence[Line], page: int, rules: Sequence[Rule], typography: Typography) -> list[Part]:
    """Return the parts of one column.

    Args:
        lines: Its lines, from the top.
        page: Number of the page, from 0.
        rules: The horizontal rules of the page.
        typography: What is usual in the document.
    """
    parts: list[Part] = []
    if not lines:
        return parts
    top, bottom = max(line.y for line in lines), min(line.y for line in lines)
    foot = bottom + _FOOT * (top - bottom)
    for rows, own in split_tables(lines, rules):
        if rows:
            parts.append(Part(page, None, tuple(Row(tuple(map(Cell, cells))) for cells in rows)))
            continue
        for paragraph in paragraphs_of(own, typography):
            first = paragraph.lines[0]
            is_small = first.y < foot and first.size < _NOTE_SIZE * typography.size
            parts.append(Part(page, paragraph, is_note=is_small and bool(_NOTE.match(first.text))))
    return parts


def without_breaks(columns: Iterable[Sequence[Part]]) -> list[Part]:
    """Return the parts of all columns, with parts joined that go on after a break of a column or page."""
    out: list[Part] = []
    for parts in columns:
        place = _continuation(out, parts)
        if place is None:
            out += parts
            continue
        # What is between comes before the whole, because it is on an earlier page than its end.
        before, after = place
        whole = _joined(out.pop(before), parts[after])
        out += [*parts[:after], *whole, *parts[after + 1 :]]
    return out


def _continuation(out: Sequence[Part], parts: Sequence[Part]) -> tuple[int, int] | None:
    """Return which of the parts before a break goes on after it, and in which one."""
    if any(part.tag for part in parts):
        tagged = _last(out, lambda part: part.tag is not None and not part.is_note)
        for number, part in enumerate(parts):
            if tagged is not None and _place(part) == _place(out[tagged]):
                return tagged, number
    flowing = _last(out, lambda part: not part.is_note)
    if flowing is None or not parts:
        return None
    last, first = out[flowing], parts[0]
    end = last.more[-1][1] if last.more else last.paragraph
    may_go_on = last.may_go_on and first.may_go_on and not first.is_note
    goes_on = may_go_on and end and first.paragraph and end.goes_on_in(first.paragraph)
    return (flowing, 0) if goes_on else None


def _place(part: Part) -> tuple[Role, Path] | None:
    return (part.tag.role, part.tag.key) if part.tag else None


def _last(parts: Sequence[Part], matches: Callable[[Part], bool]) -> int | None:
    return next((number for number in range(len(parts) - 1, -1, -1) if matches(parts[number])), None)


def _joined(last: Part, part: Part) -> list[Part]:
    if part.paragraph:
        return [replace(last, more=(*last.more, (part.page, part.paragraph), *part.more))]
    *before, above = last.rows
    below, *after = part.rows
    if above.key != below.key:
        return [last, part]
    cells = zip_longest(above.cells, below.cells, fillvalue=Cell(""))
    whole = (replace(cell, text=f"{cell.text} {more.text}".strip()) for cell, more in cells)
    split = replace(last, rows=(*before, replace(above, cells=tuple(whole))))
    return [split, replace(part, rows=tuple(after))] if after else [split]
