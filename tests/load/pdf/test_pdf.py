"""The text of a PDF is read in the order in which a reader reads it."""

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.pdf.pdf import read_pdf
from normqa.load.problem import LoadError
from normqa.load.process.limits import Limits, loader_limits, use_limits
from tests.load.pdf.files import pdf, text


def load(*pages: str, catalog: str = "") -> Document:
    return read_pdf("doc", pdf(*pages, catalog=catalog), Metadata()).document


def lines(*texts: str, x: float = 72, y: float = 700, step: float = 14) -> str:
    return "".join(text(line, x=x, y=y - step * number) for number, line in enumerate(texts))


def test_lines_of_a_paragraph_are_joined() -> None:
    document = load(lines("The well is forty metres deep and gives", "cold water.") + text("Next.", y=640))
    assert document.text == "The well is forty metres deep and gives cold water.\n\nNext."


def test_a_hyphen_at_a_line_end_is_removed_only_if_the_word_is_known() -> None:
    known = lines("Strategies matter. Every good strat-", "egies book says so, and a well-", "known one too.")
    assert load(known).text == (
        "Strategies matter. Every good strategies book says so, and a well-known one too."
    )


def test_columns_are_read_one_after_the_other() -> None:
    left = lines(*(f"Left column has line number {n} here" for n in range(6)))
    right = lines(*(f"Right column has line number {n} too" for n in range(6)), x=330)
    title = text("A title that goes across the whole page and both of its columns, as titles do", y=760)
    found = load(title + left + right).text
    assert found.index("Left column has line number 5") < found.index("Right column has line number 0")


def test_tables_are_rows() -> None:
    rows = [("Town", "Vans", "Drivers"), ("Ghent", "41", "77"), ("Bruges", "12", "20"), ("Ypres", "3", "5")]
    cells = "".join(
        text(cell, x=72 + 150 * column, y=700 - 16 * row)
        for row, values in enumerate(rows)
        for column, cell in enumerate(values)
    )
    document = load(cells)
    assert document.text.split("\n") == ["\t".join(row) for row in rows]
    assert {block.kind for block in document.blocks} == {BlockKind.ROW}


def test_larger_text_is_a_heading_and_lists_are_items() -> None:
    document = load(
        text("Wells", y=750, size=20)
        + lines(
            "There are two kinds of wells in this region of the country:",
            "1. Dug wells.",
            "2. Drilled wells.",
        )
    )
    assert [(block.kind, block.level) for block in document.blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.LEAD_IN, 0),
        (BlockKind.ITEM, 1),
        (BlockKind.ITEM, 1),
    ]
    assert document.text.endswith("\n\n1. Dug wells.\n2. Drilled wells.")


def test_superscripts_stay_apart() -> None:
    raised = (
        "BT /F1 12 Tf 72 700 Td (The plant pumps 10) Tj /F1 7 Tf 5 Ts (6) Tj 0 Ts /F1 12 Tf ( litres.) Tj ET"
    )
    assert load(raised).text == "The plant pumps 10^6 litres."


def test_fake_bold_is_read_once() -> None:
    assert load(text("Bold words") + text("Bold words", x=72.4)).text == "Bold words"


def test_pages_have_numbers_and_printed_labels() -> None:
    labels = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D >>] >>"
    document = load(*(text(f"Text of sheet {name}.") for name in "abcd"), catalog=labels)
    assert document.page_labels == ("i", "ii", "1", "2")
    quote = document.quote(document.blocks[2].span)
    assert (quote.citation.page, quote.citation.page_label) == (3, "1")
    assert "page 1" in str(quote.citation)


def test_running_heads_and_page_numbers_are_left_out_and_reported() -> None:
    pages = [
        text("Annual report", y=800) + text(f"Words of their own, sheet {name}.") + text(str(n), x=300, y=30)
        for n, name in enumerate("abc", 7)
    ]
    found = read_pdf("doc", pdf(*pages), Metadata())
    assert "Annual report" not in found.document.text
    assert found.document.text.startswith("Words of their own, sheet a.")
    assert found.notes == ("6 running heads, feet and page numbers were not read",)


def test_text_that_repeats_away_from_the_edge_is_no_foot() -> None:
    pages = [text(f"Clause {name}", y=780) + text("It carries no weight.", y=440) for name in "abc"]
    assert load(*pages).text.count("It carries no weight.") == 3


def test_text_that_repeats_far_apart_is_no_running_head() -> None:
    pages = [
        text("Key points" if n % 6 == 0 else f"Part {name}", y=800) + text(f"Words of part {name}.")
        for n, name in enumerate("abcdefghijklm")
    ]
    assert load(*pages).text.count("Key points") == 3


def test_a_running_head_is_left_out_of_single_landscape_pages() -> None:
    upright = [text("Annual report", y=800) + text(f"Words of part {name}.") for name in "abcdefghijkl"]
    landscape = text("Annual report", y=560) + text("Words of a wide table.", y=300)
    raw = pdf(*upright[:4], landscape, *upright[4:])
    raw = raw.replace(b"[0 0 595 842]", b"[0 0 842 595]", 5).replace(b"[0 0 842 595]", b"[0 0 595 842]", 4)
    found = read_pdf("doc", raw, Metadata()).document
    assert found.text.count("Annual report") == 0
    assert "Words of a wide table." in found.text


def test_rows_of_a_table_over_three_pages_are_no_running_heads() -> None:
    pages = [lines(*(f"Day {n} has {n} herons" for n in range(start, start + 9))) for start in (10, 20, 30)]
    found = read_pdf("doc", pdf(*pages), Metadata())
    assert all(f"Day {n} " in found.document.text for start in (10, 20, 30) for n in range(start, start + 9))


@pytest.mark.parametrize(("stated", "language"), [("/Lang (de-CH)", "de-CH"), ("", None), ("/Lang 7", None)])
def test_the_language_of_the_file_is_read(stated: str, language: str | None) -> None:
    assert load(text("Worte."), catalog=stated).metadata.language == language


def test_a_page_without_text_is_reported() -> None:
    found = read_pdf("doc", pdf(text("Words."), ""), Metadata())
    assert found.notes == ("1 of 2 pages have no text; they may be scans, which are not read",)


@pytest.mark.parametrize("raw", [b"%PDF-1.7\nbroken", b""])
def test_damage_is_named(raw: bytes) -> None:
    with pytest.raises(LoadError, match="damaged"):
        read_pdf("doc", raw, Metadata())


def test_the_pages_before_a_limit_are_kept() -> None:
    raw = pdf(*(text(f"This is sheet {word}.") for word in ("one", "two", "three")))
    before = loader_limits()
    try:
        for limits, read, setting in (
            (Limits(pages=2), 2, "load_pages"),
            (Limits(seconds=1e-9), 1, "load_seconds"),
        ):
            use_limits(limits)
            found = read_pdf("doc", raw, Metadata())
            assert len(found.document.pages) == read
            assert found.notes == (f"pages 1 to {read} of 3 were read; raise {setting} to read all",)
    finally:
        use_limits(before)


def test_a_damaged_page_costs_only_itself() -> None:
    raw = pdf(text("First."), text("Second."), text("Third."))
    first, second, _ = (index for index in range(len(raw)) if raw.startswith(b"/Type /Page ", index))
    assert first < second
    found = read_pdf("doc", raw[:second] + b"/Type /Pogo " + raw[second + 12 :], Metadata())
    assert found.document.text == "First.\n\nThird."
    assert found.notes == ("page 2 is damaged and was not read",)
    assert len(found.document.pages) == 3
