"""OpenDocument texts and presentations, as LibreOffice writes them."""

from tests.load.office.files import odf

_STYLES = (
    '<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="sub 58%"/>'
    "</style:style>"
    '<style:style style:name="Gone" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="dp2" style:family="drawing-page"><style:drawing-page-properties'
    ' presentation:visibility="hidden"/></style:style>'
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"'
    ' style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
    "</text:list-style>"
)
_OUTLINE = (
    '<text:outline-style style:name="Outline"><text:outline-level-style text:level="1" style:num-format="1"/>'
    '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>'
)
_ITEM = "<text:list-item>{}</text:list-item>".format
_CHANGES = (
    '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>80</text:p></text:deletion>'
    "</text:changed-region></text:tracked-changes>"
)
_NOTE = (
    '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
    "<text:p>Without spares.</text:p></text:note-body></text:note>"
)
_COMMENT = "<office:annotation><dc:creator>Ada</dc:creator><text:p>Check this.</text:p></office:annotation>"
_BOX = "<draw:frame><draw:text-box>{}</draw:text-box></draw:frame>".format
_FORMULA = '<draw:frame><draw:object xlink:href="./Object 1"/><draw:image xlink:href="./Replacement 1"/></draw:frame>'


def _p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def _h(text: str, level: int, more: str = "") -> str:
    return f'<text:h text:outline-level="{level}"{more}>{text}</text:h>'


def _list(*items: str, more: str = "") -> str:
    return f'<text:list text:style-name="L1"{more}>{"".join(map(_ITEM, items))}</text:list>'


def _placeholder(kind: str, text: str, more: str = "") -> str:
    return f'<draw:frame presentation:class="{kind}"{more}><draw:text-box>{_p(text)}</draw:text-box></draw:frame>'


OPEN_DOCUMENTS: dict[str, tuple[bytes, str]] = {
    "numbering.odt": (
        odf(
            "text",
            _h("Scope", 1)
            + _h("Wells", 2)
            + _list(
                _p("Dig") + "<text:list>" + _ITEM(_p("by hand")) + "</text:list>",
                _p("Line"),
                more=' xml:id="l1"',
            )
            + _p("The old wells stay.")
            + _list(
                "<text:list>" + _ITEM(_p("with brick")) + "</text:list>",
                _p("Cover"),
                more=' xml:id="l2" text:continue-list="l1"',
            )
            + _list(_p("Fill"))
            + _h("Not counted", 2, ' text:is-list-header="true"')
            + _h("Duties", 1)
            + _h("Guards", 2),
            _STYLES,
            common=_OUTLINE,
        ),
        "1 Scope\n\n1.1 Wells\n\n1. Dig\na) by hand\n2. Line\n\nThe old wells stay.\n\na) with brick\n\n3. Cover\n\n"
        "1. Fill\n\nNot counted\n\n2 Duties\n\n2.1 Guards",
    ),
    "changes.odt": (
        odf(
            "text",
            _CHANGES
            + _p(
                'The fee is <text:change text:change-id="c1"/>70 euros for H<text:span text:style-name="T1">2 </text:span>O.'
            )
            + '<text:section text:display="condition" text:condition="x" text:name="a">'
            + _p("Shown now.")
            + "</text:section>"
            + '<text:section text:display="none" text:name="b">'
            + _p("Hidden section.")
            + "</text:section>"
            + f"<table:table><table:table-row><table:table-cell>{_p('Vans' + _COMMENT)}</table:table-cell>"
            f"<table:table-cell>{_p('41' + _NOTE)}</table:table-cell></table:table-row></table:table>"
            + _p(f"So {_FORMULA} holds.")
            + _p('<text:hidden-paragraph text:is-hidden="true"/>Hidden paragraph.')
            + _p(
                'Page <text:page-number>3</text:page-number>, <text:bookmark-ref text:ref-name="r">section 4</text:bookmark-ref>.'
            ),
            _STYLES,
            formula="<semantics><mrow><mi>p</mi><mo>=</mo><msup><mi>x</mi><mn>2</mn></msup></mrow>"
            '<annotation encoding="StarMath 5.0">p = x^2</annotation></semantics>',
        ),
        "The fee is 70 euros for H₂ O.\n\nShown now.\n\nVans\t41\n\nSo p=x^2 holds.\n\nPage 3, section 4.\n\n"
        "Without spares.",
    ),
    "shapes.odp": (
        odf(
            "presentation",
            "<draw:page>"
            + _placeholder("title", "Pumps")
            + _placeholder("outline", "Click to add text", ' presentation:placeholder="true"')
            + f"<draw:custom-shape>{_p('An arrow.')}</draw:custom-shape><draw:g><draw:rect>{_p('A square.')}</draw:rect>"
            + f"<draw:g><draw:ellipse>{_p('An ellipse.')}</draw:ellipse></draw:g></draw:g>"
            + "<draw:frame><table:table><table:table-row><table:table-cell table:number-columns-spanned='2'>"
            + f"{_p('Vans')}</table:table-cell><table:covered-table-cell/></table:table-row><table:table-row>"
            + f"<table:table-cell>{_p('41')}</table:table-cell><table:table-cell>{_p('77')}</table:table-cell>"
            + "</table:table-row></table:table><draw:image/></draw:frame>"
            + f"<presentation:notes>{_placeholder('notes', 'Say this slowly.')}</presentation:notes></draw:page>"
            + f'<draw:page draw:style-name="dp2">{_BOX(_p("Never shown."))}</draw:page>'
            + f"<draw:page><draw:a>{_BOX(_p('A linked box.'))}</draw:a></draw:page>",
            _STYLES,
        ),
        "Pumps\n\nAn arrow.\n\nA square.\n\nAn ellipse.\n\nVans\n41\t77\n\nSay this slowly.\n\nA linked box.",
    ),
}
"""Content and right text of each file, by name."""
