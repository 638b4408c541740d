"""The layout of a page becomes headings, paragraphs, items, notes and rows."""

from itertools import pairwise

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.pdf.pdf import read_pdf
from tests.load.pdf.files import pdf, text

PROSE = "The well of the old town is forty metres deep and gives cold water to every house"


def load(*pages: str, catalog: str = "", page: str = "", objects: tuple[str, ...] = ()) -> Document:
    return read_pdf("doc", pdf(*pages, catalog=catalog, page=page, objects=objects), Metadata()).document


def lines(*texts: str, x: float = 72, y: float = 700, step: float = 14, size: float = 12) -> str:
    return "".join(text(line, x=x, y=y - step * number, size=size) for number, line in enumerate(texts))


def row(*cells: str, y: float, columns: tuple[float, ...] = (72, 222, 372), size: float = 12) -> str:
    return "".join(text(cell, x=x, y=y, size=size) for x, cell in zip(columns, cells, strict=False) if cell)


def kinds(document: Document) -> list[tuple[BlockKind, int]]:
    return [(block.kind, block.level) for block in document.blocks]


def test_turned_text_is_read_along_its_lines() -> None:
    turned = "BT /F1 12 Tf 0 1 -1 0 40 300 Tm (Depth of the well) Tj ET\n"
    assert load(turned + lines(PROSE)).text == f"{PROSE}\n\nDepth of the well"


def test_a_page_on_its_side_is_read_along_its_lines() -> None:
    turned = "".join(
        f"BT /F1 12 Tf 0 1 -1 0 {300 + 14 * number} 100 Tm ({line}) Tj ET\n"
        for number, line in enumerate([PROSE, "and to the school."])
    )
    assert load(turned, page="/Rotate 90").text == f"{PROSE} and to the school."


def test_letter_spaced_words_stay_whole() -> None:
    spaced = "BT /F1 12 Tf 5 Tc 72 700 Td (Double quotes) Tj ET\n"
    assert load(spaced).text == "Double quotes"


def test_a_paragraph_goes_on_over_a_page_and_quotes_have_the_right_page() -> None:
    document = load(
        lines(PROSE, "in the old town, and the", y=300), lines("new well is deeper. It has a pump.")
    )
    assert document.text == f"{PROSE} in the old town, and the new well is deeper. It has a pump."
    assert len(document.blocks) == 1
    assert [document.page_at(document.text.index(words)) for words in ("The well", "It has")] == [1, 2]
    assert all(first.end == second.start for first, second in pairwise(document.pages))


def test_text_repeated_in_the_body_is_no_running_head() -> None:
    pages = [
        lines(f"Part {name} of the rules", "No legal advice is given here.", f"That was {name}")
        for name in ("one", "two", "six")
    ]
    assert load(*pages).text.count("No legal advice is given here.") == 3


def test_a_heading_of_two_lines_is_one_heading() -> None:
    document = load(
        lines("Wells and pumps of the", "old town", y=780, size=20, step=24) + lines(PROSE, PROSE)
    )
    assert kinds(document) == [(BlockKind.HEADING, 1), (BlockKind.PARAGRAPH, 0)]
    assert document.text.startswith("Wells and pumps of the old town\n\n")


def test_a_numbered_line_by_itself_is_a_heading() -> None:
    document = load(lines(PROSE, PROSE) + lines("5.1 Depth of the wells", y=650) + lines(PROSE, PROSE, y=620))
    assert [kind for kind, _ in kinds(document)] == [
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
    ]


def test_headings_have_the_levels_of_the_outline() -> None:
    outline = (
        "<< /Type /Outlines /First 6 0 R /Last 6 0 R /Count 1 >>",
        "<< /Title (Wells) /Parent 5 0 R /First 7 0 R /Last 7 0 R /Count 1 >>",
        "<< /Title (Depth) /Parent 6 0 R >>",
    )
    content = text("Wells", y=780) + lines(PROSE, PROSE, y=740) + text("Depth", y=690) + lines(PROSE, y=660)
    document = load(content, catalog="/Outlines 5 0 R", objects=outline)
    assert [level for kind, level in kinds(document) if kind is BlockKind.HEADING] == [1, 2]


def test_many_sizes_give_sane_levels() -> None:
    sizes = range(14, 60, 3)
    heads = "".join(text(f"Head {size}", y=40 + 45 * n, size=size) for n, size in enumerate(sizes))
    document = load(heads, lines(*[PROSE] * 20))
    levels = [level for kind, level in kinds(document) if kind is BlockKind.HEADING]
    assert len(levels) == len(sizes)
    assert max(levels) <= 6


def test_lists_are_nested_by_their_indentation() -> None:
    bullets = [(72, "\x95 Bronze"), (92, "\x95 five days"), (72, "\x95 Gold"), (92, "\x95 one hour")]
    document = load("".join(text(line, x=x, y=700 - 16 * n) for n, (x, line) in enumerate(bullets)))
    assert kinds(document) == [(BlockKind.ITEM, level) for level in (1, 2, 1, 2)]
    assert document.text == "Bronze\nfive days\nGold\none hour"


def test_a_bullet_that_the_font_does_not_name_is_a_bullet() -> None:
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Wingdings /Encoding /WinAnsiEncoding >>"
    bullets = "".join(text("n", x=72, y=y, font="F9") + text(f"Rule {y}", x=90, y=y) for y in (700, 680))
    raw = pdf(bullets, objects=[font], resources="").replace(b"/F1 3 0 R", b"/F1 3 0 R /F9 5 0 R")
    found = read_pdf("doc", raw, Metadata())
    assert found.document.text == "Rule 700\nRule 680"
    assert found.notes == ()


def test_a_table_of_contents_has_no_dots() -> None:
    document = load(lines("1.1 Security fundamentals " + ". " * 40 + "2", "Trademarks" + "." * 60 + "viii"))
    assert document.text == "1.1 Security fundamentals … 2\nTrademarks … viii"


def test_a_footnote_is_a_paragraph_and_does_not_cut_the_text() -> None:
    first = lines(*[PROSE] * 40, "and to", y=780) + text("1 Measured in spring.", y=80, size=8)
    document = load(first, lines("the school."))
    note, paragraph = (block.span.of(document.text) for block in document.blocks)
    assert note == "1 Measured in spring."
    assert paragraph.endswith(f"{PROSE} and to the school.")


def test_a_cell_of_several_lines_is_one_cell() -> None:
    table = (
        row("Town", "Service", "Vans", y=700)
        + row("Ghent", "Water and", "41", y=670)
        + row("", "power", "", y=656)
        + row("Bruges", "Water", "12", y=626)
        + row("Ypres", "Power", "3", y=596)
    )
    assert load(table).text.split("\n") == [
        "Town\tService\tVans",
        "Ghent\tWater and power\t41",
        "Bruges\tWater\t12",
        "Ypres\tPower\t3",
    ]


def test_rules_separate_rows() -> None:
    rules = "".join(f"72 {y} m 420 {y} l S\n" for y in (715, 692, 662, 632, 602))
    table = (
        row("Town", "Service", "Vans", y=700)
        + row("Ghent", "Water and", "41", y=682)
        + row("East", "power", "", y=668)
        + row("Bruges", "Water for", "12", y=652)
        + row("West", "farms", "", y=638)
        + row("Ypres", "Power", "3", y=612)
    )
    assert load(rules + table).text.split("\n") == [
        "Town\tService\tVans",
        "Ghent East\tWater and power\t41",
        "Bruges West\tWater for farms\t12",
        "Ypres\tPower\t3",
    ]


def test_a_narrow_gap_separates_cells_where_other_rows_have_columns() -> None:
    columns = (72, 200, 246)
    rows = [
        ("Model", "simple", "complex"),
        ("First", "0.9", "0.8"),
        ("Second", "0.7", "0.6"),
        ("Third", "0.5", "0.4"),
    ]
    table = "".join(row(*cells, y=700 - 16 * n, columns=columns) for n, cells in enumerate(rows))
    assert load(table).text.split("\n") == ["\t".join(cells) for cells in rows]


@pytest.mark.parametrize("step", [14, 15])
def test_columns_of_ragged_items_are_not_read_across(step: int) -> None:
    left = lines(*(f"\x95 Left rule {n}: no dogs {'at any time' * (n % 3)}" for n in range(8)), step=14)
    right = lines(
        *(f"\x95 Right rule {n}: no cats {'on the grass' * (n % 2)}" for n in range(8)), x=330, step=step
    )
    found = load(left + right).text
    assert found.index("Left rule 7") < found.index("Right rule 0")


@pytest.mark.parametrize(
    "shape",
    ["72 703 m 76 703 l 76 707 l 72 707 l h f", "72 703 4 4 re f", "72 703 4 4 re S"],
    ids=["path", "filled", "stroked"],
)
def test_a_small_shape_before_a_line_is_a_bullet(shape: str) -> None:
    shapes = "".join(f"q 1 0 0 1 0 {-30 * n} cm {shape} Q\n" for n in range(2))
    rules = lines("Pull the plug and", "wait", x=84, y=700) + lines("Hold the button", x=84, y=670)
    document = load(lines("Two rules:", y=720) + shapes + rules)
    assert kinds(document) == [(BlockKind.LEAD_IN, 0), (BlockKind.ITEM, 1), (BlockKind.ITEM, 1)]
    assert document.text == "Two rules:\n\nPull the plug and wait\nHold the button"


@pytest.mark.parametrize(
    "shape",
    ["72 660 4 4 re f", "30 703 4 4 re f", "100 703 4 4 re f", "60 703 20 1 re f", "40 690 40 40 re S"],
    ids=["below", "far", "behind", "flat", "large"],
)
def test_other_shapes_are_no_bullets(shape: str) -> None:
    assert kinds(load(f"{shape}\n" + lines(PROSE, x=84)))[0] == (BlockKind.PARAGRAPH, 0)


@pytest.mark.parametrize("numbers", [("I.", "II."), ("1.", "2."), ("a)", "b)")])
def test_items_without_full_stops_are_items(numbers: tuple[str, str]) -> None:
    document = load(lines(*(f"{number} Pull the plug" for number in numbers)))
    assert document.text.split("\n") == [f"{number} Pull the plug" for number in numbers]


def test_numbers_inside_an_item_are_deeper_items() -> None:
    document = load(lines("1. Outer rule") + lines("a. Inner rule", x=102, y=686) + lines("2. Next", y=672))
    assert kinds(document) == [(BlockKind.ITEM, level) for level in (1, 2, 1)]


def test_a_wrapped_line_that_starts_with_a_number_stays_in_its_item() -> None:
    document = load(lines("1. Pull the plug as told in part") + lines("2. of the book", x=86, y=686))
    assert document.text == "1. Pull the plug as told in part 2. of the book"


def test_text_at_the_margin_ends_an_item() -> None:
    items = lines("1. Pull the plug", x=90, y=714) + lines("2. Hold the button", x=90)
    document = load(items + lines("Then wait", y=686))
    assert document.text == "1. Pull the plug\n2. Hold the button\n\nThen wait"


NAMES = ("Year", "Event of the year")
EVENTS: list[tuple[str, ...]] = [
    ("2021", "The first well was dug"),
    ("2022", "A pump"),
    ("2023", "A second well, which is deep"),
]


def narrow(names: tuple[str, ...], rows: list[tuple[str, ...]], second: float = 102) -> str:
    head = text(names[0], x=76, font="F2") + text(names[1], x=180, font="F2")
    body = (row(*cells, y=680 - 17 * n, columns=(72, second)) for n, cells in enumerate(rows))
    return head + "".join(body)


def test_narrow_columns_below_bold_names_are_a_table() -> None:
    assert load(narrow(NAMES, EVENTS)).text.split("\n") == ["\t".join(cells) for cells in (NAMES, *EVENTS)]


def test_lines_that_start_alike_are_no_table() -> None:
    alike = lines("The well is old and", "The pond is older,", "The mill is new.")
    document = load(text("Wells of our old town", y=720, font="F2") + alike)
    assert BlockKind.ROW not in {block.kind for block in document.blocks}


def test_centred_cells_of_several_lines_are_one_row() -> None:
    table = (
        text("Vision", x=90, y=700, font="F2")
        + text("View", x=250, y=700, font="F2")
        + row("", "The state protects its own", y=680, columns=(72, 200))
        + row("Security of", y=680, columns=(72, 200))
        + row("information", y=666, columns=(72, 200))
        + row("", "part of the net", y=666, columns=(72, 200))
        + row("", "Content of the net is free", y=649, columns=(72, 200))
        + row("Networks", y=642, columns=(72, 200))
        + row("", "in all of its parts", y=635, columns=(72, 200))
    )
    assert load(table).text.split("\n") == [
        "Vision\tView",
        "Security of information\tThe state protects its own part of the net",
        "Networks\tContent of the net is free in all of its parts",
    ]
