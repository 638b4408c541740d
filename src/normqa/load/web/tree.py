"""Walk the tree of a web page as a browser builds it, and add what a reader sees to a document."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from normqa.load.grid import Grid
from normqa.load.inline import STRUCK_TAGS, InlineText, joined_blanks
from normqa.load.numerals import LIST_TYPES, format_number, integer
from normqa.load.outline import Outline
from normqa.text import one_line

_UNSEEN = frozenset(
    {
        "-comment",
        "audio",
        "button",
        "canvas",
        "datalist",
        "embed",
        "head",
        "iframe",
        "input",
        "link",
        "meta",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    }
)
_NAVIGATION = frozenset({"nav"})
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "details", "dialog", "div", "dl", "dt", "dd",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "search", "section",
        "summary", "table", "ul", "center",
    }
)  # fmt: skip
_HEADING = re.compile(r"h[1-6]")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOTE_REFERENCES = frozenset({"doc-noteref", "noteref"})
_PAGE_BREAKS = frozenset({"doc-pagebreak", "pagebreak"})
_BACK_LINKS = frozenset({"doc-backlink", "backlink"})
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z*†‡§])[\])]?")


class TreeReader:
    """Adds elements to a document.

    Attributes:
        outline: The document.
        hidden_words: Words of hidden text and navigation that were left out.
        images: Images that were not read.
    """

    def __init__(self) -> None:
        self.outline = Outline()
        self.hidden_words = 0
        self.images = 0
        self._text = InlineText()
        self._depth = 0  # of lists
        self._marker = ""
        self._key: object = None
        self._is_new_item = False

    def read(self, root: LexborNode) -> None:
        """Read an element and everything in it."""
        self._block(root)
        self._flush()

    def _block(self, node: LexborNode) -> None:
        for child in node.iter(include_text=True):
            name = child.tag or ""
            if name == "-text":
                self._text.add(joined_blanks(child.text_content))
            elif name in _UNSEEN:
                continue
            elif _is_hidden(child) or _is_navigation(child):
                self.hidden_words += len((child.text(separator=" ") or "").split())
            elif name in _BLOCKS:
                self._flush()
                self._element(name, child)
                self._flush()
            else:
                self._inline(name, child)

    def _element(self, name: str, node: LexborNode) -> None:
        if _HEADING.fullmatch(name):
            self._heading(node, int(name[1]))
        elif name in {"ul", "ol", "menu", "dl"}:
            self._list(name, node)
        elif name == "table":
            self._table(node)
        elif name == "pre":
            self._flush()
            self.outline.code((node.text() or "").strip("\n"))
        elif name != "hr":
            self._page_break(node)
            self._block(node)

    def _inline(self, name: str, node: LexborNode) -> None:
        if name == "br":
            self._text.break_line()
        elif name == "img":
            self.images += 1
        elif _has_role(node, _PAGE_BREAKS):
            self._page_break(node)
        elif _has_role(node, _BACK_LINKS) or self._is_note_reference(node):
            self._text.leave_out()
        elif name in {"sup", "sub"} or name in STRUCK_TAGS:
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

    def _is_note_reference(self, node: LexborNode) -> bool:
        """Whether an element is the mark of a footnote."""
        if _has_role(node, _NOTE_REFERENCES):
            return True
        if node.tag not in {"sup", "a"}:
            return False
        link = node if node.tag == "a" else node.css_first("a")
        raised = node.tag == "sup" or (node.parent is not None and node.parent.tag == "sup")
        target = link.attributes.get("href") or "" if link is not None else ""
        return raised and target.startswith("#") and _MARK.fullmatch((node.text() or "").strip()) is not None

    def _page_break(self, node: LexborNode) -> None:
        if _has_role(node, _PAGE_BREAKS):
            self._flush()
            label = node.attributes.get("aria-label") or node.attributes.get("title") or node.text() or ""
            self.outline.start_page(one_line(label) or None)

    def _flush(self) -> None:
        """Add the text that was collected as a paragraph, or as part of the item that is open."""
        text, self._text = self._text.text(), InlineText()
        lines = (one_line(line) for line in text.split("\n"))
        text = "\n".join(line for line in lines if line)
        if not text:
            return
        if not self._depth:
            self.outline.paragraph(text)
        elif self._is_new_item:
            self.outline.item(text, self._depth, marker=self._marker, key=self._key)
            self._is_new_item, self._marker = False, ""
        else:
            self.outline.item_paragraph(text)

    def _heading(self, node: LexborNode, level: int) -> None:
        self._block(node)
        text, self._text = self._text.text(), InlineText()
        if self._depth:
            self._text.add(text)
        else:
            self.outline.heading(one_line(text), level)

    def _list(self, name: str, node: LexborNode) -> None:
        outer = self._marker, self._key, self._is_new_item
        self._depth += 1
        number = integer(node.attributes.get("start"), 1)
        format_ = LIST_TYPES.get(node.attributes.get("type") or "1", "decimal")
        for child in node.iter():
            if _is_hidden(child):
                self.hidden_words += len((child.text(separator=" ") or "").split())
                continue
            if child.tag in {"ul", "ol"}:
                self._list(child.tag, child)
                continue
            if child.tag != "dd":
                number = integer(child.attributes.get("value"), number)
                self._is_new_item = True
                self._marker = f"{format_number(number, format_)}." if name == "ol" else ""
                self._key = node.mem_id
                number += 1
            self._block(child)
            self._flush()
        self._depth -= 1
        self._marker, self._key, self._is_new_item = outer[0], outer[1], outer[2] and self._depth > 0

    def _table(self, node: LexborNode) -> None:
        for caption in node.css("caption"):
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
        inner = TreeReader()
        inner.outline = _Flat()
        inner.read(node)
        self.hidden_words += inner.hidden_words
        self.images += inner.images
        return one_line(" ".join(inner.outline.parts))


class _Flat(Outline):
    """Collects texts without their structure."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def paragraph(self, text: str) -> None:
        self.parts.append(text)

    def heading(self, text: str, level: int) -> None:  # noqa: ARG002
        self.parts.append(text)

    def item(self, text: str, depth: int = 1, *, marker: str = "", **_: object) -> None:  # noqa: ARG002
        self.parts.append(f"{marker} {text}")

    def item_paragraph(self, text: str) -> None:
        self.parts.append(text)

    def code(self, text: str) -> None:
        self.parts.append(text)

    def row(self, cells: object, *, is_first: bool, is_header: bool | None = None) -> None:  # noqa: ARG002
        self.parts += list(cells)  # type: ignore[call-overload]


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    for child in table.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from _rows(child)


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return _HIDDEN_STYLE.search(attributes.get("style") or "") is not None


def _is_navigation(node: LexborNode) -> bool:
    return node.tag in _NAVIGATION or node.attributes.get("role") == "navigation"


def _has_role(node: LexborNode, roles: frozenset[str]) -> bool:
    stated = f"{node.attributes.get('role') or ''} {node.attributes.get('epub:type') or ''}"
    return not roles.isdisjoint(stated.split())
