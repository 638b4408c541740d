"""The text of an OpenDocument file is what the office suite shows."""

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.office.odf.odf import is_odp, is_odt, load_odf
from normqa.load.problem import LoadError
from tests.load.office.files import odf, zipped

STYLES = (
    '<style:style style:family="text" style:name="Struck">'
    '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:family="text" style:name="Up">'
    '<style:text-properties style:text-position="super 58%"/></style:style>'
    '<style:style style:family="text" style:name="Down">'
    '<style:text-properties style:text-position="sub 58%"/></style:style>'
    '<style:style style:family="paragraph" style:name="Up"><style:text-properties text:display="none"/>'
    "</style:style>"
    '<style:style style:family="text" style:name="Gone"><style:text-properties text:display="none"/>'
    "</style:style>"
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1"'
    ' style:num-suffix="."/><text:list-level-style-bullet text:level="2"/></text:list-style>'
)


def load(body: str) -> Document:
    return load_odf("doc", odf("text", body, STYLES), Metadata()).document


def span(text: str, style: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


def test_headings_and_paragraphs() -> None:
    document = load('<text:h text:outline-level="1">Wells</text:h><text:p>The well is\n   deep.</text:p>')
    assert document.text == "Wells\n\nThe well is deep."
    assert document.blocks[0].kind is BlockKind.HEADING


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (f"10{span('6', 'Up')} litres", "10^6 litres"),
        (f"{span('80', 'Struck')} 70 euros", "70 euros"),
        (f"a {span('secret', 'Gone')} b", "a b"),
        ('a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d', "a  b\tc\nd"),
        ("a<office:annotation><text:p>comment</text:p></office:annotation>b", "ab"),
        ("<text:a>a link</text:a>", "a link"),
        ('<text:hidden-paragraph text:is-hidden="true"/>secret', None),
        (f"01{span('H ', 'Down')}3A", "01_H 3A"),
        ("a <draw:frame><draw:image/></draw:frame> b", "a b"),
    ],
)
def test_text_reads_as_it_is_shown(inner: str, text: str | None) -> None:
    assert (
        load(f"<text:p>{inner}</text:p><text:p>End.</text:p>").text == f"{text}\n\nEnd." if text else "End."
    )


def test_lists_are_nested_and_numbered() -> None:
    nested = "<text:list><text:list-item><text:p>b</text:p></text:list-item></text:list>"
    item = "<text:list-item><text:p>{}</text:p>{}</text:list-item>"
    items = item.format("a", nested) + item.format("c", "")
    document = load(f'<text:p>Steps:</text:p><text:list text:style-name="L">{items}</text:list>')
    assert document.text == "Steps:\n\n1. a\nb\n2. c"
    outer = document.lists[-1]
    assert [item.of(document.text) for item in outer.items] == ["1. a\nb", "2. c"]


def test_tables_keep_their_columns() -> None:
    cells = "<table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell/>"
    row = f"<table:table-row>{cells}<table:table-cell><text:p>c</text:p></table:table-cell></table:table-row>"
    assert load(f"<table:table>{row}{row}</table:table>").text == "a\t\tc\na\t\tc"


def test_footnotes_follow_their_section() -> None:
    body = "<text:note-body><text:p>Withdrawn.</text:p></text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{body}</text:note>"
    assert (
        load(f"<text:p>It applies.{note}</text:p><text:p>More.</text:p>").text
        == "It applies.\n\nMore.\n\nWithdrawn."
    )


def test_tracked_deletions_are_left_out_and_reported() -> None:
    deleted = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    )
    found = load_odf("doc", odf("text", f"{deleted}<text:p>Kept.</text:p>"), Metadata())
    assert found.document.text == "Kept."
    assert found.notes == ("1 tracked deletion was read as accepted",)


def test_slides_are_pages() -> None:
    def page(title: str, text: str) -> str:
        box = "<draw:text-box><text:p>{}</text:p></draw:text-box>"
        frame = f'<draw:frame presentation:class="{{}}">{box}</draw:frame>'
        return f"<draw:page>{frame.format('title', title)}{frame.format('outline', text)}</draw:page>"

    raw = odf("presentation", page("One", "a") + page("Two", "b"))
    document = load_odf("deck", raw, Metadata()).document
    assert document.text == "One\n\na\n\nTwo\n\nb"
    assert document.page_at(len(document.text) - 1) == 2
    assert is_odp(raw)
    assert not is_odt(raw)


def test_the_file_states_its_metadata() -> None:
    meta = "<dc:title>Report</dc:title><meta:initial-creator>Ada</meta:initial-creator>"
    meta += "<dc:date>2024-05-01T00:00</dc:date>"
    found = load_odf("doc", odf("text", "<text:p>a</text:p>", meta=meta), Metadata()).document.metadata
    assert (found.title, found.authors, found.date) == ("Report", ("Ada",), "2024-05-01")


def test_an_encrypted_file_is_named() -> None:
    raw = zipped({"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": "x"})
    with pytest.raises(LoadError, match="encrypted"):
        load_odf("doc", raw, Metadata())


SHAPE = "<draw:{0}><text:p>{1}</text:p></draw:{0}>".format


@pytest.mark.parametrize("name", ["custom-shape", "rect", "ellipse", "connector", "caption"])
@pytest.mark.parametrize("place", ["{}", "<text:p>{}</text:p>", "<draw:g>{}</draw:g>"])
def test_text_in_shapes_is_read(name: str, place: str) -> None:
    assert load(place.format(SHAPE(name, "Drawn."))).text == "Drawn."


def test_formulas_are_read() -> None:
    body = '<text:p>So<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame> holds.</text:p>'
    raw = odf("text", body, formula="<msup><mi>x</mi><mn>2</mn></msup>")
    assert load_odf("doc", raw, Metadata()).document.text == "So x^2 holds."


def test_headings_carry_the_numbers_of_their_outline() -> None:
    levels = "".join(
        f'<text:outline-level-style text:level="{n}" style:num-format="1" text:display-levels="{n}"/>'
        for n in (1, 2)
    )
    heading = '<text:h text:outline-level="{}"{}>{}</text:h>'.format
    body = heading(1, "", "A") + heading(2, "", "B")
    body += heading(2, ' text:is-list-header="true"', "C") + heading(1, "", "D")
    raw = odf("text", body, common=f"<text:outline-style>{levels}</text:outline-style>")
    assert load_odf("doc", raw, Metadata()).document.text == "1 A\n\n1.1 B\n\nC\n\n2 D"


def test_a_list_that_only_indents_is_not_counted_and_continues() -> None:
    item = "<text:list-item>{}</text:list-item>".format
    one = f'<text:list xml:id="a" text:style-name="L">{item("<text:p>a</text:p>")}</text:list>'
    indented = item(f"<text:list>{item('<text:p>b</text:p>')}</text:list>")
    two = f'<text:list text:continue-list="a">{indented}{item("<text:p>c</text:p>")}</text:list>'
    assert load(f"{one}<text:p>Tip.</text:p>{two}").text == "1. a\n\nTip.\n\nb\n\n2. c"


def test_comments_and_notes_in_cells_are_not_text_of_the_cell() -> None:
    note = "<text:note><text:note-body><text:p>Noted.</text:p></text:note-body></text:note>"
    comment = "<office:annotation><text:p>Check.</text:p></office:annotation>"
    cell = f"<table:table-cell><text:p>a{note}{comment}</text:p></table:table-cell>"
    assert load(f"<table:table><table:table-row>{cell}</table:table-row></table:table>").text == "a\n\nNoted."


def test_conditional_sections_are_read_unless_they_are_hidden() -> None:
    section = '<text:section text:display="condition"{}><text:p>{}</text:p></text:section>'.format
    assert load(section("", "Shown.") + section(' text:is-hidden="true"', "Hidden.")).text == "Shown."


def test_hidden_slides_are_left_out_and_reported() -> None:
    style = (
        '<style:style style:family="drawing-page" style:name="H">'
        '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    box = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>".format
    body = (
        f'<draw:page>{box("Shown.")}</draw:page><draw:page draw:style-name="H">{box("Hidden.")}</draw:page>'
    )
    found = load_odf("deck", odf("presentation", body, style), Metadata())
    assert (found.document.text, found.notes) == ("Shown.", ("1 hidden slide was not read",))


def test_text_boxes_beside_the_speaker_notes_are_read() -> None:
    box = "<draw:frame{}><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>".format
    notes = box(' presentation:class="notes"', "Say this.") + box("", "Beside.")
    notes += box(' presentation:class="page-number"', "1")
    raw = odf("presentation", f"<draw:page><presentation:notes>{notes}</presentation:notes></draw:page>")
    assert load_odf("deck", raw, Metadata()).document.text == "Say this.\n\nBeside."


def test_struck_text_is_reported() -> None:
    found = load_odf("doc", odf("text", f"<text:p>{span('80', 'Struck')} 70</text:p>", STYLES), Metadata())
    assert (found.document.text, found.notes) == ("70", ("1 piece of struck text was not read",))


def test_absurd_levels_and_numbers_cost_nothing() -> None:
    heading = '<text:h text:outline-level="999999999">Deep</text:h>'
    paragraph = '<text:numbered-paragraph text:level="999999999"><text:p>a</text:p></text:numbered-paragraph>'
    assert load(heading + paragraph).text == "Deep\n\na"
