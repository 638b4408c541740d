"""Walk the tree of a web page as a browser builds it, and add what a reader sees to a document."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest

from lxml import etree
from selectolax.lexbor import LexborNode

from normqa.load.flat import FlatOutline
from normqa.load.grid import Grid
from normqa.load.inline import STRUCK_TAGS, InlineText, joined_blanks
from normqa.load.numerals import integer
from normqa.load.office.mathml import mathml_text
from normqa.load.outline import Outline
from normqa.load.web.list_marker import list_marker
from normqa.load.web.roles import is_note_mark, is_page_break
from normqa.load.web.visible import is_left_out
from normqa.text.canonical import one_line

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "details", "dialog", "div", "dl", "dt", "dd",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "search", "section",
        "summary", "table", "ul", "center",
    }
)  # fmt: skip
_HEADING = re.compile(r"h[1-6]")
_LISTS = frozenset({"ul", "ol", "menu", "dl"})


_BREAK = "\ufdd0"
"""Marks where a page starts in the text that is collected. It is no character."""

_MAX_LABEL = 20
"""Longest number of a page."""


class TreeReader:
    """Adds elements to a document.

    Args:
        outline: The document.
        left_out: Counts what is left out.
        labels: The printed numbers of the pages that start at elements with these ids.
    """

    def __init__(
        self, outline: Outline, left_out: Counter[str], labels: Mapping[str, str] | None = None
    ) -> None:
        self.outline = outline
        self._left_out = left_out
        self._labels = labels or {}
        self._text = InlineText()
        self._breaks: list[str] = []  # numbers of the pages that start in it
        self._depth = 0  # of lists
        self._marker = ""
        self._key: object = None
        self._is_new_item = False

    def read(self, root: LexborNode) -> None:
        """Read an element and everything in it."""
        if label := self._labels.get(""):
            self.outline.start_page(label)
        self._block(root)
        self._flush()

    def _block(self, node: LexborNode) -> None:
        for child in node.iter(include_text=True):
            name = child.tag or ""
            if name == "-text":
                self._text.add(joined_blanks(child.text_content))
            elif not is_left_out(child, self._left_out):
                self._visible(name, child)

    def _visible(self, name: str, node: LexborNode) -> None:
        label = self._label_of(node)
        if label and name not in _BLOCKS:
            self._break_page(label)
        if name in _BLOCKS:
            self._flush()
            if label:
                self.outline.start_page(label)
            self._element(name, node)
            self._flush()
        else:
            self._inline(name, node)

    def _element(self, name: str, node: LexborNode) -> None:
        if _HEADING.fullmatch(name):
            self._heading(node, int(name[1]))
        elif name in _LISTS:
            self._list(name, node)
        elif name == "table":
            self._table(node)
        elif name == "pre":
            for line_break in node.css("br"):
                line_break.replace_with("\n")
            self.outline.code((node.text() or "").strip("\n"))
        elif is_page_break(node):
            self._page_break(node)
        elif name != "hr":
            self._block(node)

    def _inline(self, name: str, node: LexborNode) -> None:
        if name == "br":
            self._text.break_line()
        elif name == "img":
            self._left_out["image"] += 1
        elif name == "math":
            self._text.add(_formula(node))
        elif is_page_break(node):
            self._page_break(node)
        elif is_note_mark(node):
            self._text.leave_out()
        elif name in {"sup", "sub"} or name in STRUCK_TAGS:
            self._left_out["struck"] += name in STRUCK_TAGS and node.first_child is not None
            self._text.start(name)
            self._block(node)
            self._text.end(name)
        elif name == "q":
            self._text.add("“")
            self._block(node)
            self._text.add("”")
        elif name in {"rt", "rp"}:
            self._text.leave_out()
        else:
            self._block(node)

    def _label_of(self, node: LexborNode) -> str | None:
        """Return the number of the page that the page list starts at an element."""
        identifier = node.attributes.get("id") if self._labels else None
        return self._labels.get(identifier) if identifier else None

    def _page_break(self, node: LexborNode) -> None:
        """Start a page. The element contains only its number, if anything."""
        shown = one_line(node.text() or "")
        if not self._label_of(node):
            label = node.attributes.get("aria-label") or node.attributes.get("title") or shown
            self._break_page(one_line(label)[:_MAX_LABEL])
        if len(shown) > _MAX_LABEL:
            self._block(node)

    def _break_page(self, label: str) -> None:
        """Start a page in the text that is collected, which stays one paragraph."""
        self._breaks.append(label)
        self._text.add(_BREAK)

    def _taken(self) -> str:
        """Return the text that was collected, without blanks around its lines."""
        text, self._text = self._text.text(), InlineText()
        lines = (one_line(line) for line in text.split("\n"))
        return "\n".join(line for line in lines if line)

    def _add(self, text: str, add: Callable[[str], object]) -> None:
        """Add a block, and start the pages that start in it."""
        text, before_end = _without_breaks(text)
        labels, self._breaks = self._breaks, []
        if text:
            add(text)
        for label, rest in zip_longest(labels, before_end[: len(labels)], fillvalue=0):
            self.outline.start_page(str(label) or None, rest)

    def _flush(self) -> None:
        """Add the text that was collected as a paragraph, or as part of the item that is open."""
        self._add(self._taken(), self._add_text)

    def _add_text(self, text: str) -> None:
        if not self._depth:
            self.outline.paragraph(text)
        elif self._is_new_item:
            self.outline.item(text, self._depth, marker=self._marker, key=self._key)
            self._is_new_item, self._marker = False, ""
        else:
            self.outline.item_paragraph(text)

    def _heading(self, node: LexborNode, level: int) -> None:
        self._block(node)
        text = self._taken()
        if self._depth:
            self._text.add(text)
        else:
            self._add(text, lambda shown: self.outline.heading(shown, level))

    def _list(self, name: str, node: LexborNode) -> None:
        outer = self._marker, self._key, self._is_new_item
        self._depth += 1
        step = -1 if "reversed" in node.attributes else 1
        number = integer(
            node.attributes.get("start"), sum(1 for _ in children(node, "li")) if step < 0 else 1
        )
        for child in node.iter(include_text=True):
            if child.tag == "-text":
                self._text.add(joined_blanks(child.text_content))
            elif is_left_out(child, self._left_out):
                continue
            elif child.tag in _LISTS:
                self._list(child.tag, child)
            else:
                if child.tag != "dd":
                    self._flush()
                    number = integer(child.attributes.get("value"), number)
                    self._is_new_item = True
                    self._marker = list_marker(number, node, child) if name == "ol" else ""
                    self._key = node.mem_id
                    number += step
                self._block(child)
                self._flush()
        self._flush()
        self._depth -= 1
        self._marker, self._key, self._is_new_item = outer[0], outer[1], outer[2] and self._depth > 0

    def _table(self, node: LexborNode) -> None:
        if _is_layout(node):
            for row in _rows(node):
                for cell in row.iter():
                    self._block(cell)
                    self._flush()
            return
        for caption in children(node, "caption"):
            self.outline.paragraph(self._flat(caption))
        grid = Grid()
        is_first = True
        for row in _rows(node):
            names = set()
            for cell in row.iter():
                if cell.tag in {"td", "th"}:
                    names.add(cell.tag)
                    columns, rows = (integer(cell.attributes.get(name), 1) for name in ("colspan", "rowspan"))
                    grid.add(self._flat(cell), max(1, columns), max(1, rows))
            cells = grid.end_row()
            if any(cells):
                self.outline.row(cells, is_first=is_first, is_header=is_first and names == {"th"})
                is_first = False

    def _flat(self, node: LexborNode) -> str:
        """Return the text of an element on one line."""
        flat = FlatOutline(self.outline)
        TreeReader(flat, self._left_out, self._labels).read(node)
        return flat.line()


def children(node: LexborNode, name: str) -> Iterator[LexborNode]:
    """Yield the children with a name."""
    return (child for child in node.iter() if child.tag == name)


def _without_breaks(text: str) -> tuple[str, list[int]]:
    """Return a text without the marks of page breaks, and the number of characters after each."""
    first, *others = text.split(_BREAK)
    starts = []
    for part in others:
        starts.append(len(first))
        first += part.lstrip(" \n") if not first or first[-1].isspace() else part
    shown = first.rstrip()
    return shown, [max(0, len(shown) - start) for start in starts]


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    for child in table.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from _rows(child)


def _is_layout(table: LexborNode) -> bool:
    """Whether a table only arranges parts of a page."""
    if table.attributes.get("role") in {"presentation", "none"}:
        return True
    cells = [cell for row in _rows(table) for cell in row.iter()]
    return all(cell.tag == "td" for cell in cells) and any(
        cell.css_first("table, h1, h2, h3") is not None for cell in cells
    )


def _formula(node: LexborNode) -> str:
    """Return a MathML formula on one line."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring((node.html or "").encode(), parser)
    return "" if root is None else mathml_text(root)
