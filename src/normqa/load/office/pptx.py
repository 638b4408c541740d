"""Load PowerPoint presentations: each slide is a section and a page, in the order of the show."""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from normqa.datatypes import Metadata
from normqa.load.inline import InlineText
from normqa.load.loaded import Parsed, left_out_notes, over
from normqa.load.numerals import integer
from normqa.load.office.core import core_metadata
from normqa.load.office.formula import formula_text
from normqa.load.office.look import Look
from normqa.load.office.package import Package, attribute, child, children, relation_id, tag
from normqa.load.outline import Outline
from normqa.text import one_line

_TITLES = frozenset({"title", "ctrTitle"})
_REPEATED = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})
"""Placeholders whose text is the same on every slide."""

_TEXT_BODIES = frozenset({"body", "subTitle", "obj"})


def is_pptx(raw: bytes) -> bool:
    """Whether bytes are a ZIP file with a presentation."""
    return raw.startswith(b"PK") and b"ppt/" in raw and b"[Content_Types].xml" in raw


def load_pptx(document_id: str, raw: bytes, stated: Metadata) -> Parsed:
    """Load a presentation.

    Raises:
        LoadError: If it is encrypted or damaged, or contains no text.
    """
    package = Package(raw)
    main = package.related("", "officeDocument") or "ppt/presentation.xml"
    reader = _Reader(package)
    relations = package.relations(main)
    for entry in children(_or_empty(child(package.xml(main), "sldIdLst")), "sldId"):
        _, name = relations.get(relation_id(entry) or "", ("", ""))
        if name in package:
            slide = package.xml(name)
            if attribute(slide, "show") in {"0", "false"}:
                reader.left_out["slide"] += 1
            else:
                reader.slide(name, slide)
    metadata = over(stated, core_metadata(package))
    return Parsed(reader.outline.document(document_id, metadata), left_out_notes(reader.left_out))


class _Reader:
    def __init__(self, package: Package) -> None:
        self.outline = Outline()
        self.left_out: Counter[str] = Counter()
        self._package = package

    def slide(self, name: str, slide: etree._Element) -> None:
        """Read a slide: its title, its shapes in reading order, and its speaker notes."""
        self.outline.start_page()
        shapes = list(self._shapes(_or_empty(child(slide, "cSld", "spTree"))))
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        for title in titles[:1]:
            self.outline.heading(_text_of(title), 1)
        for shape in shapes:
            if shape not in titles[:1]:
                self._shape(shape)
        self._diagrams(name)
        self.outline.end_section()
        notes = self._package.related(name, "notesSlide")
        if notes:
            for shape in self._shapes(_or_empty(child(self._package.xml(notes), "cSld", "spTree"))):
                if _placeholder(shape) == "body":
                    self._paragraphs(shape, are_items=False)

    def _shapes(self, tree: etree._Element) -> Iterator[etree._Element]:
        for element in tree:
            match tag(element):
                case "sp" | "graphicFrame" | "pic":
                    yield element
                case "grpSp":
                    yield from self._shapes(element)
                case "AlternateContent":
                    chosen = child(element, "Choice")
                    yield from self._shapes(
                        _or_empty(chosen if chosen is not None else child(element, "Fallback"))
                    )

    def _shape(self, shape: etree._Element) -> None:
        kind = _placeholder(shape)
        hidden = next((attribute(found, "hidden") for found in shape.iter() if tag(found) == "cNvPr"), None)
        if kind in _REPEATED or hidden in {"1", "true"}:
            return
        if tag(shape) == "pic":
            self.left_out["image"] += 1
        elif tag(shape) == "graphicFrame":
            tables = [found for found in shape.iter() if tag(found) == "tbl"]
            self.left_out["chart"] += any(tag(found) == "chart" for found in shape.iter())
            for table in tables:
                self._table(table)
        else:
            self._paragraphs(shape, are_items=kind in _TEXT_BODIES)

    def _paragraphs(self, shape: etree._Element, *, are_items: bool) -> None:
        body = child(shape, "txBody")
        paragraphs = [] if body is None else list(children(body, "p"))
        texts = [(paragraph, _paragraph(paragraph)) for paragraph in paragraphs]
        several = sum(bool(text.strip()) for _, text in texts) > 1
        counts: Counter[int] = Counter()
        for paragraph, text in texts:
            properties = child(paragraph, "pPr")
            depth = integer(attribute(properties, "lvl"), 0, least=0) + 1
            numbered = child(properties, "buAutoNum") is not None
            has_bullet = numbered or child(properties, "buChar") is not None
            no_bullet = child(properties, "buNone") is not None
            if not has_bullet and (no_bullet or not are_items or not several):
                self.outline.paragraph(text)
                counts.clear()
                continue
            for deeper in [known for known in counts if known > depth]:
                del counts[deeper]
            start = integer(attribute(child(properties, "buAutoNum"), "startAt"), 1, least=0)
            counts[depth] += bool(text.strip())
            number = counts[depth] + start - 1
            self.outline.item(text, depth, marker=f"{number}." if numbered else "", key=id(shape))

    def _table(self, table: etree._Element) -> None:
        above: dict[int, str] = {}
        for number, row in enumerate(children(table, "tr")):
            cells = []
            for place, cell in enumerate(children(row, "tc")):
                if attribute(cell, "vMerge") in {"1", "true"}:
                    text = above.get(place, "")
                elif attribute(cell, "hMerge") in {"1", "true"}:
                    text = ""
                else:
                    text = one_line(_text_of(cell))
                above[place] = text
                cells.append(text)
            self.outline.row(cells, is_first=number == 0)

    def _diagrams(self, slide: str) -> None:
        """Read the texts of diagrams, which are in parts of their own."""
        for kind, name in self._package.relations(slide).values():
            if kind == "diagramData" and name in self._package:
                for point in self._package.xml(name).iter():
                    if tag(point) == "pt" and attribute(point, "type") in {None, "node"}:
                        body = child(point, "t")
                        for paragraph in children(_or_empty(body), "p"):
                            self.outline.item(_paragraph(paragraph), key=name)


def _placeholder(shape: etree._Element) -> str | None:
    """Return the type of a placeholder; None for other shapes."""
    for properties in shape:
        found = child(properties, "nvPr", "ph")
        if found is not None:
            return attribute(found, "type") or "obj"
    return None


def _text_of(shape: etree._Element) -> str:
    body = child(shape, "txBody")
    return "\n".join(filter(str.strip, map(_paragraph, children(_or_empty(body), "p"))))


def _paragraph(paragraph: etree._Element) -> str:
    text = InlineText()
    for run in paragraph:
        match tag(run):
            case "br":
                text.add("\n")
            case "r" | "fld":
                properties = child(run, "rPr")
                raised = attribute(properties, "baseline") or "0"
                script = (
                    "" if raised.rstrip("%0") in {"", "-"} else "sub" if raised.startswith("-") else "sup"
                )
                struck = attribute(properties, "strike") in {"sngStrike", "dblStrike"}
                with Look(struck=struck, script=script).applied_to(text):
                    text.add(_or_empty(child(run, "t")).text or "")
            case "m":
                text.add(formula_text(run))
    return text.text()


def _or_empty(element: etree._Element | None) -> etree._Element:
    return etree.Element("empty") if element is None else element
