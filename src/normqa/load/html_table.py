"""Read HTML tables: find the blocks that they reach over, and assemble their rows."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.tree import SyntaxTreeNode

MAX_COLUMNS = 100
"""A cell that claims more columns or rows counts for this many."""

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


class HtmlTable:
    """Assembles the rows of a table. A cell over several rows is repeated in each of them."""

    def __init__(self) -> None:
        self._cells: list[str] = []
        self._from_above: dict[int, tuple[str, int]] = {}  # by column, with the rows that a cell goes on for
        self._to_below: dict[int, tuple[str, int]] = {}

    def add(self, text: str, columns: int, rows: int) -> None:
        """Add a cell of the current row. Its text is in the first of its columns."""
        self._fill()
        for cell in [text, *[""] * (min(columns, MAX_COLUMNS) - 1)]:
            self._place(cell, min(rows, MAX_COLUMNS))

    def row(self) -> str:
        """End the row and return it, with tabs between its cells; empty if all of them are."""
        if not self._cells:
            return ""
        self._fill()
        while self._from_above:
            self._place("", 1)
            self._fill()
        cells, self._cells = self._cells, []
        self._from_above, self._to_below = self._to_below, {}
        return "\t".join(cells) if any(cells) else ""

    def end_group(self) -> None:
        """End the head, body or foot of the table. No cell reaches beyond it."""
        self._from_above.clear()

    def _fill(self) -> None:
        while (cell := self._from_above.pop(len(self._cells), None)) is not None:
            self._place(*cell)

    def _place(self, text: str, rows: int) -> None:
        if rows > 1:
            self._to_below[len(self._cells)] = (text, rows - 1)
        self._cells.append(text)
