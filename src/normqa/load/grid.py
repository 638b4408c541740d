"""The rows of a table whose cells may span columns and rows."""

_MAX_SPAN = 100
"""A cell that claims more columns or rows counts for this many."""


class Grid:
    """Assembles the rows of a table. A cell over several rows is repeated in each of them."""

    def __init__(self) -> None:
        self._cells: list[str] = []
        self._from_above: dict[int, tuple[str, int]] = {}  # by column, with the rows that a cell goes on for
        self._to_below: dict[int, tuple[str, int]] = {}

    def add(self, text: str, columns: int = 1, rows: int = 1) -> None:
        """Add a cell of the current row. Its text is in the first of its columns."""
        self._fill()
        for cell in [text, *[""] * (min(columns, _MAX_SPAN) - 1)]:
            self._place(cell, min(rows, _MAX_SPAN))

    def end_row(self) -> list[str]:
        """Return the cells of the row, and start the next."""
        if not self._cells:
            return []
        self._fill()
        while self._from_above:
            self._place("", 1)
            self._fill()
        cells, self._cells = self._cells, []
        self._from_above, self._to_below = self._to_below, {}
        return cells

    def end_group(self) -> None:
        """End the head, body or foot of the table. No cell reaches beyond it."""
        self._from_above.clear()

    def _fill(self) -> None:
        while (cell := self._from_above.pop(len(self._cells), None)) is not None:
            self._place(*cell)

    def _place(self, text: str, rows: int) -> None:
        self._from_above.pop(len(self._cells), None)  # a wide cell covers what reaches down into its columns
        if rows > 1:
            self._to_below[len(self._cells)] = (text, rows - 1)
        self._cells.append(text)
