"""Presentations, as PowerPoint writes them."""

from tests.load.office.files import pptx, shape


def _r(text: str, properties: str = "") -> str:
    return f'<a:r><a:rPr lang="en-GB" {properties}/><a:t>{text}</a:t></a:r>'


def _numbered(text: str, type_: str, level: int = 0, more: str = "") -> str:
    return f'<a:pPr lvl="{level}"><a:buFont typeface="+mj-lt"/><a:buAutoNum type="{type_}"{more}/></a:pPr>{_r(text)}'


def _frame(content: str) -> str:
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="Frame"/><p:nvPr/></p:nvGraphicFramePr>'
        f"<a:graphic><a:graphicData>{content}</a:graphicData></a:graphic></p:graphicFrame>"
    )


def _cell(text: str, properties: str = "") -> str:
    return f"<a:tc {properties}><a:txBody><a:bodyPr/><a:p>{_r(text)}</a:p></a:txBody><a:tcPr/></a:tc>"


def _point(text: str, properties: str = "", set_: str = "") -> str:
    return (
        f'<dgm:pt modelId="1" {properties}><dgm:prSet {set_}/><dgm:t><a:p>{_r(text)}</a:p></dgm:t></dgm:pt>'
    )


def _title(text: str) -> str:
    return shape(_r(text), kind="title")


_HIDDEN_SHAPE = (
    '<p:sp><p:nvSpPr><p:cNvPr id="9" name="Box" hidden="1"/><p:nvPr/></p:nvSpPr>'
    f"<p:txBody><a:p>{_r('Hidden box.')}</a:p></p:txBody></p:sp>"
)
_EMPTY = '<p:sp><p:nvSpPr><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:txBody><a:p/></p:txBody></p:sp>'
_TABLE = "<a:tbl><a:tr>{}</a:tr><a:tr>{}</a:tr><a:tr>{}</a:tr></a:tbl>".format(
    _cell("Town", 'rowSpan="2"') + _cell("Vans", 'gridSpan="2"') + _cell("", 'hMerge="1"'),
    _cell("", 'vMerge="1"') + _cell("2022") + _cell("2023"),
    _cell("Ghent") + _cell("41") + _cell("77"),
)

SLIDES: dict[str, tuple[bytes, str]] = {
    "placeholders.pptx": (
        pptx(
            _title("Wells")
            + _EMPTY
            + shape(_r("1"), kind="sldNum")
            + shape(_r("May 2024"), kind="dt")
            + shape(_r("Town hall"), kind="ftr"),
            _EMPTY + shape(_r("A slide without a title.")),
        ),
        "Wells\n\nA slide without a title.",
    ),
    "groups.pptx": (
        pptx(
            _title("Pumps")
            + f"<p:grpSp><p:nvGrpSpPr/>{shape(_r('Inlet'))}<p:grpSp>{shape(_r('Outlet'))}</p:grpSp></p:grpSp>"
            + _HIDDEN_SHAPE
            + '<mc:AlternateContent><mc:Choice Requires="a14">'
            + shape("<a14:m xmlns:a14='urn:a14'><m:oMath><m:r><m:t>p=ρgh</m:t></m:r></m:oMath></a14:m>")
            + f"</mc:Choice><mc:Fallback>{shape(_r('a picture'))}</mc:Fallback></mc:AlternateContent>",
            shape(_r("Never shown.")),
            notes=shape(_r("Say this slowly."), kind="body") + shape(_r("1"), kind="sldNum"),
            hidden="2",
        ),
        "Pumps\n\nInlet\n\nOutlet\n\np=ρgh\n\nSay this slowly.",
    ),
    "table.pptx": (
        pptx(_title("Fleet") + _frame(_TABLE)),
        "Fleet\n\nTown\tVans\nTown\t2022\t2023\nGhent\t41\t77",
    ),
    "diagram.pptx": (
        pptx(
            _title("Plan") + _frame('<dgm:relIds r:dm="d"/>') + shape(_r("After the diagram.")),
            diagram=_point("", 'type="doc"')
            + _point("Dig")
            + _point("Line", 'type="asst"')
            + _point("Arrow", 'type="parTrans"')
            + _point("[Text]", set_='phldr="1"'),
        ),
        "Plan\n\nDig\nLine\n\nAfter the diagram.",
    ),
    "numbers.pptx": (
        pptx(
            _title("Steps")
            + shape(
                _numbered("Dig", "arabicParenR"),
                _numbered("by hand", "alphaLcParenBoth", 1),
                _numbered("by drill", "alphaLcParenBoth", 1),
                _numbered("Line", "arabicParenR"),
                kind="body",
            )
            + shape(
                _numbered("Open", "romanUcPeriod", more=' startAt="4"'),
                _numbered("Close", "romanUcPeriod", more=' startAt="4"'),
            )
        ),
        "Steps\n\n1) Dig\n(a) by hand\n(b) by drill\n2) Line\n\nIV. Open\nV. Close",
    ),
}
"""Content and right text of each file, by name."""
