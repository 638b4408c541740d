"""Write the paragraphs and tables of a PDF as headings, paragraphs, list items, notes and rows."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from normqa.load.outline import Outline
from normqa.load.pdf.page.lines import Line
from normqa.load.pdf.page.painted import Rule
from normqa.load.pdf.paragraphs import (
    BULLET,
    LEADER,
    NUMBER,
    Paragraph,
    Typography,
    joined,
    paragraphs_of,
)
from normqa.load.pdf.tables import Row, rows_of, split_tables
from normqa.text import normalise

_HEADING_CHARACTERS = 200
_SECTION = re.compile(r"(?:[A-Z]|\d{1,2})(?:\.\d{1,2})+\.?\s+[^\W\d_]")
_SECTION_CHARACTERS = 100
_NOTE = re.compile(r"\^?(?:\d{1,3}|[*†‡§])\s*\S")
_FOOT = 0.4
"""Footnotes are in this share of a column, at its end."""

_NOTE_SIZE = 0.92
"""Notes are smaller than this share of the body text."""

_LEVELS = 6
_UNSPOKEN = re.compile(r"\W+|_")


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph or a table.

    Attributes:
        page: Number of its page, from 0.
        paragraph: The paragraph; None for a table.
        rows: The rows of the table.
        is_note: Whether it is a footnote.
        more: Its further paragraphs, after a break of a column or page, with the numbers of their pages.
    """

    page: int
    paragraph: Paragraph | None
    rows: tuple[Row, ...] = ()
    is_note: bool = False
    more: tuple[tuple[int, Paragraph], ...] = ()


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
    for is_table, own in split_tables(lines):
        if is_table:
            parts.append(Part(page, None, tuple(rows_of(own, rules))))
            continue
        for paragraph in paragraphs_of(own, typography):
            first = paragraph.lines[0]
            is_small = first.y < foot and first.size < _NOTE_SIZE * typography.size
            parts.append(Part(page, paragraph, is_note=is_small and bool(_NOTE.match(first.text))))
    return parts


def without_breaks(columns: Iterable[Sequence[Part]]) -> list[Part]:
    """Return the parts of all columns, with paragraphs joined across breaks of columns and pages."""
    out: list[Part] = []
    for parts in columns:
        flowing = next((n for n in range(len(out) - 1, -1, -1) if not out[n].is_note), None)
        first = parts[0] if parts else None
        if flowing is not None and first and first.paragraph and not first.is_note:
            last = out[flowing]
            end = last.more[-1][1] if last.more else last.paragraph
            if end and end.goes_on_in(first.paragraph):
                # Its notes come before it, because they are on an earlier page than its end.
                del out[flowing]
                out.append(replace(last, more=(*last.more, (first.page, first.paragraph))))
                out += parts[1:]
                continue
        out += parts
    return out


class Writer:
    """Adds parts to a document.

    Args:
        outline: The document.
        typography: What is usual in it.
        contents: Levels, from 1, of the headings that the file lists, by :func:`spoken` text.
        start_page: Starts a page, given its number from 0 and the characters of the last paragraph before it.
    """

    def __init__(
        self,
        outline: Outline,
        typography: Typography,
        contents: Mapping[str, int],
        start_page: Callable[[int, int], None],
    ) -> None:
        self._outline = outline
        self._typography = typography
        self._contents = contents
        self._start_page = start_page
        self._indents: list[float] = []

    def write(self, part: Part) -> None:
        """Add a part."""
        if part.paragraph is None:
            self._indents.clear()
            for number, row in enumerate(part.rows):
                cells = [BULLET.sub("", cell, count=1) if BULLET.match(cell) else cell for cell in row]
                self._outline.row(cells, is_first=number == 0)
            return
        words = self._typography.words
        lines = list(part.paragraph.lines)
        breaks = []
        for page, more in part.more:
            breaks.append((page, len(joined(lines, words))))
            lines += more.lines
        text = joined(lines, words)
        if part.is_note:
            self._outline.paragraph(text)
        else:
            self._paragraph(part.paragraph, text)
        for page, characters in breaks:
            self._start_page(page, len(normalise(text[characters:]).strip()))

    def _paragraph(self, paragraph: Paragraph, text: str) -> None:
        first = paragraph.lines[0]
        bullet, number = BULLET.match(text), NUMBER.match(text)
        level = None if bullet or LEADER.search(text) else self._level(paragraph, text)
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


def spoken(text: str) -> str:
    """Return the letters and digits of a text, in lower case, to compare headings."""
    return _UNSPOKEN.sub("", text).casefold()
