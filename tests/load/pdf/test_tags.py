"""The tags of a PDF say what its text is, unless they lie."""

from pathlib import Path

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.pdf.pdf import read_pdf
from tests.load.pdf.files import pdf, text
from tests.load.pdf.tagged import Element, element, marked, tagged, words

FILES = Path(__file__).parents[2] / "files"
PROSE = "The well of the old town is forty metres deep and gives cold water to every house"


def load(pages: str | list[str], *elements: Element, catalog: str = "") -> Document:
    pages = [pages] if isinstance(pages, str) else pages
    return read_pdf("doc", tagged(pages, *elements, catalog=catalog), Metadata()).document


def kinds(document: Document) -> list[tuple[BlockKind, int]]:
    return [(block.kind, block.level) for block in document.blocks]


def item(label: int | None, *body: int | tuple[int, int] | Element) -> Element:
    own = () if label is None else (element("Lbl", label),)
    return element("LI", *own, element("LBody", *body))


def test_headings_have_the_levels_of_their_tags() -> None:
    content = words(0, "Wells") + words(1, "Depth", y=680) + words(2, PROSE, y=660)
    document = load(content, element("H1", 0), element("H3", 1), element("P", 2))
    assert kinds(document) == [(BlockKind.HEADING, 1), (BlockKind.HEADING, 3), (BlockKind.PARAGRAPH, 0)]


def test_a_heading_without_a_level_is_as_deep_as_its_section() -> None:
    content = words(0, "Wells") + words(1, "Depth", y=680) + words(2, PROSE, y=660)
    inner = element("Sect", element("H", 1), element("P", 2))
    document = load(content, element("Sect", element("H", 0), inner))
    assert [level for kind, level in kinds(document) if kind is BlockKind.HEADING] == [1, 2]


def test_large_text_is_no_heading_where_others_are_tagged() -> None:
    content = words(0, "Wells") + words(1, "Forty metres deep", y=660, size=24) + words(2, PROSE, y=630)
    document = load(content, element("H1", 0), element("P", 1), element("P", 2))
    assert [kind for kind, _ in kinds(document)][1:] == [BlockKind.PARAGRAPH] * 2


def test_the_order_is_that_of_the_tree() -> None:
    document = load(words(0, "Second.") + words(1, "First.", y=600), element("P", 1), element("P", 0))
    assert document.text == "First.\n\nSecond."


def test_paragraphs_that_look_like_one_are_two() -> None:
    content = words(0, PROSE) + words(1, "and to the school.", y=686)
    assert load(content, element("P", 0), element("P", 1)).text == f"{PROSE}\n\nand to the school."


def test_items_without_bullets_are_items() -> None:
    content = words(0, "Two wells:") + words(1, "Dug wells", y=686) + words(2, "Drilled wells", y=672)
    document = load(content, element("P", 0), element("L", item(None, 1), item(None, 2)))
    assert kinds(document) == [(BlockKind.LEAD_IN, 0), (BlockKind.ITEM, 1), (BlockKind.ITEM, 1)]
    assert [span.of(document.text) for span in document.lists[0].items] == ["Dug wells", "Drilled wells"]


@pytest.mark.parametrize(
    ("label", "shown"), [("1.", "1. Dig"), ("a)", "a) Dig"), ("o", "Dig"), ("-", "Dig"), ("iv.", "iv. Dig")]
)
def test_a_label_is_kept_unless_it_is_a_bullet(label: str, shown: str) -> None:
    content = words(0, label) + words(1, "Dig", x=90)
    assert load(content, element("L", item(0, 1))).text == shown


def test_inner_lists_are_deeper_and_items_have_further_paragraphs() -> None:
    content = "".join(
        words(n, name, y=700 - 14 * n) for n, name in enumerate(["Outer", "Inner", "More", "Next"])
    )
    inner = element("L", item(None, 1))
    document = load(content, element("L", item(None, element("P", 0), inner), item(None, 3)), element("P", 2))
    assert kinds(document)[:2] == [(BlockKind.ITEM, 1), (BlockKind.ITEM, 2)]
    whole = load(
        content, element("L", item(None, element("P", 0), element("P", 1), element("P", 2)), item(None, 3))
    )
    assert [span.of(whole.text) for span in whole.lists[0].items] == ["Outer\n\nInner\n\nMore", "Next"]


def test_a_list_goes_on_over_a_page() -> None:
    first = words(0, "Rules:") + words(1, "Pull the", y=60)
    second = words(0, "plug", y=780) + words(1, "Hold it", y=760)
    rules = element("L", item(None, 1, (1, 0)), item(None, (1, 1)))
    document = load([first, second], element("P", 0), rules)
    assert [span.of(document.text) for span in document.lists[0].items] == ["Pull the plug", "Hold it"]
    assert [document.page_at(document.text.index(word)) for word in ("Pull", "plug", "Hold")] == [1, 2, 2]


def test_numbers_that_go_on_in_another_list_are_one_list() -> None:
    content = "".join(
        words(2 * n, f"{n + 1}.", y=700 - 20 * n) + words(2 * n + 1, f"Rule {n}", x=90, y=700 - 20 * n)
        for n in range(3)
    )
    document = load(content, *(element("L", item(2 * n, 2 * n + 1)) for n in range(3)))
    assert [len(found.items) for found in document.lists] == [3]


def cells(*texts: str, y: float = 700, first: int = 0) -> str:
    return "".join(words(first + n, cell, x=72 + 100 * n, y=y) for n, cell in enumerate(texts) if cell)


def test_cells_span_columns_and_rows() -> None:
    content = cells("Town", "Numbers", "") + cells("Ghent", "41", "77", y=680, first=3)
    content += cells("", "12", "20", y=660, first=6)
    spans = {"columns": "/A << /O /Table /ColSpan 2 >>", "rows": "/A << /O /Table /RowSpan 2 >>"}
    head = element("TR", element("TH", 0), element("TH", 1, more=spans["columns"]))
    body = (
        element("TR", element("TD", 3, more=spans["rows"]), element("TD", 4), element("TD", 5)),
        element("TR", element("TD", 7), element("TD", 8)),
    )
    document = load(content, element("Table", element("THead", head), element("TBody", *body)))
    assert document.text.split("\n") == ["Town\tNumbers", "Ghent\t41\t77", "Ghent\t12\t20"]
    assert [block.level for block in document.blocks] == [1, 0, 0]


def test_an_empty_cell_takes_its_place() -> None:
    content = cells("Ghent", "", "77") + cells("Ypres", "3", "5", y=680, first=3)
    rows = (
        element("TR", element("TD", 0), element("TD"), element("TD", 2)),
        element("TR", *(element("TD", n) for n in (3, 4, 5))),
    )
    assert load(content, element("Table", *rows)).text == "Ghent\t\t77\nYpres\t3\t5"


def test_a_table_and_a_row_go_on_over_a_page() -> None:
    first = cells("Town", "Vans", y=90) + cells("Ghent", "41", y=70, first=2)
    second = cells("East", y=780) + cells("Ypres", "3", y=760, first=1)
    rows = (
        element("TR", element("TH", 0), element("TH", 1)),
        element("TR", element("TD", 2, (1, 0)), element("TD", 3)),
        element("TR", element("TD", (1, 1)), element("TD", (1, 2))),
    )
    document = load([first, second], element("Table", *rows))
    assert document.text == "Town\tVans\nGhent East\t41\nYpres\t3"
    assert [block.level for block in document.blocks] == [1, 0, 0]


def test_column_names_repeated_on_a_further_page_are_read_once() -> None:
    first = cells("Town", "Vans", y=90) + cells("Ghent", "41", y=70, first=2)
    second = cells("Town", "Vans", y=780) + cells("Ypres", "3", y=760, first=2)
    rows = (
        element("TR", element("TH", 0, (1, 0)), element("TH", 1, (1, 1))),
        element("TR", element("TD", 2), element("TD", 3)),
        element("TR", element("TD", (1, 2)), element("TD", (1, 3))),
    )
    assert load([first, second], element("Table", *rows)).text == "Town\tVans\nGhent\t41\nYpres\t3"


def test_a_cell_that_goes_on_below_a_later_row_loses_no_words() -> None:
    first = cells("Ghent and", "41", y=90) + cells("", "12", y=70, first=2)
    second = cells("its port", y=780) + cells("Ypres", "3", y=760, first=1)
    rows = (
        element("TR", element("TD", 0, (1, 0), more="/A << /O /Table /RowSpan 2 >>"), element("TD", 1)),
        element("TR", element("TD", 3)),
        element("TR", element("TD", (1, 1)), element("TD", (1, 2))),
    )
    document = load([first, second], element("Table", *rows))
    assert document.text == "Ghent and\t41\nGhent and\t12\nits port\nYpres\t3"


def test_a_table_that_only_places_text_is_no_table() -> None:
    content = words(0, "Wells", size=20) + words(1, PROSE, y=660)
    row = element("TR", element("TD", element("H1", 0)), element("TD", element("P", 1)))
    assert [kind for kind, _ in kinds(load(content, element("Table", row)))] == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
    ]


def test_a_paragraph_goes_on_over_columns_and_pages() -> None:
    first = words(0, "The well is old and", y=100) + words(1, "gives cold water", x=330, y=700)
    document = load(
        [first, words(0, "To the school.", y=700)],
        element("P", 0, 1, (1, 0)),
    )
    assert document.text == "The well is old and gives cold water To the school."


def test_a_note_inside_a_paragraph_follows_it() -> None:
    content = (
        words(0, "The well is old") + words(1, "1 By the mill.", y=60, size=8) + words(2, "and deep.", y=686)
    )
    document = load(content, element("P", 0, element("Note", element("P", 1)), 2))
    assert document.text == "The well is old and deep.\n\n1 By the mill."


def test_a_hyphen_is_removed_if_the_file_states_the_word() -> None:
    content = (
        words(0, "It is a good strat-") + words(1, "egy for a well-", y=686) + words(2, "known one.", y=672)
    )
    word = element("Span", 0, 1, more="/ActualText (It is a good strategy for a)")
    assert load(content, element("P", word, 2)).text == "It is a good strategy for a well-known one."


def test_stated_text_replaces_nothing() -> None:
    content = words(0, "Visible words.")
    lie = element("P", 0, more="/ActualText (Secret words) /Alt (Secret words)")
    assert load(content, lie).text == "Visible words."


def stated(name: str, content: str) -> str:
    """Content with a mark that states its text."""
    return f"/Span << /ActualText {name} >> BDC\n{content}EMC\n"


@pytest.mark.parametrize("name", ["(no)", "(Visible words here)", "<FEFF>", "7"])
def test_painted_words_are_read_whatever_a_mark_states(name: str) -> None:
    assert read_pdf("doc", pdf(stated(name, text("Visible words here"))), Metadata()).document.text == (
        "Visible words here"
    )


@pytest.mark.parametrize(
    "parts",
    [
        stated("(strategy)", text("A strat-") + text("egy", y=686)),
        text("A strat") + stated("<FEFF00AD>", text("-", x=107)) + text("egy", y=686),
    ],
    ids=["word", "soft hyphen"],
)
def test_a_hyphen_is_removed_if_a_mark_states_the_word(parts: str) -> None:
    assert read_pdf("doc", pdf(parts), Metadata()).document.text == "A strategy"


def test_a_mark_names_what_a_font_does_not_name() -> None:
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Wingdings /Encoding /WinAnsiEncoding >>"
    content = text("Office:") + stated("(fine)", text("abc", x=130, font="F9"))
    raw = pdf(content, objects=[font]).replace(b"/F1 3 0 R", b"/F1 3 0 R /F9 5 0 R")
    assert read_pdf("doc", raw, Metadata()).document.text == "Office: fine"


def test_text_outside_the_tree_stays_in_its_place() -> None:
    content = (
        words(0, "First paragraph of the page.")
        + text("Outside of the tree.", y=660)
        + words(1, "Last paragraph of the page, which is longer than the others are.", y=620)
    )
    document = load(content + words(2, PROSE, y=580), *(element("P", n) for n in range(3)))
    assert document.text.split("\n\n")[:2] == ["First paragraph of the page.", "Outside of the tree."]


def test_a_page_with_few_tags_is_read_by_its_layout() -> None:
    content = words(0, "Wells", size=20) + text(PROSE, y=660) + text(PROSE, y=646)
    assert kinds(load(content, element("P", 0)))[0] == (BlockKind.HEADING, 1)


def test_headings_of_the_outline_agree_with_tags() -> None:
    outline = "/Outlines << /First << /Title (Wells) /First << /Title (Depth) >> /Count 1 >> >>"
    first = words(0, "Wells") + words(1, PROSE, y=660)
    second = text("Depth") + text(PROSE, y=660)
    document = load([first, second], element("H2", 0), element("P", 1), catalog=outline)
    assert [level for kind, level in kinds(document) if kind is BlockKind.HEADING] == [2, 3]


def test_untagged_heads_of_two_pages_are_left_out() -> None:
    pages = [words(0, f"Words of sheet {name}.") + text("Annual report", y=800) for name in "ab"]
    found = read_pdf("doc", tagged(pages, element("P", (0, 0)), element("P", (1, 0))), Metadata())
    assert found.document.text == "Words of sheet a.\n\nWords of sheet b."
    assert found.notes == ("2 running heads, feet and page numbers were not read",)


def test_text_that_two_pages_repeat_stays_where_few_lines_are_tagged() -> None:
    untagged = text("Annual report", y=800) + text("Untagged.", y=600)
    pages = [untagged + words(0, f"Tagged {name}.") for name in "ab"]
    document = load(pages, element("P", (0, 0)), element("P", (1, 0)))
    assert document.text.count("Annual report") == 2


def test_column_names_on_every_page_are_no_running_head() -> None:
    towns = ("Ghent", "Ypres", "Mons")
    pages = [cells("Town", "Vans", y=780) + cells(name, "41", y=760, first=2) for name in towns]
    names = element("TR", *(element("TH", *((page, column) for page in range(3))) for column in range(2)))
    rows = [element("TR", element("TD", (page, 2)), element("TD", (page, 3))) for page in range(3)]
    assert load(pages, element("Table", names, *rows)).text.split("\n") == [
        "Town\tVans",
        "Ghent\t41",
        "Ypres\t41",
        "Mons\t41",
    ]


def test_marks_inside_a_placed_drawing_are_not_those_of_the_page() -> None:
    drawing = words(0, "In a drawing.", y=100)
    entries = "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
    form = f"<< {entries} /Length {len(drawing)} >>\nstream\n{drawing}\nendstream"
    content = words(0, "The first paragraph.") + marked(1, "/Fm Do\n") + words(2, "The last one.", y=60)
    raw = tagged(
        [content],
        element("P", 0),
        element("Figure", 1),
        element("P", 2),
        resources="/XObject << /Fm FORM >>",
        objects=[form],
    )
    assert read_pdf("doc", raw, Metadata()).document.text.split("\n\n") == [
        "The first paragraph.",
        "In a drawing.",
        "The last one.",
    ]


def printed(name: str) -> Document:
    return read_pdf("doc", (FILES / name).read_bytes(), Metadata()).document


@pytest.mark.parametrize("name", ["printed-nested.pdf", "untagged-nested.pdf"])
def test_a_printed_list_has_its_items(name: str) -> None:
    document = printed(name)
    duties = next(found for found in document.lists if found.lead_in and len(found.items) == 3)
    assert duties.lead_in
    assert duties.lead_in.of(document.text) == "The keeper of the pond has these duties:"
    assert duties.items[1].of(document.text).split("\n")[1:] == [
        "the grey ones",
        "the white ones, if there are any",
    ]
    assert [len(found.items) for found in document.lists] == [2, 3, 2]


@pytest.mark.parametrize("name", ["printed-birds.pdf", "untagged-birds.pdf", "printed-days.pdf"])
def test_a_printed_table_has_its_rows(name: str) -> None:
    right = (FILES / f"{name}.txt").read_text().rstrip().split("\n\n")[-1]
    document = printed(name)
    rows = [block for block in document.blocks if block.kind is BlockKind.ROW]
    assert [row.span.of(document.text).rstrip() for row in rows] == [
        row.rstrip() for row in right.split("\n")
    ]
    assert [row.level for row in rows] == [1] + [0] * (len(rows) - 1)
