"""Read raw HTML: its text, its tables, and its struck text."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from html.parser import HTMLParser

from normqa.datatypes import BlockKind
from normqa.load.grid import Grid
from normqa.load.inline import STRUCK_TAGS, InlineText, Strikes
from normqa.load.markup.syntax.jsx import without_expressions
from normqa.load.markup.syntax.templates import split_at_tags
from normqa.text.canonical import one_line

_OWN_LINE = re.compile(
    "br|hr|p|pre|div|li|[dou]l|d[dt]|t[dhr]|table|caption|h[1-6]|blockquote|section|summary|figcaption"
    "|address|article|aside|body|center|details|dialog|dir|fieldset|figure|footer|form|head|header|hgroup|html"
    "|legend|main|menu|nav|optgroup|option|search|t(?:body|foot|head)|title"
)
_UNREAD = frozenset({"script", "style"})
_CODE = frozenset({"code", "pre"})
_CELLS = frozenset({"td", "th"})
_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")


@dataclass(frozen=True, slots=True)
class HtmlPart:
    """Lines of text, the caption of a table, or one row with tabs between its cells."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH


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
    reader = HtmlReader(Strikes())
    reader.read(html)
    return reader.struck_tags


class HtmlReader(HTMLParser):
    """Reads HTML without tags, comments, scripts, styles and struck text.

    Read one block or several, with texts between them in reading order, and then call :meth:`end`.

    Args:
        strikes: Which elements are open where the HTML starts.
    """

    def __init__(self, strikes: Strikes) -> None:
        super().__init__()
        self.struck_tags: list[tuple[str, bool]] = []
        self._parts: list[HtmlPart] = []
        self._last_comment_end: int | None = None
        self._key: Hashable = None
        self._strikes = strikes
        self._text = InlineText(strikes)
        self._data: list[str] = []  # what no tag separates
        self._unread = 0
        self._code = 0
        self._starts = 0  # of struck text
        self._tables = 0  # open tables
        self._table: Grid | None = None
        self._cell: tuple[int, int] | None = None

    def read(self, html: str, key: Hashable = None) -> None:
        """Read a block.

        Args:
            html: The block.
            key: Identifies the block: its nth tag that starts struck text has the key ``(key, n)``.
        """
        self._key, self._starts = key, 0
        self._last_comment_end = None
        self.rawdata = without_expressions(html)
        self.close()  # parses all of it at once
        self._end_data()

    def paragraph(self) -> InlineText:
        """Return where to add a paragraph of another format that stands here."""
        self._text.break_line()
        return self._text

    def end(self) -> list[HtmlPart]:
        """Return the parts that were read. Open elements end."""
        self._end_row()
        self._end_text()
        self._strikes.end_block()
        return self._parts

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element."""
        self._end_data()
        self._unread += tag in _UNREAD
        self._code += tag in _CODE
        if tag == "table":
            self._tables += 1
        if self._tables <= 1 and tag in {"table", "tr", "caption", *_ROW_GROUPS}:
            self._end_row()
            self._end_text()
            if self._table and tag in _ROW_GROUPS:
                self._table.end_group()
        elif self._tables <= 1 and tag in _CELLS:
            self._end_cell()
            self._end_text()
            self._table = self._table or Grid()
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
        """Pass an element without content."""
        self._end_data()
        self._line(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._end_data()
        self._unread -= tag in _UNREAD and self._unread > 0
        self._code -= tag in _CODE and self._code > 0
        if self._tables <= 1:
            if tag in _CELLS:
                self._end_cell()
            elif tag in {"tr", "table"}:
                self._end_row()
            elif tag == "caption":
                self._end_text(BlockKind.LEAD_IN)
        if tag == "table":
            self._tables -= self._tables > 0
            self._table = None if self._tables == 0 else self._table
        if tag in STRUCK_TAGS:
            self.struck_tags.append((tag, True))
        self._text.end(tag)
        self._line(tag)

    def handle_data(self, data: str) -> None:
        """Take text between tags."""
        if not self._unread:
            self._data.append(data)

    def _end_data(self) -> None:
        """Add the text since the last tag."""
        text = "".join(self._data)
        self._data.clear()
        first, *others = [text] if self._code else split_at_tags(text)
        self._text.add(first)
        for other in others:
            self._text.leave_out()
            self._text.add(other)

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
        cells = self._table.end_row() if self._table else []
        if any(cells):
            self._parts.append(HtmlPart("\t".join(cells), BlockKind.ROW))

    def _end_text(self, kind: BlockKind = BlockKind.PARAGRAPH) -> None:
        lines = (one_line(line) for line in self._text.text().split("\n"))
        if text := "\n".join(line for line in lines if line):
            self._parts.append(HtmlPart(text, kind))
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
    return max(1, int(digits)) if digits.isascii() and digits.isdigit() else 1
