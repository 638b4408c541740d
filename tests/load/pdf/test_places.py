"""The box of a quote surrounds its glyphs, and no others."""

import pypdfium2 as pdfium
import pytest

from normqa.datatypes import Metadata, Span
from normqa.glyph_map import GlyphMap
from normqa.load.pdf.pdf import read_pdf
from normqa.load.pdf.render import render_page
from tests.load.pdf.files import pdf, text
from tests.load.pdf.tagged import element, tagged, words
from tests.pictures import marked_part, read_png

PAGE = text("The well is forty metres deep and gives", y=700) + text(
    "cold water. The pond is shallow.", y=684
)


def loaded(raw: bytes) -> tuple[str, GlyphMap]:
    parsed = read_pdf("doc", raw, Metadata())
    assert parsed.glyphs is not None
    return parsed.document.text, parsed.glyphs


def under(raw: bytes, glyphs: GlyphMap, span: Span) -> str:
    """The letters whose middle is in a box of a span, as PDFium reads them, on pages that are not turned."""
    letters = ""
    for number, page in enumerate(pdfium.PdfDocument(raw), 1):
        boxes = [box for box in glyphs.boxes(span) if box.page == number]
        left, _, _, top = page.get_cropbox()
        textpage = page.get_textpage()
        for index in range(textpage.count_chars()):
            x0, y0, x1, y1 = textpage.get_charbox(index)
            x, y = (x0 + x1) / 2 - left, top - (y0 + y1) / 2
            if any(box.left <= x <= box.right and box.top <= y <= box.bottom for box in boxes):
                letters += textpage.get_text_range(index, 1)
    return "".join(letters.split())


def squeezed(quote: str) -> str:
    return "".join(quote.split())


@pytest.mark.parametrize("page", ["", "/CropBox [50 600 400 800]"])
@pytest.mark.parametrize("quote", ["forty metres deep", "gives cold water.", "The pond is shallow."])
def test_text_under_the_boxes_is_the_quote(page: str, quote: str) -> None:
    raw = pdf(PAGE, page=page)
    whole, glyphs = loaded(raw)
    start = whole.index(quote)
    assert under(raw, glyphs, Span(start, start + len(quote))) == squeezed(quote)


def test_quote_across_pages_has_boxes_on_both() -> None:
    raw = pdf(text("The first page ends here."), text("The second page starts here."))
    whole, glyphs = loaded(raw)
    boxes = glyphs.boxes(Span(0, len(whole)))
    assert [box.page for box in boxes] == [1, 2]
    assert under(raw, glyphs, Span(0, len(whole))) == squeezed(whole)


def test_all_characters_of_a_table_have_boxes() -> None:
    rows = [("Town", "Vans"), ("Ghent", "41"), ("Bruges", "12"), ("Ypres", "3")]
    raw = pdf(
        "".join(
            text(c, x=72 + 150 * n, y=700 - 16 * m) for m, row in enumerate(rows) for n, c in enumerate(row)
        )
    )
    whole, glyphs = loaded(raw)
    assert len(glyphs) == len(squeezed(whole))
    start = whole.index("12")
    assert under(raw, glyphs, Span(start, start + 2)) == "12"


def test_boxes_are_right_where_tags_change_the_order() -> None:
    """The same words are in both columns, so that only the order tells them apart."""
    rows = [f"the same words in row {row}" for row in range(6)]
    content = "".join(
        words(row + 6 * column, line, x=72 + 250 * column, y=700 - 20 * row)
        for row, line in enumerate(rows)
        for column in range(2)
    )
    right_first = [element("P", *range(6, 12)), element("P", *range(6))]
    raw = tagged([content], *right_first)
    whole, glyphs = loaded(raw)
    assert whole == "\n\n".join([" ".join(rows)] * 2)
    middle = whole.index("\n")
    assert min(box.left for box in glyphs.boxes(Span(0, middle))) > 300
    assert max(box.right for box in glyphs.boxes(Span(middle, len(whole)))) < 300


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_mark_is_drawn_where_the_text_is_shown(turn: int) -> None:
    """The mark covers the dark pixels of the only text of the page, however the page is turned."""
    raw = pdf(text("Depth"), page=f"/Rotate {turn} /CropBox [40 500 500 800]")
    whole, glyphs = loaded(raw)
    plain = read_png(render_page(raw, 1, [], 1.0))
    marked = read_png(render_page(raw, 1, glyphs.boxes(Span(0, len(whole))), 1.0))
    assert marked.shape == plain.shape
    dark = (plain < 128).all(axis=2)
    assert dark.any()
    assert (dark <= marked_part(plain, marked)).all()
    assert marked_part(plain, marked).mean() < 0.02
