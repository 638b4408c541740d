"""Find the tables among the lines of a column."""

from collections.abc import Iterator, Sequence

from normqa.load.pdf.page.painted import Rule
from normqa.load.pdf.page.text.lines import Line
from normqa.load.pdf.tables.aligned import split_aligned
from normqa.load.pdf.tables.spaced import rows_of, split_spaced


def split_tables(
    lines: Sequence[Line], rules: Sequence[Rule]
) -> Iterator[tuple[list[list[str]], list[Line]]]:
    """Yield the rows of each table with its lines, and no rows with the lines between tables."""
    for rows, own in split_aligned(lines):
        others = [(rows_of(part, rules) if is_table else [], part) for is_table, part in split_spaced(own)]
        is_one_table = len(others) == 1 and bool(others[0][0])
        if rows and not (is_one_table and len(others[0][0][0]) > len(rows[0])):
            yield rows, own
        else:
            yield from others
