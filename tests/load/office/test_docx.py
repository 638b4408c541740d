"""The text of a Word document is what Word shows with all changes accepted."""

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.loaded import Parsed
from normqa.load.office.word.docx import is_docx, load_docx
from normqa.load.problem import LoadError
from tests.load.office.files import STRICT_W, W, docx, p, run, zipped

HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="heading {n}"/>'
    f'<w:pPr><w:outlineLvl w:val="{n - 1}"/></w:pPr></w:style>'
    for n in (1, 2)
)
STYLES = (
    HEADINGS
    + '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
    + '<w:style w:type="paragraph" w:styleId="Toc1"><w:name w:val="toc 1"/></w:style>'
    + '<w:style w:type="character" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style>'
)


M = "<m:r><m:t>{}</m:t></m:r>".format


def level(number: int, format_: str, pattern: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{format_}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "%2)")}'
    f"{level(2, 'lowerRoman', '%1.%2.%3')}</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="1">{level(0, "bullet", "•")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
)


def item(text: str, number: int = 1, depth: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def heading(text: str, depth: int = 1) -> str:
    return p(text, f'<w:pStyle w:val="H{depth}"/>')


def load(body: str, **parts: str) -> Document:
    return parsed(body, **parts).document


def parsed(body: str, **parts: str) -> Parsed:
    return load_docx("doc", docx(body, **parts), Metadata())


def lists(document: Document) -> list[tuple[str | None, list[str]]]:
    return [
        (
            found.lead_in.of(document.text) if found.lead_in else None,
            [item.of(document.text) for item in found.items],
        )
        for found in document.lists
    ]


def test_numbers_that_go_on_under_an_introduction_of_their_own_are_another_list() -> None:
    body = p("The first are:") + item("Dig") + p("The next are:") + item("Wall") + p("Rest.") + item("Open")
    assert lists(load(body, numbering=NUMBERING)) == [
        ("The first are:", ["1. Dig"]),
        ("The next are:", ["2. Wall", "3. Open"]),
    ]


def test_headings_paragraphs_and_sections() -> None:
    document = load(
        heading("Wells") + p("The well is deep.") + heading("Depth", 2) + p("40 metres."), styles=STYLES
    )
    assert document.text == "Wells\n\nThe well is deep.\n\nDepth\n\n40 metres."
    assert document.title == "Wells"
    assert [section.heading_path for section in document.sections] == [(), ("Depth",)]


def test_a_title_is_above_all_headings() -> None:
    document = load(p("Report", '<w:pStyle w:val="T"/>') + heading("One") + p("a"), styles=STYLES)
    assert [(block.kind, block.level) for block in document.blocks[:2]] == [
        (BlockKind.HEADING, 1),
        (BlockKind.HEADING, 2),
    ]


def test_automatic_numbers_are_written_out() -> None:
    body = item("a") + item("b", depth=1) + item("c", depth=2) + item("d", depth=1) + item("e") + item("f", 3)
    document = load(p("Steps:") + body, numbering=NUMBERING)
    assert document.text == "Steps:\n\n1. a\na) b\n1.a.i c\nb) d\n2. e\n1. f"
    assert lists(document)[-1] == ("Steps:", ["1. a\na) b\n1.a.i c\nb) d", "2. e", "1. f"])


def test_a_list_goes_on_after_other_text() -> None:
    document = load(item("a") + p("Tip.") + item("b"), numbering=NUMBERING)
    assert document.text == "1. a\n\nTip.\n\n2. b"
    assert lists(document) == [(None, ["1. a", "2. b"])]


def test_bullets_are_items_without_a_mark() -> None:
    document = load(p("Birds:") + item("tern", 2) + item("heron", 2), numbering=NUMBERING)
    assert document.text == "Birds:\n\ntern\nheron"
    assert [block.kind for block in document.blocks] == [BlockKind.LEAD_IN, BlockKind.ITEM, BlockKind.ITEM]


def test_a_heading_carries_its_number() -> None:
    numbering = NUMBERING.replace("%1.", "%1")
    numbered = p("Scope", '<w:pStyle w:val="H1"/><w:numPr><w:numId w:val="1"/></w:numPr>')
    assert load(numbered + p("x"), styles=STYLES, numbering=numbering).text.startswith("1 Scope")


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (run("10") + run("6", '<w:vertAlign w:val="superscript"/>') + run(" litres"), "10^6 litres"),
        (run("H") + run("2", '<w:vertAlign w:val="subscript"/>') + run("O"), "H₂O"),
        (run("80 ", "<w:strike/>") + run("70 euros"), "70 euros"),
        (run("80 ", "<w:dstrike/>") + run("70 euros"), "70 euros"),
        (run("Old", '<w:strike w:val="0"/>'), "Old"),
        (run("a") + run(" secret", "<w:vanish/>") + run(" b"), "a b"),
        (run("a") + run(" secret", '<w:rStyle w:val="Gone"/>') + run(" b"), "a b"),
        (run("a") + f"<w:del>{run('x').replace('w:t', 'w:delText')}</w:del><w:ins>{run('b')}</w:ins>", "ab"),
        (f"<w:moveFrom>{run('gone ')}</w:moveFrom><w:moveTo>{run('here')}</w:moveTo>", "here"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a\tb\nc"),
        ("<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t></w:r>", "a\N{NON-BREAKING HYPHEN}b"),
        ('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>'
         '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("May")
         + '<w:r><w:fldChar w:fldCharType="end"/></w:r>' + run(" 1"), "May 1"),
        (f"<w:hyperlink>{run('a link')}</w:hyperlink>", "a link"),
        (f"<w:sdt><w:sdtContent>{run('filled')}</w:sdtContent></w:sdt>", "filled"),
        ("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" + run("Click here")
         + "</w:sdtContent></w:sdt>" + run("real"), "real"),
        (f'<w:customXml w:element="a">{run("tagged")}</w:customXml>', "tagged"),
        ('<w:r><w:t>a</w:t><w:br w:type="page"/><w:t>b</w:t></w:r>', "a\nb"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>', "≥"),
        (run("\uf06d", '<w:rFonts w:ascii="Symbol"/>'), "μ"),
        ("<w:r><w:ruby><w:rt>" + run("kan") + "</w:rt>"
         "<w:rubyBase>" + run("漢") + "</w:rubyBase></w:ruby></w:r>", "漢"),
        ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + run("a field without end"), "a field without end"),
        (run("a ") + "<w:r><w:drawing/></w:r>" + run(" b"), "a b"),
        (f"<m:oMath><m:func><m:fName>{M('ln')}</m:fName><m:e>{M('x')}</m:e></m:func></m:oMath>", "ln x"),
        (f"<m:oMath><m:eqArr><m:e>{M('a')}</m:e><m:e>{M('b')}</m:e></m:eqArr></m:oMath>", "a; b"),
        (f"<m:oMath><m:limLow><m:e>{M('lim')}</m:e><m:lim>{M('n')}</m:lim></m:limLow></m:oMath>",
         "lim_n"),
        (f"<m:oMath><m:sSup><m:e>{M('x')}</m:e><m:sup>{M('2')}</m:sup></m:sSup></m:oMath>", "x^2"),
        (f"<m:oMath><m:f><m:num>{M('a+b')}</m:num><m:den>{M('2')}</m:den></m:f></m:oMath>", "(a+b)/2"),
    ],
)  # fmt: skip
def test_runs_read_as_they_are_shown(runs: str, text: str) -> None:
    assert load(p(runs=runs), styles=STYLES).text == text


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    body = p("One ", "<w:rPr><w:del/></w:rPr>") + p("line.")
    assert load(body).text == "One line."


def test_a_deleted_paragraph_mark_at_the_end_loses_nothing() -> None:
    assert load(p("One.") + p("Two.", "<w:rPr><w:del/></w:rPr>")).text == "One.\n\nTwo."
    table = f"<w:tbl>{row(cell('a'))}</w:tbl>"
    assert load(p("One.", "<w:rPr><w:del/></w:rPr>") + table + p("Two.")).text == "One.\n\na\n\nTwo."


def test_items_without_text_are_counted() -> None:
    assert load(item("a") + item("") + item("b"), numbering=NUMBERING).text == "1. a\n3. b"


def test_cells_keep_their_lists_boxes_and_column() -> None:
    inner = item("a") + item("b")
    box = f"<w:r><w:pict><w:txbxContent>{p('boxed')}</w:txbxContent></w:pict></w:r>"
    table = (
        f"<w:tr><w:tc>{inner}</w:tc><w:tc>{p(runs=run('x') + box)}</w:tc></w:tr>"
        f'<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{cell("y")}</w:tr>'
    )
    assert load(f"<w:tbl>{table}</w:tbl>", numbering=NUMBERING).text == "1. a 2. b\tx boxed\n\ty"


def test_drawn_letters_are_read() -> None:
    letters = '<w:r><w:pict><v:textpath xmlns:v="v" string="Drawn letters"/></w:pict></w:r>'
    assert load(p(runs=letters)).text == "Drawn letters"


def test_comments_headers_forms_and_parts_of_other_files_are_reported() -> None:
    body = p(runs="<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent/></w:sdt>" + run("a"))
    found = parsed(
        body + "<w:altChunk/>",
        header=p("Head"),
        comments=f'<w:comment w:id="1">{p("Check.")}</w:comment><w:comment w:id="2">{p("Done.")}</w:comment>',
    )
    assert found.notes == (
        "2 comments were not read",
        "1 embedded object was not read",
        "1 empty form field was not read",
        "its page headers and footers were not read",
    )


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def test_tables_are_rows_and_merged_cells_keep_their_columns() -> None:
    table = (
        row(cell("Town"), cell("Vans"), cell("Drivers"))
        + row(cell("Ghent", '<w:vMerge w:val="restart"/>'), cell("41"), cell("77"))
        + row(cell("", "<w:vMerge/>"), cell("both", '<w:gridSpan w:val="2"/>'))
    )
    document = load(p("x") + f"<w:tbl>{table}</w:tbl>")
    assert document.text == "x\n\nTown\tVans\tDrivers\nGhent\t41\t77\nGhent\tboth"
    assert [block.kind for block in document.blocks[1:]] == [BlockKind.ROW] * 3


def test_footnotes_follow_the_section_that_calls_them() -> None:
    notes = f'<w:footnote w:id="2">{p("Withdrawn.")}</w:footnote>'
    call = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = (
        heading("A")
        + p(runs=run("Directive 12 applies") + call + run("."))
        + p("More.")
        + heading("B")
        + p("b")
    )
    document = load(body, styles=STYLES, footnotes=notes)
    assert document.text == "A\n\nDirective 12 applies.\n\nMore.\n\nWithdrawn.\n\nB\n\nb"


def test_text_boxes_follow_their_paragraph_and_are_read_once() -> None:
    box = f"<w:txbxContent>{p('In the box.')}</w:txbxContent>"
    drawn = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
    )
    fallback = f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    assert (
        load(p(runs=run("Before.") + drawn + fallback) + p("After.")).text
        == "Before.\n\nIn the box.\n\nAfter."
    )


def test_what_is_left_out_is_reported() -> None:
    body = (
        p(runs=run("a") + run("secret", "<w:vanish/>") + f"<w:del>{run('x')}</w:del>")
        + p("1 Scope 3", '<w:pStyle w:val="Toc1"/>')
        + p(runs='<w:commentRangeStart w:id="0"/>' + run("b") + "<w:r><w:drawing><a:blip/></w:drawing></w:r>")
    )
    found = parsed(body, styles=STYLES)
    assert found.document.text == "a\n\nb"
    assert found.notes == (
        "1 tracked change was read as accepted",
        "1 comment was not read",
        "1 piece of hidden text was not read",
        "1 image was not read",
        "its table of contents was not read",
    )


def test_struck_text_is_reported() -> None:
    assert parsed(p(runs=run("80 ", "<w:strike/>") + run("70"))).notes == (
        "1 piece of struck text was not read",
    )


def test_strict_files_are_read() -> None:
    main = f'<w:document xmlns:w="{STRICT_W}"><w:body>{p("Strict.")}</w:body></w:document>'
    raw = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": main})
    assert load_docx("doc", raw, Metadata()).document.text == "Strict."


def test_the_file_states_title_and_date_unless_something_else_does() -> None:
    core = (
        '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:title>Report</dc:title>'
        "<dc:creator>Ada;Per</dc:creator><dcterms:modified>2024-05-01T10:00:00Z</dcterms:modified>"
        "</cp:coreProperties>"
    )
    main = f'<w:document xmlns:w="{W}"><w:body>{p("Text.")}</w:body></w:document>'
    raw = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": main, "docProps/core.xml": core})
    found = load_docx("doc", raw, Metadata(title="Stated")).document.metadata
    assert (found.title, found.authors, found.date) == ("Stated", ("Ada", "Per"), "2024-05-01")


def test_damage_and_entities_are_named() -> None:
    good = docx(p("Text."))
    entity = (
        f'<!DOCTYPE d [<!ENTITY a "b">]><w:document xmlns:w="{W}"><w:body>{p("&a;")}</w:body></w:document>'
    )
    for raw, reason in (
        (good[: len(good) // 2], "damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "encrypted"),
        (zipped({"word/other.xml": "<a/>"}), "missing"),
        (zipped({"word/document.xml": "<a>"}), "well-formed"),
        (zipped({"word/document.xml": entity}), "document type"),
    ):
        with pytest.raises(LoadError, match=reason):
            load_docx("doc", raw, Metadata())


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.load.office.package.MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(LoadError, match="unpacks to more than"):
        load_docx("doc", docx(p("x" * 2000)), Metadata())


def test_word_files_are_recognised() -> None:
    assert is_docx(docx(p("a")))
    assert not is_docx(zipped({"ppt/presentation.xml": "<a/>", "[Content_Types].xml": ""}))
