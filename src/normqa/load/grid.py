"""The rows of a table whose cells may span columns and rows."""

_MAX_SPAN = 100
"""A cell that claims more columns or rows counts for this many."""


class Grid:
    """Collects cells and returns rows in which every text stands in its column.

    A text is repeated in the rows that its cell spans, and stands in the first of the columns that it spans.
    """

    def __init__(self) -> None:
        self._cells: list[str] = []
        self._below: dict[int, tuple[str, int]] = {}

    def add(self, text: str, columns: int = 1, rows: int = 1) -> None:
        """Add a cell to the current row."""
        self._fill()
        columns, rows = min(columns, _MAX_SPAN), min(rows, _MAX_SPAN)
        for place in range(columns):
            own = text if place == 0 else ""
            if rows > 1:
                self._below[len(self._cells)] = (own, rows - 1)
            self._cells.append(own)

    def end_row(self) -> list[str]:
        """Return the current row, and start the next."""
        self._fill()
        cells, self._cells = self._cells, []
        return cells

    def _fill(self) -> None:
        """Add the cells that reach down into the current row here."""
        while (place := len(self._cells)) in self._below:
            text, left = self._below.pop(place)
            if left > 1:
                self._below[place] = (text, left - 1)
            self._cells.append(text)
