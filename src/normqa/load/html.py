"""Read raw HTML: its text, its tables, and its struck text."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from html.parser import HTMLParser

from normqa.load.inline import STRUCK_TAGS, InlineText, Strikes
from normqa.text import one_line

_OWN_LINE = re.compile(
    "br|hr|p|pre|div|li|[dou]l|d[dt]|t[dhr]|table|caption|h[1-6]|blockquote|section|summary|figcaption"
    "|address|article|aside|body|center|details|dialog|dir|fieldset|figure|footer|form|head|header|hgroup|html"
    "|legend|main|menu|nav|optgroup|option|search|t(?:body|foot|head)|title"
)
_UNREAD = frozenset({"script", "style"})
_CELLS = frozenset({"td", "th"})
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_MAX_COLUMNS = 100
"""A cell that claims more columns or rows counts for this many."""


@dataclass(frozen=True, slots=True)
class HtmlPart:
    """Lines of text, or one row of a table with tabs between its cells."""

    text: str
    is_row: bool = False


def tag_of(html: str) -> tuple[str, bool] | None:
    """Return the element of a single tag and whether it is an end tag; None for anything else."""
    match = _TAG.match(html)
    if match is None or html.endswith("/>"):
        return None
    return match[2].lower(), bool(match[1])


def is_on_own_line(element: str) -> bool:
    """Whether a browser breaks the line before and after an element."""
    return _OWN_LINE.fullmatch(element) is not None


def struck_tags(html: str) -> list[tuple[str, bool]]:
    """Return the tags in an HTML block that start or end struck text: element, and whether it ends."""
    if not any(f"<{element}" in html.lower() or f"</{element}" in html.lower() for element in STRUCK_TAGS):
        return []
    reader = _HtmlReader(None, Strikes())
    reader.read(html)
    return reader.struck_tags


def read_html(html: str, strikes: Strikes, key: Hashable = None) -> list[HtmlPart]:
    """Return the parts of an HTML block, without tags, comments, scripts, styles and struck text.

    Args:
        html: The block.
        strikes: Which elements are open where it starts.
        key: Identifies the block: its nth tag that starts struck text has the key ``(key, n)``.
    """
    reader = _HtmlReader(key, strikes)
    reader.read(html)
    return reader.parts


class _Table:
    """The row that is being read, and the cells of earlier rows that reach into it."""

    def __init__(self) -> None:
        self.cells: list[str] = []
        self._below: dict[int, tuple[str, int]] = {}

    def add(self, text: str, columns: int, rows: int) -> None:
        self._fill()
        if rows > 1:
            self._below[len(self.cells)] = (text, rows - 1)
        self.cells += [text, *[""] * (columns - 1)]

    def row(self) -> str:
        if self.cells:
            self._fill()
        cells, self.cells = self.cells, []
        return "\t".join(cells) if any(cells) else ""

    def _fill(self) -> None:
        while len(self.cells) in self._below:
            text, rows = self._below.pop(len(self.cells))
            if rows > 1:
                self._below[len(self.cells)] = (text, rows - 1)
            self.cells.append(text)


class _HtmlReader(HTMLParser):
    def __init__(self, key: Hashable, strikes: Strikes) -> None:
        super().__init__()
        self.parts: list[HtmlPart] = []
        self.struck_tags: list[tuple[str, bool]] = []
        self._last_comment_end: int | None = None
        self._key = key
        self._strikes = strikes
        self._text = InlineText(strikes)
        self._unread = 0
        self._starts = 0  # of struck text
        self._tables = 0  # open tables
        self._table: _Table | None = None
        self._cell: tuple[int, int] | None = None

    def read(self, html: str) -> None:
        self.rawdata = html
        self.close()  # parses all of it at once
        self._end_row()
        self._end_text()
        self._strikes.end_block()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        if tag == "table":
            self._tables += 1
        if self._tables <= 1 and tag in {"table", "tr"}:
            self._end_row()
            self._end_text()
        elif self._tables <= 1 and tag in _CELLS:
            self._end_cell()
            self._end_text()
            self._table = self._table or _Table()
            spans = dict(attrs)
            self._cell = (_span(spans.get("colspan")), _span(spans.get("rowspan")))
        elif tag in STRUCK_TAGS:
            self.struck_tags.append((tag, False))
            self._text.start(tag, (self._key, self._starts))
            self._starts += 1
        else:
            self._text.start(tag)
        self._line(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._line(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD and self._unread > 0
        if self._tables <= 1:
            if tag in _CELLS:
                self._end_cell()
            elif tag in {"tr", "table"}:
                self._end_row()
        if tag == "table":
            self._tables -= self._tables > 0
            self._table = None if self._tables == 0 else self._table
        if tag in STRUCK_TAGS:
            self.struck_tags.append((tag, True))
        self._text.end(tag)
        self._line(tag)

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._text.add(data)

    def _line(self, tag: str) -> None:
        if is_on_own_line(tag) and not self._unread:
            self._text.break_line()

    def _end_cell(self) -> None:
        if self._table and self._cell:
            self._strikes.end_block()
            self._table.add(one_line(self._text.text()), *self._cell)
            self._text, self._cell = InlineText(self._strikes), None

    def _end_row(self) -> None:
        self._end_cell()
        if self._table and (row := self._table.row()):
            self.parts.append(HtmlPart(row, is_row=True))

    def _end_text(self) -> None:
        lines = (one_line(line) for line in self._text.text().split("\n"))
        if text := "\n".join(line for line in lines if line):
            self.parts.append(HtmlPart(text))
        self._text = InlineText(self._strikes)

    def parse_comment(self, i: int, report: bool = True) -> int:
        """Hide a comment without an end to the end of the block.

        The default shows it as text, and searches the block for the end of every open comment.
        """
        if self._last_comment_end is None:
            self._last_comment_end = self.rawdata.rfind("-->")
        return super().parse_comment(i, report) if self._last_comment_end >= i else len(self.rawdata)

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: ARG002
        """Skip ``<![...]>`` as browsers do. The default raises AssertionError for an unknown one."""
        return self.parse_bogus_comment(i)


def _span(value: str | None) -> int:
    """Return how many columns or rows a cell takes."""
    digits = value.strip()[:4] if value else ""
    return max(1, min(int(digits), _MAX_COLUMNS)) if digits.isascii() and digits.isdigit() else 1
