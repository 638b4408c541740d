"""A brief as a Word document (Office Open XML), with real footnotes.

The same brief gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from normqa.citations.brief.brief import NOTE_LABEL, Brief, CitedQuote, MissingQuote, Section

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""Content-Type of Word documents."""

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_PART_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_PACKAGE_TYPE = "application/vnd.openxmlformats-package."
_EPOCH = (1980, 1, 1, 0, 0, 0)

_STYLES = Path(__file__).with_name("docx_styles.xml").read_bytes()
_MARKUP = ElementMaker(namespace=_W, nsmap={"w": _W, "r": _R})
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot contain."""

_PARTS = ("styles", "settings", "footnotes", "footer")
"""Parts that the document refers to, which are also the kinds of their relations."""


def docx(brief: Brief) -> bytes:
    """Return the brief as a Word document. Its footnotes are the sources of the quotes in Chicago style."""
    return _zipped(
        {
            "[Content_Types].xml": _xml(_content_types()),
            "_rels/.rels": _xml(_relations({"officeDocument": "word/document.xml"}, core=True)),
            "docProps/core.xml": _xml(_core(brief.title)),
            "word/_rels/document.xml.rels": _xml(_relations({kind: f"{kind}.xml" for kind in _PARTS})),
            "word/document.xml": _xml(_document(brief)),
            "word/footnotes.xml": _xml(_footnotes(brief.cited)),
            "word/footer.xml": _xml(_footer()),
            "word/settings.xml": _xml(_settings()),
            "word/styles.xml": _STYLES,
        }
    )


def _document(brief: Brief) -> etree._Element:
    body = _element("body", *(block for section in brief.sections for block in _blocks(section)))
    if brief.remark:
        body.append(_paragraph("Remark", _run(brief.remark)))
    footer = _element("footerReference", type="default")
    footer.set(f"{{{_R}}}id", "footer")
    margins = dict.fromkeys(("top", "right", "bottom", "left"), "1134")
    page = _element("pgSz", w="11906", h="16838")
    edges = _element("pgMar", **margins, header="567", footer="567", gutter="0")
    body.append(_element("sectPr", footer, page, edges))
    return _element("document", body)


def _blocks(section: Section) -> Iterator[etree._Element]:
    """Yield the paragraphs of a section, as the page has them."""
    if section.heading:
        yield _paragraph("Heading1", _run(section.heading))
    for notice in section.notices:
        yield _paragraph("Notice", _run(notice))
    for sentence in section.sentences:
        yield _paragraph("Normal", _run(sentence))
    if section.subheading:
        yield _paragraph("Heading2", _run(section.subheading))
    for item in section.items:
        yield from _item(item)
    if section.rest:
        yield _paragraph("Normal", _run(section.rest))


def _item(item: CitedQuote | MissingQuote) -> Iterator[etree._Element]:
    if isinstance(item, MissingQuote):
        yield _paragraph("Notice", _run(item.reason))
    else:
        for part in item.quote.context:
            yield _paragraph("QuoteContext", _run(part.text))
        called = _element("footnoteReference", id=str(item.number))
        yield _paragraph("Quote", _run(item.quote.text), _reference(called))
    if item.note:
        yield _paragraph("ReaderNote", _bold(_run(f"{NOTE_LABEL} ")), _run(item.note))


def _footnotes(cited: list[CitedQuote]) -> etree._Element:
    """Return the footnotes. The first two are the lines that separate them from the text."""
    separators = [
        _element("footnote", _element("p", _element("r", _element(name))), type=name, id=str(number))
        for number, name in enumerate(("separator", "continuationSeparator"), -1)
    ]
    notes = [
        _element(
            "footnote",
            _paragraph(
                "FootnoteText",
                _reference(_element("footnoteRef")),
                _run(" " + " ".join(filter(None, [quote.footnote.text, quote.footnote.page]))),
            ),
            id=str(quote.number),
        )
        for quote in cited
    ]
    return _element("footnotes", *separators, *notes)


def _footer() -> etree._Element:
    """Return the number of the page."""
    return _element("ftr", _paragraph("Footer", _element("fldSimple", _run("1"), instr="PAGE")))


def _settings() -> etree._Element:
    separators = [_element("footnote", id=str(number)) for number in (-1, 0)]
    return _element("settings", _element("footnotePr", *separators))


def _paragraph(style: str, *runs: etree._Element) -> etree._Element:
    return _element("p", _element("pPr", _element("pStyle", val=style)), *runs)


def _run(text: str) -> etree._Element:
    """Return a text with its line breaks and tabs."""
    run = _element("r")
    for piece in re.split("([\n\t])", _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)):
        if piece in {"\n", "\t"}:
            run.append(_element("br" if piece == "\n" else "tab"))
        elif piece:
            shown = _element("t")
            shown.text = piece
            shown.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run.append(shown)
    return run


def _bold(run: etree._Element) -> etree._Element:
    run.insert(0, _element("rPr", _element("b")))
    return run


def _reference(mark: etree._Element) -> etree._Element:
    return _element("r", _element("rPr", _element("rStyle", val="FootnoteReference")), mark)


def _element(name: str, *children: etree._Element, **attributes: str) -> etree._Element:
    element: etree._Element = _MARKUP(name, *children)
    for key, value in attributes.items():
        element.set(f"{{{_W}}}{key}", value)
    return element


def _content_types() -> etree._Element:
    make = ElementMaker(namespace=_TYPES, nsmap={None: _TYPES})
    kinds = {"document": "document.main", **{part: part for part in _PARTS}}
    return make(
        "Types",
        make("Default", Extension="rels", ContentType=f"{_PACKAGE_TYPE}relationships+xml"),
        make("Default", Extension="xml", ContentType="application/xml"),
        make("Override", PartName="/docProps/core.xml", ContentType=f"{_PACKAGE_TYPE}core-properties+xml"),
        *(
            make("Override", PartName=f"/word/{part}.xml", ContentType=f"{_PART_TYPE}{kind}+xml")
            for part, kind in kinds.items()
        ),
    )


def _relations(targets: Mapping[str, str], *, core: bool = False) -> etree._Element:
    """Return relations, whose ids are their kinds."""
    make = ElementMaker(namespace=_PACKAGE, nsmap={None: _PACKAGE})
    found = {kind: (f"{_R}/{kind}", target) for kind, target in targets.items()}
    if core:
        found["core"] = f"{_PACKAGE}/metadata/core-properties", "docProps/core.xml"
    return make(
        "Relationships",
        *(make("Relationship", Id=name, Type=kind, Target=target) for name, (kind, target) in found.items()),
    )


def _core(title: str) -> etree._Element:
    root = ElementMaker(namespace=_CORE, nsmap={"cp": _CORE, "dc": _DC})("coreProperties")
    etree.SubElement(root, f"{{{_DC}}}title").text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", title)
    return root


def _xml(root: Any) -> bytes:  # noqa: ANN401 - the types of lxml's builder are incomplete
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
