"""Load Markdown with markdown-it-py.

The canonical text is the text of the rendered page: without emphasis marks, link targets, bullets and struck
text, with the numbers of list items, and with tabs between the cells of a table row.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from normqa.datatypes import BlockKind, Document, ItemList, Metadata, Span
from normqa.load.builder import DocumentBuilder
from normqa.load.inline import InlineText, Strikes
from normqa.load.markup.html import HtmlReader
from normqa.load.markup.html_table import group_tables, is_html
from normqa.load.markup.inline_nodes import collect, plain, struck_tags_of
from normqa.load.markup.lists import Numbering, OpenList
from normqa.load.markup.syntax.parser import parse_markdown
from normqa.text.canonical import one_line


def load_markdown(document_id: str, body: str, metadata: Metadata) -> Document:
    """Load the body of a Markdown file.

    Raises:
        LoadError: If it contains no text.
    """
    env: dict[str, Any] = {}
    root = parse_markdown(body, env)
    walk = _Walk(root, _footnotes(root, env))
    walk.container(root)
    walk.footnotes()
    return walk.builder.document(document_id, metadata)


def _footnotes(root: SyntaxTreeNode, env: Mapping[str, Any]) -> dict[Hashable, list[SyntaxTreeNode]]:
    """Map the label of each footnote, or the number of one inside a line, to its nodes."""
    found: dict[Hashable, list[SyntaxTreeNode]] = {}
    for node in root.walk():
        if node.type == "footnote_reference":
            found.setdefault(node.meta["label"], []).append(node)
    for number, note in env.get("footnotes", {}).get("list", {}).items():
        if "tokens" in note:
            inline = Token("inline", "", 0, children=note["tokens"])
            paragraph = [Token("paragraph_open", "p", 1), inline, Token("paragraph_close", "p", -1)]
            found[number] = [SyntaxTreeNode(paragraph)]
    return found


class _Walk:
    """Walks the tree in reading order and adds every leaf to the builder."""

    def __init__(self, root: SyntaxTreeNode, footnotes: dict[Hashable, list[SyntaxTreeNode]]) -> None:
        self.builder = DocumentBuilder()
        self._footnotes = footnotes  # those that were not added yet
        self._called: dict[Hashable, None] = {}  # footnotes of this section, in order
        self._strikes = Strikes.of(struck_tags_of(root))
        self._marker = ""  # number of the item that the next block starts
        self._depth = 0  # number of open lists
        self._gap = "\n\n"

    def container(self, node: SyntaxTreeNode) -> None:
        last: Span | None = None
        open_list: OpenList | None = None
        for group in group_tables(node.children):
            child = group[0]
            match child.type:
                case "footnote_reference":
                    self._called.setdefault(child.meta["label"])
                case "ordered_list" | "bullet_list" | "dl":
                    open_list = self._any_list(child, last, open_list)
                    last = None
                case "blockquote" | "admonition":
                    self.container(child)
                    last = None
                case "table":
                    self._table(child)
                    last = None
                case "html_block":
                    last = None if self._html(group) else last
                case "heading" | "paragraph":
                    if self._is_section(child):
                        self.footnotes()
                        open_list = None
                    text = InlineText(self._strikes)
                    span = self._leaf(child, text)
                    # A paragraph of which nothing is shown does not separate a list from its lead-in.
                    last = last if span is None and text.has_gaps else span
                case "fence" | "code_block" | "math_block" if not self._strikes:
                    kind = BlockKind.PARAGRAPH if child.type == "math_block" else BlockKind.CODE
                    self._add(kind, child.content)
                    last = None
                case kind if kind != "markup":
                    last = None

    def footnotes(self) -> None:
        """Add the footnotes of a section: those that it calls, in this order, and those written in it."""
        while self._called:
            label = next(iter(self._called))
            del self._called[label]
            for note in self._footnotes.pop(label, []):
                self.container(note)

    def _is_section(self, node: SyntaxTreeNode) -> bool:
        return node.type == "heading" and not self._depth and node.level == 0

    def _leaf(self, node: SyntaxTreeNode, text: InlineText) -> Span | None:
        """Add a heading or paragraph, and return its span."""
        self._read(node, text)
        if self._is_section(node):
            return self._add(BlockKind.HEADING, text.text(), level=int(node.tag[1:]))
        return self._add(BlockKind.PARAGRAPH, text.text())

    def _read(self, node: SyntaxTreeNode, text: InlineText) -> None:
        collect(node, text)
        self._strikes.end_block()
        self._call(node)

    def _call(self, node: SyntaxTreeNode) -> None:
        """Note which footnotes a text calls."""
        for child in node.walk():
            if child.type == "footnote_ref":
                self._called.setdefault(child.meta.get("label", child.meta["id"]))

    def _html(self, nodes: Sequence[SyntaxTreeNode]) -> bool:
        """Add the lines and table rows of HTML, with the Markdown in it, and return whether there are any."""
        reader = HtmlReader(self._strikes)
        for node in nodes:
            if is_html(node):
                reader.read(node.content, id(node))
            else:
                for leaf in (leaf for leaf in node.walk() if leaf.type == "paragraph"):
                    self._read(leaf, reader.paragraph())
        parts = reader.end()
        for part in parts:
            if part.kind is BlockKind.ROW:
                self._row(part.text)
            else:
                self._gap = "\n\n" if not self._marker else self._gap
                self._add(part.kind, part.text)
        self._gap = "\n\n" if parts else self._gap
        return bool(parts)

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> Span | None:
        if not text.strip():
            return None
        if self._depth:
            kind, level = BlockKind.ITEM, self._depth
        span = self.builder.add(kind, self._marker + text, level=level, gap=self._gap)
        self._marker, self._gap = "", "\n\n"
        return span

    def _any_list(
        self, node: SyntaxTreeNode, lead_in: Span | None, before: OpenList | None
    ) -> OpenList | None:
        """Add a list, and return the ordered list that the next one may go on with."""
        if node.type == "ordered_list":
            return self._ordered_list(node, lead_in, before)
        if node.type == "dl":
            self._definition_list(node, lead_in)
        else:
            self._list(node, lead_in)
        return before

    def _ordered_list(
        self, node: SyntaxTreeNode, lead_in: Span | None, before: OpenList | None
    ) -> OpenList | None:
        first = int(node.attrs.get("start", 1))
        is_introduced = lead_in is not None and self.builder.last_text.endswith(":")
        numbering = Numbering(first, first + len(node.children), node.children[0].markup, is_introduced)
        goes_on = before is not None and before.goes_on(numbering)
        if not self._list(node, None if goes_on else lead_in, first):
            return before
        number = len(self.builder.lists) - 1
        if goes_on and before:
            self.builder.list_parts[number] = number = before.number
            numbering = replace(numbering, is_introduced=before.numbering.is_introduced)
        return OpenList(number, numbering)

    def _list(self, node: SyntaxTreeNode, lead_in: Span | None, first: int | None = None) -> bool:
        """Add a list, and return whether it has any text.

        Args:
            node: The list.
            lead_in: The block that introduces it.
            first: Number of its first item, if it is ordered.
        """
        tight = all(
            block.hidden for item in node.children for block in item.children if block.type == "paragraph"
        )
        items: list[Span] = []
        pending = self._marker  # of an outer item that starts with this list
        blocks_before_list = len(self.builder.blocks)
        self._depth += 1
        for number, item in enumerate(node.children, first or 0):
            self._marker = pending + (f"{number}{item.markup} " if first is not None else "")
            self._gap = "\n" if tight and (items or self._depth > 1) else "\n\n"
            blocks_before = len(self.builder.blocks)
            self.container(item)
            if span := self._span_from(blocks_before):
                items.append(span)
                pending = ""
        self._depth -= 1
        self._marker, self._gap = pending, "\n\n"
        return self._end_list(items, lead_in, blocks_before_list)

    def _definition_list(self, node: SyntaxTreeNode, lead_in: Span | None) -> None:
        """Add a list whose items are the terms with their definitions."""
        items: list[Span] = []
        blocks_before_list = blocks_before = len(self.builder.blocks)
        self._depth += 1
        for child, following in pairwise([*node.children, None]):
            if child is None:
                continue
            if child.type == "dt":
                text = InlineText(self._strikes)
                self._read(child, text)
                blocks_before = len(self.builder.blocks)
                self._marker += f"{text.text().strip()}\n"
            else:
                self._gap = "\n" if len(self.builder.blocks) > blocks_before else self._gap
                self.container(child)
            if following is None or following.type == "dt":
                term, self._marker = self._marker, ""
                self._add(BlockKind.ITEM, term)
                items += [span for span in [self._span_from(blocks_before)] if span]
        self._depth -= 1
        self._end_list(items, lead_in, blocks_before_list)

    def _span_from(self, first_block: int) -> Span | None:
        """Return the span from the start of a block to the end of the last one."""
        added = self.builder.blocks[first_block:]
        return Span(added[0].span.start, added[-1].span.end) if added else None

    def _end_list(self, items: Sequence[Span], lead_in: Span | None, blocks_before: int) -> bool:
        if items:
            self.builder.lists.append(ItemList(lead_in, tuple(items)))
            self._mark_lead_in(blocks_before - 1, lead_in)
        return bool(items)

    def _mark_lead_in(self, index: int, lead_in: Span | None) -> None:
        if lead_in and self.builder.blocks[index].kind is BlockKind.PARAGRAPH:
            self.builder.blocks[index] = replace(self.builder.blocks[index], kind=BlockKind.LEAD_IN)

    def _table(self, node: SyntaxTreeNode) -> None:
        for part in node.children:
            for row in part.children:
                text = "\t".join(one_line(plain(cell, self._strikes)) for cell in row.children)
                self._row(text, is_header=part.type == "thead")
                self._call(row)
        self._gap = "\n\n"

    def _row(self, text: str, *, is_header: bool = False) -> None:
        row = self._marker + text
        if text.strip() and self.builder.add(BlockKind.ROW, row, level=int(is_header), gap=self._gap):
            self._marker, self._gap = "", "\n"
