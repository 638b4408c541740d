"""Find the blocks that an HTML table reaches over."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.tree import SyntaxTreeNode

_TABLE_TAG = re.compile(r"<(/?)table\b", re.IGNORECASE)
_IN_CELLS = frozenset({"paragraph", "bullet_list", "ordered_list", "markup"})


def is_html(node: SyntaxTreeNode) -> bool:
    """Whether a node is HTML, also where an indented line after a blank one is code to the parser."""
    return node.type == "html_block" or (node.type == "code_block" and node.content.lstrip().startswith("<"))


def group_tables(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Sequence[SyntaxTreeNode]]:
    """Yield the nodes of one HTML table together, and all others alone.

    A blank line in an HTML table starts another block: HTML, or a paragraph or list in a cell. A table with
    other blocks, such as headings, arranges a page and is not read as a table.
    """
    ends = _ends_of_tables(nodes)
    end = 0
    for index in range(len(nodes)):
        if index >= end:
            end = ends.get(index, index) + 1
            yield nodes[index:end]


def _ends_of_tables(nodes: Sequence[SyntaxTreeNode]) -> dict[int, int]:
    """Map the index of each node in which a table starts to that of a later one in which it ends."""
    open_tables: list[int] = []
    ends: dict[int, int] = {}
    for index, node in enumerate(nodes):
        if is_html(node) and (node.type == "html_block" or open_tables):
            for tag in _TABLE_TAG.finditer(node.content):
                if not tag[1]:
                    open_tables.append(index)
                elif open_tables and (start := open_tables.pop()) < index:
                    ends[start] = index
        elif node.type not in _IN_CELLS:
            open_tables.clear()
    return ends
