"""Every cell of a table stays in its column, also over blank lines and with Markdown in it."""

import pytest

from normqa.datatypes import BlockKind, Metadata
from normqa.load.markup.markdown import load_markdown


def rows(source: str) -> list[str]:
    document = load_markdown("d", source, Metadata())
    return [block.span.of(document.text) for block in document.blocks if block.kind is BlockKind.ROW]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("|  | 2020 | 2021 |\n|--|--|--|\n| | 5 | |\n| a | | 7 |", ["\t2020\t2021", "\t5", "a\t\t7"]),
        ("<table><tr><td></td><td>x</td></tr></table>", ["\tx"]),
        ("<table>\n<tr><td>a</td></tr>\n\n<tr><td>b</td></tr>\n\n</table>", ["a", "b"]),
        ("<table>\n\n    <tr><td>a</td></tr>\n\n    <tr><td>b</td></tr>\n\n</table>", ["a", "b"]),
        ("<table>\n<tr>\n<td>\n\n**a** [b](c)\n\n- d\n- e\n\n</td>\n<td>f</td></tr></table>", ["a b d e\tf"]),
        (
            "<table><tr><td rowspan=2 colspan=2>a</td><td>b</td></tr>\n\n<tr><td>c</td></tr></table>",
            ["a\t\tb", "a\t\tc"],
        ),
        (
            "<table><tr><td>a</td><td rowspan=2>b</td></tr><tr></tr><tr><td>c</td></tr></table>",
            ["a\tb", "c\tb"],
        ),
        (
            "<table><thead><tr><th rowspan=9>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
            ["a", "b"],
        ),
        ("> <table>\n> <tr><td>\n>\n> `a`\n>\n> </td></tr></table>", ["a"]),
        ("<table><tr><td>\n\n~~a~~ b\n\n</td><td><s>c</s></td></tr></table>", ["b"]),
        ("<table><tr><td>\n\na[^1]\n\n</td></tr></table>\n\n[^1]: note", ["a"]),
    ],
)
def test_cells_stay_in_their_columns(source: str, expected: list[str]) -> None:
    assert rows(source) == expected


def test_a_table_with_headings_or_code_arranges_a_page() -> None:
    document = load_markdown(
        "d", "<table><tr><td>\n\n## H\n\n```\na\n  b\n```\n\n</td></tr></table>", Metadata()
    )
    assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.CODE]


def test_a_table_without_an_end_takes_no_text_of_others() -> None:
    document = load_markdown("d", "<table><tr><td>a\n\nText.\n\nMore.", Metadata())
    assert document.text == "a\n\nText.\n\nMore."


def test_a_caption_introduces_its_table() -> None:
    document = load_markdown("d", "<table><caption>Vans</caption><tr><td>a</td></tr></table>", Metadata())
    assert [block.kind for block in document.blocks] == [BlockKind.LEAD_IN, BlockKind.ROW]
