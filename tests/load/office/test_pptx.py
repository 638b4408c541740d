"""A presentation is read slide by slide, in the order of the show."""

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.office.pptx import is_pptx, load_pptx
from tests.load.office.files import docx, p, pptx, shape


def r(text: str, properties: str = "") -> str:
    return f"<a:r><a:rPr {properties}/><a:t>{text}</a:t></a:r>"


def load(*slides: str, **parts: str) -> Document:
    return load_pptx("deck", pptx(*slides, **parts), Metadata()).document


def test_slides_are_sections_and_pages_in_the_order_of_the_show() -> None:
    document = load(
        shape(r("First"), kind="title") + shape(r("a")), shape(r("Second"), kind="title") + shape(r("b"))
    )
    assert document.text == "First\n\na\n\nSecond\n\nb"
    assert [document.page_at(document.text.index(word)) for word in ("First", "a", "Second", "b")] == [
        1,
        1,
        2,
        2,
    ]
    assert document.page_labels == ()


def test_body_text_of_several_paragraphs_is_a_list() -> None:
    body = shape(r("one"), '<a:pPr lvl="1"/>' + r("nested"), r("two"), kind="body")
    document = load(shape(r("T"), kind="title") + body)
    assert document.text == "T\n\none\nnested\ntwo"
    assert [(block.kind, block.level) for block in document.blocks[1:]] == [
        (BlockKind.ITEM, 1),
        (BlockKind.ITEM, 2),
        (BlockKind.ITEM, 1),
    ]


def test_automatic_numbers_are_written_out() -> None:
    numbered = '<a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr>'
    assert load(shape(numbered + r("a"), numbered + r("b"))).text == "1. a\n2. b"


def test_groups_tables_and_speaker_notes_are_read() -> None:
    cells = "".join(f"<a:tc><a:txBody><a:p>{r(text)}</a:p></a:txBody></a:tc>" for text in ("x", "y"))
    table = f"<p:graphicFrame><a:graphic><a:tbl><a:tr>{cells}</a:tr></a:tbl></a:graphic></p:graphicFrame>"
    document = load(
        f"<p:grpSp>{shape(r('grouped'))}</p:grpSp>{table}",
        notes=shape(r("Say this."), kind="body") + shape(r("Written beside.")) + shape(r("1"), kind="sldNum"),
    )
    assert document.text == "grouped\n\nx\ty\n\nSay this.\n\nWritten beside."


def test_struck_raised_and_repeated_text() -> None:
    text = r("10") + r("6", 'baseline="30000"') + r(" gone", 'strike="sngStrike"') + r(" litres")
    assert (
        load(shape(text) + shape(r("7"), kind="sldNum") + shape(r("2024"), kind="dt")).text == "10^6 litres"
    )


def test_hidden_slides_are_left_out_and_reported() -> None:
    found = load_pptx("deck", pptx(shape(r("a")), shape(r("b")), hidden="1"), Metadata())
    assert found.document.text == "b"
    assert found.notes == ("1 hidden slide was not read",)


def test_presentations_are_recognised() -> None:
    assert is_pptx(pptx(shape(r("a"))))
    assert not is_pptx(docx(p("a")))


@pytest.mark.parametrize(
    ("type_", "number"),
    [("alphaLcParenR", "b)"), ("romanUcPeriod", "II."), ("arabicParenBoth", "(2)"), ("arabicPlain", "2")],
)
def test_automatic_numbers_have_their_format(type_: str, number: str) -> None:
    numbered = f'<a:pPr><a:buAutoNum type="{type_}"/></a:pPr>'
    assert load(shape(numbered + r("x"), numbered + r("y"))).text.splitlines()[1] == f"{number} y"


def test_formulas_are_read() -> None:
    formula = "<a14:m xmlns:a14='a'><m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath></a14:m>"
    assert load(shape(formula)).text == "E=mc"


def test_diagrams_are_read_in_place_without_their_prompts() -> None:
    point = "<dgm:pt {0}><dgm:prSet {1}/><dgm:t><a:p>" + r("{2}") + "</a:p></dgm:t></dgm:pt>"
    points = (
        point.format("", "", "one")
        + point.format('type="asst"', "", "two")
        + point.format("", 'phldr="1"', "[Text]")
    )
    frame = "<p:graphicFrame><a:graphic><dgm:relIds r:dm='d'/></a:graphic></p:graphicFrame>"
    assert load(frame + shape(r("after")), diagram=points).text == "one\ntwo\n\nafter"


def test_hidden_groups_are_left_out_and_reported() -> None:
    hidden = f'<p:grpSp><p:nvGrpSpPr><p:cNvPr hidden="1"/></p:nvGrpSpPr>{shape(r("secret"))}</p:grpSp>'
    found = load_pptx("deck", pptx(hidden + shape(r("shown"))), Metadata())
    assert (found.document.text, found.notes) == ("shown", ("1 piece of hidden text was not read",))


def test_struck_text_is_reported() -> None:
    found = load_pptx("deck", pptx(shape(r("80 ", 'strike="sngStrike"') + r("70"))), Metadata())
    assert (found.document.text, found.notes) == ("70", ("1 piece of struck text was not read",))


def test_a_box_that_only_numbers_or_dates_the_slide_is_not_read() -> None:
    number = '<a:fld type="slidenum"><a:t>1</a:t></a:fld>'
    assert load(shape(number) + shape(r("Slide ") + number), notes=shape(number)).text == "Slide 1"
