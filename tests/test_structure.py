"""The lists and tables around a piece of a document."""

import pytest

from normqa.datatypes import Span
from normqa.structure import MAX_PART, Structure, labelled_cells
from tests.answer.documents import a_document


def context(markdown: str, words: str) -> list[tuple[str, str]]:
    """Return the roles and texts of the context of these words."""
    document = a_document(markdown)
    start = document.text.index(words)
    parts = Structure(document).context_of(Span(start, start + len(words)))
    assert all(part.span.of(document.text) == part.text for part in parts)
    return [(part.role, part.text) for part in parts]


SUPPORT = "- Bronze\n    - Response within five days\n- Gold\n    - Response within one hour"
PERMITS = "1. Build\n   - House\n     - Fee: 300\n   - Shed\n     - Fee: 40"
PHASES = "Phases:\n\n1. Talk first.\n\n   It takes long:\n\n   - a year\n   - two years\n\n2. Sign."


@pytest.mark.parametrize(
    ("markdown", "words", "parts"),
    [
        (SUPPORT, "Response within one hour", [("parent", "Gold")]),
        (SUPPORT, "Gold", []),
        (PERMITS, "Fee: 40", [("parent", "1. Build"), ("parent", "Shed")]),
        (PERMITS, "Fee: 300", [("parent", "1. Build"), ("parent", "House")]),
        (PHASES, "2. Sign.", [("lead_in", "Phases:")]),
        (
            PHASES,
            "two years",
            [("lead_in", "Phases:"), ("parent", "1. Talk first."), ("lead_in", "It takes long:")],
        ),
        (PHASES, "It takes long:", [("lead_in", "Phases:"), ("parent", "1. Talk first.")]),
        ("# Duties\n\n- Report.", "Report.", []),
        ("A paragraph.\n\nAnother.", "Another.", []),
    ],
)
def test_item_needs_its_lead_in_and_the_items_around_it(
    markdown: str, words: str, parts: list[tuple[str, str]]
) -> None:
    assert context(markdown, words) == parts


TABLE = "| Town | Vans |\n|---|---|\n| Ghent | 41 |\n| Lille | 12 |\n"


def test_row_needs_the_column_names_of_its_own_table() -> None:
    other = "| Bird | Food |\n|---|---|\n| Heron | frogs |\n"
    assert context(f"{TABLE}\n{other}", "Lille\t12") == [("header", "Town\tVans")]
    assert context(f"{TABLE}\n{other}", "Heron\tfrogs") == [("header", "Bird\tFood")]
    assert context(TABLE, "Town\tVans") == []


def test_table_without_column_names_has_no_header() -> None:
    assert context("| | |\n|---|---|\n| Oslo | 3 |\n| Bergen | 5 |\n", "Bergen\t5") == []
    assert context("| | |\n|---|---|\n| Oslo | Tore |\n| Bergen | Siv |\n", "Bergen\tSiv") == []


@pytest.mark.parametrize("cell", ["td", "th"])
def test_row_of_words_above_rows_of_numbers_contains_the_column_names(cell: str) -> None:
    html = (
        f"<table><tr><{cell}>City</{cell}><{cell}>Trams</{cell}></tr>"
        "<tr><td>Oslo</td><td>12</td></tr><tr><td>Bergen</td><td>7</td></tr></table>"
    )
    assert context(html, "Bergen\t7") == [("header", "City\tTrams")]


def test_last_row_of_a_long_table_needs_its_header() -> None:
    rows = "".join(f"| Town {n} | {n} |\n" for n in range(60))
    assert context(f"{TABLE}{rows}", "Town 59\t59") == [("header", "Town\tVans")]


def test_paragraph_before_a_table_introduces_it_if_it_ends_in_a_colon() -> None:
    assert context(f"Vans by town:\n\n{TABLE}", "Lille\t12")[0] == ("lead_in", "Vans by town:")
    assert context(f"We have vans.\n\n{TABLE}", "Lille\t12") == [("header", "Town\tVans")]


def test_long_parts_are_shortened() -> None:
    [(_, lead_in)] = context(f"{'so ' * 400}it goes:\n\n- Rest.", "Rest.")
    assert len(lead_in) == MAX_PART
    assert lead_in.endswith("it goes:")


def test_cells_are_labelled_with_their_columns() -> None:
    document = a_document("| Town | Vans | |\n|---|---|---|\n| Ghent | 41 | old |\n| Lille | | new |\n")
    header, *rows = (block.span for block in document.blocks)
    assert [labelled_cells(document, header, row) for row in rows] == [
        "Town: Ghent; Vans: 41; old",
        "Town: Lille; new",
    ]


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("Fee: 300", "Fee: 300"),
        ("House", "House\nFee: 300"),
        ("House\nFee: 300\nShed", "1. Build\nHouse\nFee: 300\nShed\nFee: 40"),
        ("Before.", None),
        ("After.", None),
    ],
)
def test_item_at_returns_the_innermost_enclosing_item(words: str, item: str | None) -> None:
    document = a_document(f"Before.\n\n{PERMITS}\n\nAfter.")
    start = document.text.index(words)
    found = Structure(document).item_at(Span(start, start + len(words)))
    assert (found and found.of(document.text)) == item


def test_paragraph_between_two_items_is_no_part_of_them() -> None:
    document = a_document("To reset:\n\n1. Pull the plug.\n\nWait a minute.\n\n2. Press the button.")
    start = document.text.index("Wait")
    span = Span(start, start + len("Wait a minute."))
    assert Structure(document).item_at(span) is None
    assert Structure(document).context_of(span) == ()
