"""Write small office files from their XML."""

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MARKUP = (
    f'xmlns:w="{W}" xmlns:r="{_RELATIONSHIPS}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF_MARKUP = (
    " ".join(
        f'xmlns:{name}="{_ODF}{name}:1.0"'
        for name in ("office", "text", "table", "style", "draw", "presentation", "meta", "script")
    )
    + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(entries: Mapping[str, tuple[str, str]]) -> str:
    """A part of relations: kind and target by id."""
    inner = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONSHIPS}/{kind}" Target="{target}"/>'
        for name, (kind, target) in entries.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'


def content_types(main: str, type_: str) -> str:
    """The part that names the types of all parts."""
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}"'
        f' ContentType="application/vnd.openxmlformats-officedocument.{type_}.main+xml"/>'
        "</Types>"
    )


def docx(body: str, **parts: str) -> bytes:
    """A Word document: the XML inside its body, and inside parts such as ``styles`` or ``footnotes``."""
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types("word/document.xml", "wordprocessingml.document"),
        "_rels/.rels": relations({"r1": ("officeDocument", "word/document.xml")}),
        "word/_rels/document.xml.rels": relations({name: (name, f"{name}.xml") for name in parts}),
        "word/document.xml": f"<w:document {_MARKUP}><w:body>{body}</w:body></w:document>",
    }
    for name, content in parts.items():
        files[f"word/{name}.xml"] = f"<w:{name} {_MARKUP}>{content}</w:{name}>"
    return zipped(files)


def p(text: str = "", properties: str = "", runs: str = "") -> str:
    """A Word paragraph: plain text, or the XML of its runs."""
    own = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{own}{runs or run(text)}</w:p>"


def run(text: str, properties: str = "") -> str:
    """A run of a Word paragraph."""
    own = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{own}<w:t xml:space="preserve">{text}</w:t></w:r>'


def pptx(*slides: str, **other: str) -> bytes:
    """A presentation: the XML inside the shape tree of each slide.

    Args:
        *slides: The slides.
        **other: ``notes``: the shapes of the first slide's notes. ``hidden``: the number of a hidden slide.
            ``diagram``: the points of a diagram of the first slide, which refers to it as ``d``.
    """
    numbers = range(1, len(slides) + 1)
    ids = "".join(f'<p:sldId id="{256 + n}" r:id="s{n}"/>' for n in reversed(numbers))
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types("ppt/presentation.xml", "presentationml.presentation"),
        "_rels/.rels": relations({"r1": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/presentation.xml": f"<p:presentation {_MARKUP}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        # The order of the show is not the order of the names.
        "ppt/_rels/presentation.xml.rels": relations(
            {f"s{n}": ("slide", f"slides/slide{len(slides) + 1 - n}.xml") for n in numbers}
        ),
    }
    for number, tree in enumerate(slides, 1):
        show = ' show="0"' if str(number) == other.get("hidden") else ""
        content = f"<p:sld{show} {_MARKUP}><p:cSld><p:spTree>{tree}</p:spTree></p:cSld></p:sld>"
        files[f"ppt/slides/slide{number}.xml"] = content
    related = {"n": ("notesSlide", "../notesSlides/notes.xml"), "d": ("diagramData", "../diagrams/data.xml")}
    files["ppt/slides/_rels/slide1.xml.rels"] = relations(related)
    if points := other.get("diagram"):
        files["ppt/diagrams/data.xml"] = (
            f"<dgm:dataModel {_MARKUP}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>"
        )
    if notes := other.get("notes"):
        tree = f"<p:cSld><p:spTree>{notes}</p:spTree></p:cSld>"
        files["ppt/notesSlides/notes.xml"] = f"<p:notes {_MARKUP}>{tree}</p:notes>"
    return zipped(files)


def shape(*paragraphs: str, kind: str | None = None) -> str:
    """A shape of a slide: the XML inside its paragraphs, and the kind of placeholder."""
    placeholder = f'<p:nvPr><p:ph type="{kind}"/></p:nvPr>' if kind else "<p:nvPr/>"
    inner = "".join(f"<a:p>{paragraph}</a:p>" for paragraph in paragraphs)
    return f"<p:sp><p:nvSpPr>{placeholder}</p:nvSpPr><p:txBody>{inner}</p:txBody></p:sp>"


def odf(kind: str, body: str, styles: str = "", **parts: str) -> bytes:
    """An OpenDocument ``text`` or ``presentation``: the XML inside its body, and its automatic styles.

    Args:
        kind: ``text`` or ``presentation``.
        body: The XML inside its body.
        styles: Its automatic styles.
        **parts: ``meta``: its metadata. ``common``: its common styles. ``formula``: an embedded formula.
    """
    content = (
        f"<office:document-content {_ODF_MARKUP}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    files: dict[str, str | bytes] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": content,
    }
    if common := parts.get("common"):
        files["styles.xml"] = (
            f"<office:document-styles {_ODF_MARKUP}><office:styles>{common}</office:styles>"
            "</office:document-styles>"
        )
    if formula := parts.get("formula"):
        files["Object 1/content.xml"] = f'<math xmlns="http://www.w3.org/1998/Math/MathML">{formula}</math>'
    if meta := parts.get("meta"):
        files["meta.xml"] = (
            f"<office:document-meta {_ODF_MARKUP}><office:meta>{meta}</office:meta></office:document-meta>"
        )
    return zipped(files)
