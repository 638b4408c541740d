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
    ],
)
def test_text_reads_as_it_is_shown(inner: str, text: str) -> None:
    assert load(f"<text:p>{inner}</text:p>").text == text


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
