"""Write the parts of a PDF as headings, paragraphs, list items, notes and rows."""

import re
from collections.abc import Callable, Mapping

from normqa.load.grid import Grid
from normqa.load.outline import Outline
from normqa.load.pdf.page.text.letters import SOFT_HYPHEN
from normqa.load.pdf.page.text.lines import Line
from normqa.load.pdf.paragraphs import BULLET, LEADER, NUMBER, Paragraph, Typography
from normqa.load.pdf.parts import Cell, Part, Tag
from normqa.load.pdf.tags.segments import Role
from normqa.load.pdf.tags.tree import Path
from normqa.text.canonical import normalise

_HEADING_CHARACTERS = 200
_SECTION = re.compile(r"(?:[A-Z]|\d{1,2})(?:\.\d{1,2})+\.?\s+[^\W\d_]")
_SECTION_CHARACTERS = 100
_LEVELS = 6
_UNSPOKEN = re.compile(r"\W+|_")
_FIRST_LABEL = re.compile(r"\W*(?:0?1|[aAiI])\W*")
"""The label of the first item of a list."""

_NUMBER_LABEL = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxlc]{1,7}|[IVXLC]{1,7})[.):]{0,2}")
_LABEL = re.compile(r"(?!o$)\W*\w")
"""A label that is no bullet. The letter o, not followed by a mark, is one."""


class Writer:
    """Adds parts to a document.

    Args:
        outline: The document.
        typography: What is usual in it.
        contents: Levels, from 1, of the headings that the file lists, by :func:`spoken` text.
        start_page: Starts a page, given its number from 0 and the characters of the last paragraph before it.
        has_tagged_headings: Whether the file tags headings, so that tagged paragraphs are none.
    """

    def __init__(
        self,
        outline: Outline,
        typography: Typography,
        contents: Mapping[str, int],
        start_page: Callable[[int, int], None],
        *,
        has_tagged_headings: bool = False,
    ) -> None:
        self._outline = outline
        self._typography = typography
        self._contents = contents
        self._start_page = start_page
        self._has_tagged_headings = has_tagged_headings
        self._indents: list[float] = []
        self._items: set[Path] = set()
        self._numbered: dict[Path, Path] = {}  # the list that each list of numbers goes on with, or itself
        self._last_numbered: dict[int, Path] = {}  # by depth
        self._table: Path = ()
        self._rows: dict[Path, tuple[Cell, ...]] = {}  # of the table, by their places in the tree
        self._grid = Grid()

    def write(self, part: Part) -> None:
        """Add a part."""
        if part.paragraph is None:
            self._write_rows(part)
            return
        self._table = ()
        joined = self._typography.line_ends.joined
        lines = list(part.paragraph.lines)
        breaks = []
        for page, more in part.more:
            breaks.append((page, len(joined(lines))))
            lines += more.lines
        text = joined(lines)
        tag = part.tag
        if part.is_note:
            self._outline.paragraph(text)
        elif tag and tag.role is Role.HEADING and len(text) <= _HEADING_CHARACTERS:
            self._indents.clear()
            self._outline.heading(text, tag.level)
        elif tag and tag.role is Role.ITEM:
            self._item(tag, text)
        else:
            self._paragraph(part.paragraph, text, tag)
        for page, characters in breaks:
            self._start_page(page, len(normalise(text[characters:]).strip()))

    def _write_rows(self, part: Part) -> None:
        """Add the rows of a table. Rows that are repeated on a further page are added once."""
        self._indents.clear()
        is_first = part.tag is None or part.tag.key != self._table
        if is_first:
            self._table, self._grid = part.tag.key if part.tag else (), Grid()
            self._rows.clear()
        for row in part.rows:
            if row.key and self._rows.get(row.key) == row.cells:
                continue
            goes_on = bool(row.key) and row.key in self._rows
            self._rows[row.key] = row.cells
            for cell in row.cells:
                text = cell.text.replace(f"{SOFT_HYPHEN} ", "").replace(SOFT_HYPHEN, "")
                self._grid.add(_without_bullet(text), cell.columns, 1 if goes_on else cell.rows)
            cells = self._grid.end_row()
            if any(cells):
                self._outline.row(cells, is_first=is_first, is_header=row.is_header)
                is_first = False

    def _item(self, tag: Tag, text: str) -> None:
        """Add a paragraph of a tagged item."""
        self._indents.clear()
        if tag.item in self._items:
            self._outline.item_paragraph(text)
        else:
            self._items.add(tag.item)
            number = None if tag.label else NUMBER.match(text)
            label, own = (number[1], text[number.end() :]) if number else (tag.label, text)
            marker = label if _LABEL.match(label) else ""
            is_number = _NUMBER_LABEL.fullmatch(marker) is not None
            self._outline.item(
                own if marker else _without_bullet(own),
                tag.level,
                marker=marker,
                key=self._numbers(tag, marker) if is_number else tag.parent if marker else "bullet",
                continues=is_number,
            )

    def _numbers(self, tag: Tag, marker: str) -> Path:
        """Return the list of a numbered item. Some files start a list where the numbers go on."""
        if tag.parent not in self._numbered:
            starts = _FIRST_LABEL.fullmatch(marker) is not None
            before = tag.parent if starts else self._last_numbered.get(tag.level, tag.parent)
            self._numbered[tag.parent] = before
        self._last_numbered[tag.level] = self._numbered[tag.parent]
        return self._numbered[tag.parent]

    def _paragraph(self, paragraph: Paragraph, text: str, tag: Tag | None) -> None:
        first = paragraph.lines[0]
        bullet, number = BULLET.match(text), NUMBER.match(text)
        is_text = bullet or LEADER.search(text) or (tag and self._has_tagged_headings)
        level = None if is_text else self._level(paragraph, text)
        if level:
            self._indents.clear()
            self._outline.heading(text, level)
        elif bullet:
            self._outline.item(text[bullet.end() :], self._depth(first), key="bullet")
        elif number or LEADER.search(text):
            marker = number[1] if number else ""
            own = LEADER.sub(" … ", text[number.end() if number else 0 :])
            self._outline.item(own, self._depth(first), marker=marker, key="number", continues=bool(number))
        else:
            self._indents.clear()
            self._outline.paragraph(text)

    def _level(self, paragraph: Paragraph, text: str) -> int | None:
        """Return the level of a heading; None for other paragraphs."""
        if len(text) > _HEADING_CHARACTERS or not any(map(str.isalpha, text)):
            return None
        if listed := self._contents.get(spoken(text)):
            return min(listed, _LEVELS)
        if text.endswith((".", ",", ";")):
            return None
        section = _SECTION.match(text) is not None and len(text) <= _SECTION_CHARACTERS
        if self._typography.is_large(paragraph.lines[0]) or paragraph.is_bold:
            return self._typography.level(paragraph.lines[0])
        if section and paragraph.is_alone and len(paragraph.lines) <= 2:  # noqa: PLR2004
            return min(len(self._typography.headings) + 1, _LEVELS)
        return None

    def _depth(self, line: Line) -> int:
        """Return the depth of an item by its indentation."""
        while self._indents and self._indents[-1] > line.left + 0.5 * line.size:
            self._indents.pop()
        if not self._indents or self._indents[-1] < line.left - 0.5 * line.size:
            self._indents.append(line.left)
        return len(self._indents)


def _without_bullet(text: str) -> str:
    bullet = BULLET.match(text)
    return text[bullet.end() :] if bullet else text


def spoken(text: str) -> str:
    """Return the letters and digits of a text, in lower case, to compare headings."""
    return _UNSPOKEN.sub("", text).casefold()
