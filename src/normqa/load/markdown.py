"""Load Markdown (CommonMark and tables) with markdown-it-py.

The canonical text is the text of the rendered page: without emphasis marks, link targets and bullets, with
the numbers of list items, and with tabs between the cells of a table row.
"""

import re
import sys
from html.parser import HTMLParser
from itertools import zip_longest

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from normqa.datatypes import BlockKind, Document, ItemList, Metadata, Span
from normqa.load.builder import DocumentBuilder
from normqa.text import one_line

_LISTS = frozenset({"ordered_list", "bullet_list"})
_OWN_LINE = re.compile(
    "br|hr|p|pre|div|li|[dou]l|d[dt]|t[dhr]|table|caption|h[1-6]|blockquote|section|summary|figcaption"
)
# The parser silently drops text nested deeper than its limit. At this limit it fails instead.
_PARSER = {"maxNesting": sys.getrecursionlimit()}


def load_markdown(document_id: str, body: str, metadata: Metadata) -> Document:
    """Load the body of a Markdown file.

    Raises:
        LoadError: If it contains no text.
    """
    walk = _Walk()
    walk.container(parse_markdown(body))
    return walk.builder.document(document_id, metadata)


def parse_markdown(body: str) -> SyntaxTreeNode:
    """Parse Markdown into a syntax tree."""
    return SyntaxTreeNode(MarkdownIt("commonmark", _PARSER).enable(["table", "strikethrough"]).parse(body))


class _Walk:
    """Walks the tree in reading order and adds every leaf to the builder."""

    def __init__(self) -> None:
        self.builder = DocumentBuilder()
        self._marker = ""  # number of the item that the next block starts
        self._depth = 0  # number of open lists
        self._gap = "\n\n"

    def container(self, node: SyntaxTreeNode) -> None:
        # An HTML block without text, such as a comment, does not separate a list from its lead-in.
        children = [c for c in node.children if c.type != "html_block" or _TextOfHtml.of(c.content)]
        last: Span | None = None
        for child, following in zip_longest(children, children[1:]):
            if child.type in _LISTS:
                self._list(child, lead_in=last)
                last = None
            elif child.type == "blockquote":
                self.container(child)
                last = None
            elif child.type == "table":
                self._table(child)
                last = None
            else:
                leads = following is not None and following.type in _LISTS
                last = self._leaf(child, leads=leads)

    def _leaf(self, node: SyntaxTreeNode, *, leads: bool) -> Span | None:
        """Add a block that contains no blocks; return its span if it can introduce a list."""
        match node.type:
            case "heading" if not self._depth and node.level == 0:
                return self._add(BlockKind.HEADING, plain(node), level=int(node.tag[1:]))
            case "heading" | "paragraph":
                return self._add(BlockKind.LEAD_IN if leads else BlockKind.PARAGRAPH, plain(node))
            case "fence" | "code_block":
                self._add(BlockKind.CODE, node.content)
            case "html_block":
                self._add(BlockKind.PARAGRAPH, _TextOfHtml.of(node.content))
        return None

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> Span | None:
        if self._depth:
            kind, level = BlockKind.ITEM, self._depth
        span = self.builder.add(kind, self._marker + text, level=level, gap=self._gap)
        self._marker, self._gap = "", "\n\n"
        return span

    def _list(self, node: SyntaxTreeNode, lead_in: Span | None) -> None:
        tight = all(
            block.hidden for item in node.children for block in item.children if block.type == "paragraph"
        )
        first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        items: list[Span] = []
        pending = self._marker  # of an outer item that starts with this list
        self._depth += 1
        for number, item in enumerate(node.children, first or 0):
            self._marker = pending + (f"{number}{item.markup} " if first is not None else "")
            self._gap = "\n" if tight and (items or self._depth > 1) else "\n\n"
            blocks_before = len(self.builder.blocks)
            self.container(item)
            added = self.builder.blocks[blocks_before:]
            if added:
                items.append(Span(added[0].span.start, added[-1].span.end))
                pending = ""
        self._depth -= 1
        self._marker, self._gap = pending, "\n\n"
        if items:
            self.builder.lists.append(ItemList(lead_in, tuple(items)))

    def _table(self, node: SyntaxTreeNode) -> None:
        for row in (row for part in node.children for row in part.children):
            cells = [one_line(plain(cell)) for cell in row.children]
            kind = BlockKind.ROW
            if any(cells) and self.builder.add(kind, self._marker + "\t".join(cells), gap=self._gap):
                self._marker, self._gap = "", "\n"
        self._gap = "\n\n"


def plain(node: SyntaxTreeNode) -> str:
    """Return the text of a node with inline content, without markup."""
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "html_inline":
            return "\n" if node.content.lower().startswith("<br") else ""
    return "".join(plain(child) for child in node.children)


class _TextOfHtml(HTMLParser):
    """Extracts the text of a raw HTML block, without tags, comments, scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self._text: list[str] = []
        self._unread = 0

    @classmethod
    def of(cls, html: str) -> str:
        parser = cls()
        parser.feed(html)
        parser.close()
        lines = (one_line(line) for line in "".join(parser._text).split("\n"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._unread += tag in {"script", "style"}
        self._line(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in {"script", "style"} and self._unread > 0
        self._line(tag)

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._text.append(data)

    def _line(self, tag: str) -> None:
        if _OWN_LINE.fullmatch(tag):
            self.handle_data("\n")

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: ARG002
        """Skip ``<![...]>`` as browsers do. The default raises AssertionError for an unknown one."""
        return self.parse_bogus_comment(i)
