"""Word documents, as Word, LibreOffice, Google Docs and Pages write them."""

from tests.load.office.files import STRICT_W, docx, p, run, zipped

_LEVEL = (
    '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/>{}<w:lvlText w:val="{}"/>'
    '<w:lvlJc w:val="left"/></w:lvl>'
).format
_NUM = '<w:num w:numId="{0}"><w:abstractNumId w:val="{1}"/>{2}</w:num>'.format
_RESTART = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
_NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>'
    + _LEVEL(0, "decimal", '<w:pStyle w:val="Heading1"/>', "%1")
    + _LEVEL(1, "decimal", '<w:pStyle w:val="Heading2"/>', "%1.%2")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="hybridMultilevel"/>'
    + _LEVEL(0, "lowerLetter", "", "(%1)")
    + _LEVEL(1, "lowerRoman", "", "%2.")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="2">'
    + _LEVEL(0, "bullet", "", "●")
    + _LEVEL(1, "bullet", "", "○")
    + "</w:abstractNum>"
    + _NUM(1, 0, "")
    + _NUM(2, 1, "")
    + _NUM(3, 1, _RESTART)
    + _NUM(4, 2, "")
)
_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/><w:pPr><w:numPr>'
    f'<w:ilvl w:val="{n - 1}"/><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="{n - 1}"/></w:pPr></w:style>'
    for n in (1, 2)
)
_TOC = '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'


def _heading(text: str, level: int) -> str:
    return p(text, f'<w:pStyle w:val="Heading{level}"/>')


def _item(text: str, number: int, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def _cell(content: str, properties: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>{properties}</w:tcPr>{content}</w:tc>'


def _row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _table(*rows: str) -> str:
    return f'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="2000"/></w:tblGrid>{"".join(rows)}</w:tbl>'


def _mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def _field(code: str, *result: str) -> str:
    instruction = f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
    return _mark("begin") + instruction + _mark("separate") + "".join(result) + _mark("end")


def _form(properties: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def _box(text: str) -> str:
    return f"<w:txbxContent>{p(text)}</w:txbxContent>"


def _drawn(content: str) -> str:
    return (
        '<w:drawing><wp:inline xmlns:wp="urn:wp"><a:graphic><a:graphicData>'
        f"{content}</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


_MOVED = "It stood by the gate."
_TRACKED = '<w:{0} w:id="{1}" w:author="Ada" w:date="2024-05-01T10:00:00Z">{2}</w:{0}>'.format
_STRICT = (
    f'<w:document xmlns:w="{STRICT_W}" w:conformance="strict"><w:body>'
    '<w:p><w:r><w:t xml:space="preserve">The strict well holds 10</w:t></w:r><w:r><w:rPr>'
    '<w:vertAlign w:val="superscript"/></w:rPr><w:t>6</w:t></w:r><w:r><w:t xml:space="preserve"> litres.</w:t></w:r>'
    "</w:p><w:sectPr/></w:body></w:document>"
)
_STRICT_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)

WORD: dict[str, tuple[bytes, str]] = {
    "numbering.docx": (
        docx(
            _heading("Scope", 1)
            + _heading("Wells", 2)
            + _item("Dig", 2)
            + _item("by hand", 2, 1)
            + _item("by drill", 2, 1)
            + p("The old wells stay.")
            + _item("Line", 2)
            + _item("", 2)
            + _item("Cover", 2)
            + _heading("Ponds", 2)
            + _item("Fill", 3)
            + _heading("Duties", 1)
            + _heading("Guards", 2),
            styles=_STYLES,
            numbering=_NUMBERING,
        ),
        "1 Scope\n\n1.1 Wells\n\n(a) Dig\ni. by hand\nii. by drill\n\nThe old wells stay.\n\n(b) Line\n(d) Cover\n\n"
        "1.2 Ponds\n\n(a) Fill\n\n2 Duties\n\n2.1 Guards",
    ),
    "merged.docx": (
        docx(
            _table(
                _row(
                    _cell(p("Town")), _cell(p("2023"), '<w:gridSpan w:val="2"/>'), properties="<w:tblHeader/>"
                ),
                _row(_cell(p("Ghent"), '<w:vMerge w:val="restart"/>'), _cell(p("41")), _cell(p("77"))),
                _row(_cell(p(""), "<w:vMerge/>"), _cell(p("12")), _cell(p("9") + p("or ten"))),
                _row(
                    _cell(_table(_row(_cell(p("inner")), _cell(p("cells")))) + p("")),
                    _cell(p("5")),
                    properties='<w:gridBefore w:val="1"/>',
                ),
            )
            + p("The end.")
        ),
        "Town\t2023\nGhent\t41\t77\nGhent\t12\t9 or ten\n\tinner cells\t5\n\nThe end.",
    ),
    "moves.docx": (
        docx(
            p(runs='<w:moveFromRangeStart w:id="1" w:name="m"/>' + _TRACKED("moveFrom", 2, run(_MOVED)))
            + '<w:moveFromRangeEnd w:id="1"/>'
            + p("The fee ", f"<w:rPr>{_TRACKED('del', 3, '')}</w:rPr>")
            + p(
                runs=run("is ")
                + _TRACKED("del", 4, "<w:r><w:delText>80</w:delText></w:r>")
                + run("70 euros.")
            )
            + p(runs='<w:moveToRangeStart w:id="5" w:name="m"/>' + _TRACKED("moveTo", 6, run(_MOVED)))
            + '<w:moveToRangeEnd w:id="5"/>'
            + _table(
                _row(_cell(p("kept"))),
                _row(_cell(p("gone")), properties=_TRACKED("del", 7, "")),
                _row(_cell(p(runs=_TRACKED("ins", 8, run("new")))), properties=_TRACKED("ins", 9, "")),
            )
        ),
        "The fee is 70 euros.\n\nIt stood by the gate.\n\nkept\nnew",
    ),
    "forms.docx": (
        docx(
            _form('<w:docPartObj><w:docPartGallery w:val="Cover Pages"/></w:docPartObj>', p("Annual report"))
            + p(
                runs=run("Name: ")
                + _form('<w:alias w:val="name"/><w:text/>', run("Ada Reis"))
                + run(", town: ")
                + _form("<w:showingPlcHdr/><w:text/>", run("Click here to enter text."))
            )
            + p(runs=_form("<w14:checkbox xmlns:w14='urn:w14'/>", run("☒")) + run(" member"))
            + _table(
                f"<w:tr>{_form('<w:date/>', _cell(p('1 May 2024')))}{_cell(p('paid'))}</w:tr>",
            )
            + p(
                runs=f'<w:customXml w:element="x">{run("Signed ")}</w:customXml><w:smartTag>{run("Ada")}</w:smartTag>'
            )
        ),
        "Annual report\n\nName: Ada Reis, town:\n\n☒ member\n\n1 May 2024\tpaid\n\nSigned Ada",
    ),
    "boxes.docx": (
        docx(
            p(
                runs=run("Before.")
                + '<w:r><mc:AlternateContent><mc:Choice Requires="wps">'
                + _drawn(f"<wps:wsp><wps:txbx>{_box('Drawn once.')}</wps:txbx></wps:wsp>")
                + f"</mc:Choice><mc:Fallback><w:pict>{_box('Drawn once.')}</w:pict></mc:Fallback>"
                + "</mc:AlternateContent></w:r>"
            )
            + p(
                runs='<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>'
                + _box("An older box.")
                + "</v:textbox></v:shape></w:pict></w:r>"
            )
            + p(
                runs='<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml">'
                '<v:textpath string="Drawn letters"/></v:shape></w:pict></w:r>'
            )
            + p(
                runs="<w:r>"
                + _drawn(f"<g>{_box('First in the group.')}<g>{_box('Second in it.')}</g></g>")
                + "</w:r>"
            )
            + p("After.")
        ),
        "Before.\n\nDrawn once.\n\nAn older box.\n\nDrawn letters\n\nFirst in the group.\n\nSecond in it.\n\nAfter.",
    ),
    "fields.docx": (
        docx(
            p(runs=_field('TOC \\o "1-3"', run("1 Scope"), run(" 3")), properties='<w:pStyle w:val="TOC1"/>')
            + p(runs=run("See section ") + _field("REF _Ref1 \\r \\h", run("4.2")) + run(" on page "))
            + p(
                runs=run("page ")
                + _field("PAGEREF _Toc1 \\h", run("7"))
                + run(" of ")
                + f'<w:fldSimple w:instr=" NUMPAGES ">{run("12")}</w:fldSimple>'
                + run(".")
            )
            + p(
                runs=_mark("begin")
                + run(" IF ")
                + _field("MERGEFIELD fee", run("90"))
                + run(' > 80 "dear" "cheap" ')
                + _mark("separate")
                + run("The fee is dear.")
                + _mark("end")
            )
            + p(runs=_mark("begin") + run("A field without an end hides nothing."))
            + p(runs=run("Printed by ") + _mark("begin") + run(" AUTHOR ") + _mark("end") + run("nobody.")),
            styles=_TOC,
        ),
        "See section 4.2 on page\n\npage 7 of 12.\n\nThe fee is dear.\n\nA field without an end hides nothing.\n\n"
        "Printed by nobody.",
    ),
    "endnotes.docx": (
        docx(
            p(
                runs=run("The rule holds")
                + '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
                + run(", mostly")
                + '<w:r><w:endnoteReference w:id="2"/></w:r>'
                + run(".")
            )
            + _table(_row(_cell(p(runs=run("41") + '<w:r><w:footnoteReference w:id="3"/></w:r>')))),
            footnotes='<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
            f'<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{run(" Since 1998.")}</w:p></w:footnote>'
            f'<w:footnote w:id="3">{p("Without spares.")}{p("As of May.")}</w:footnote>',
            endnotes=f'<w:endnote w:id="2">{p("Except at sea.")}</w:endnote>',
        ),
        "The rule holds, mostly.\n\n41\n\nSince 1998.\n\nExcept at sea.\n\nWithout spares. As of May.",
    ),
    "strict.docx": (
        zipped(
            {
                "[Content_Types].xml": "<Types/>",
                "_rels/.rels": _STRICT_RELATIONS,
                "word/document.xml": _STRICT,
            }
        ),
        "The strict well holds 10^6 litres.",
    ),
    "symbols.docx": (
        docx(
            p(
                runs='<w:r><w:sym w:font="Symbol" w:char="F061"/><w:t xml:space="preserve"> is </w:t>'
                '<w:sym w:font="Symbol" w:char="F0B3"/><w:t xml:space="preserve"> 5 </w:t>'
                '<w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
                + run(" and \uf06d", '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>')
            )
            + p(
                runs="<w:r><w:t>non</w:t><w:noBreakHyphen/><w:t>breaking, hyphen</w:t><w:softHyphen/><w:t>ated,</w:t>"
                "<w:tab/><w:t>a tab,</w:t></w:r>"
                '<w:r><w:t>a page</w:t><w:br w:type="page"/><w:t>break</w:t></w:r>'
            )
            + p(
                runs="<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>かん</w:t></w:r></w:rt>"
                "<w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby><w:t>字</w:t></w:r>"
            )
        ),
        "α is ≥ 5 ☑ and μ\n\nnon\N{NON-BREAKING HYPHEN}breaking, hyphenated,\ta tab,a page\nbreak\n\n漢字",
    ),
    "google.docx": (
        docx(
            p("Packing list", '<w:pStyle w:val="Title"/>')
            + _item("Tents", 4)
            + _item("pegs", 4, 1)
            + _item("Stoves", 4)
            + p(
                runs='<w:hyperlink r:id="rId9">'
                + run("The shop", "<w:u/>")
                + "</w:hyperlink>"
                + run(" opens at 9.")
            )
            + _table(_row(_cell(p("Tent")), _cell(p("2")))),
            styles='<w:docDefaults/><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>',
            numbering=_NUMBERING,
        ),
        "Packing list\n\nTents\npegs\nStoves\n\nThe shop opens at 9.\n\nTent\t2",
    ),
    "pages.docx": (
        docx(
            p(
                runs=run("Wells", '<w:rtl w:val="0"/><w:lang w:val="en-US"/>'),
                properties='<w:pStyle w:val="Body"/>',
            )
            + p(
                runs=run("Forty ", '<w:rtl w:val="0"/>')
                + run("", '<w:rtl w:val="0"/>')
                + run("metres ", '<w:strike w:val="0"/><w:vanish w:val="0"/>')
                + run("deep", '<w:b w:val="1"/>')
            )
            + "<w:p/>",
            styles='<w:style w:type="paragraph" w:styleId="Body"><w:name w:val="Body A"/></w:style>',
        ),
        "Wells\n\nForty metres deep",
    ),
}
"""Content and right text of each file, by name."""
