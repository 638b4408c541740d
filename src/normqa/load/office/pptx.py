"""Load PowerPoint presentations: each slide is a section and a page, in the order of the show."""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from normqa.datatypes import Metadata
from normqa.load.loaded import Parsed, finished, left_out_notes, over
from normqa.load.numerals import format_number, integer
from normqa.load.office.core import core_metadata
from normqa.load.office.drawing import diagram_texts, is_struck, paragraph_text
from normqa.load.office.package import Package, attribute, child, children, relation_id, tag
from normqa.load.outline import Outline
from normqa.text.canonical import one_line

_TITLES = frozenset({"title", "ctrTitle"})
_REPEATED = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})
"""Placeholders whose text is the same on every slide."""

_FORMATS = {
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
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
    metadata = over(stated, core_metadata(package, reader.left_out))
    return finished(reader.outline, document_id, metadata, left_out_notes(reader.left_out))


class _Reader:
    def __init__(self, package: Package) -> None:
        self.outline = Outline()
        self.left_out: Counter[str] = Counter(macro=package.has_macros)
        self._package = package
        self._relations: dict[str, tuple[str, str]] = {}  # of the slide

    def slide(self, name: str, slide: etree._Element) -> None:
        """Read a slide: its title, its shapes in reading order, and its speaker notes."""
        self.outline.start_page()
        self._relations = self._package.relations(name)
        self.left_out["struck"] += sum(tag(run) == "r" and is_struck(run) for run in slide.iter())
        shapes = list(self._shapes(_or_empty(child(slide, "cSld", "spTree"))))
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        for title in titles[:1]:
            self.outline.heading(_text_of(title), 1)
        for shape in shapes:
            if shape not in titles[:1]:
                self._shape(shape)
        self.outline.end_section()
        for kind, part in self._relations.values():
            if kind == "comments" and part in self._package:
                self.left_out["comment"] += sum(tag(found) == "cm" for found in self._package.xml(part))
        notes = self._package.related(name, "notesSlide")
        if notes:
            for shape in self._shapes(_or_empty(child(self._package.xml(notes), "cSld", "spTree"))):
                if _placeholder(shape) in {"body", None} and not _is_repeated(shape):
                    self._paragraphs(shape, are_items=False)

    def _shapes(self, tree: etree._Element) -> Iterator[etree._Element]:
        for element in tree:
            match tag(element):
                case "sp" | "graphicFrame" | "pic" | "grpSp" if _is_hidden(element):
                    self.left_out["hidden"] += 1
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
        if _is_repeated(shape):
            return
        if tag(shape) == "pic":
            self.left_out["image"] += 1
        elif tag(shape) == "graphicFrame":
            self._frame(shape)
        else:
            self._paragraphs(shape, are_items=kind in _TEXT_BODIES)

    def _frame(self, frame: etree._Element) -> None:
        """Read a table or a diagram."""
        for element in frame.iter():
            match tag(element):
                case "tbl":
                    self._table(element)
                case "relIds":
                    _, part = self._relations.get(relation_id(element, "dm") or "", ("", ""))
                    for text in diagram_texts(self._package.xml(part)) if part in self._package else ():
                        self.outline.item(text, key=part)
                case "chart":
                    self.left_out["chart"] += 1
                case "oleObj":
                    self.left_out["object"] += 1

    def _paragraphs(self, shape: etree._Element, *, are_items: bool) -> None:
        body = child(shape, "txBody")
        paragraphs = [] if body is None else list(children(body, "p"))
        texts = [(paragraph, paragraph_text(paragraph)) for paragraph in paragraphs]
        several = sum(bool(text.strip()) for _, text in texts) > 1
        counts: Counter[int] = Counter()
        for paragraph, text in texts:
            properties = child(paragraph, "pPr")
            depth = integer(attribute(properties, "lvl"), 0, least=0) + 1
            numbering = child(properties, "buAutoNum")
            numbered = numbering is not None
            has_bullet = numbered or child(properties, "buChar") is not None
            no_bullet = child(properties, "buNone") is not None
            if not has_bullet and (no_bullet or not are_items or not several):
                self.outline.paragraph(text)
                counts.clear()
                continue
            for deeper in [known for known in counts if known > depth]:
                del counts[deeper]
            counts[depth] += bool(text.strip())
            marker = "" if numbering is None else _number(numbering, counts[depth])
            self.outline.item(text, depth, marker=marker, key=id(shape))

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


def _number(numbering: etree._Element, count: int) -> str:
    """Return the number of an item; types are named like ``alphaLcParenR``."""
    type_ = attribute(numbering, "type") or "arabicPeriod"
    number = integer(attribute(numbering, "startAt"), 1, least=0) + count - 1
    shown = next(
        (format_number(number, name) for start, name in _FORMATS.items() if type_.startswith(start)),
        str(number),
    )
    if type_.endswith("ParenBoth"):
        return f"({shown})"
    return shown + (")" if type_.endswith("ParenR") else "." if type_.endswith("Period") else "")


def _is_repeated(shape: etree._Element) -> bool:
    """Whether a shape only shows the number of the slide, the date or a running foot."""
    runs = [run for run in shape.iter() if tag(run) in {"r", "fld"}]
    fields = [run for run in runs if (attribute(run, "type") or "").startswith(("slidenum", "datetime"))]
    return _placeholder(shape) in _REPEATED or (bool(fields) and fields == runs)


def _is_hidden(shape: etree._Element) -> bool:
    named = next((child(part, "cNvPr") for part in shape if child(part, "cNvPr") is not None), None)
    return attribute(named, "hidden") in {"1", "true"}


def _placeholder(shape: etree._Element) -> str | None:
    """Return the type of a placeholder; None for other shapes."""
    for properties in shape:
        found = child(properties, "nvPr", "ph")
        if found is not None:
            return attribute(found, "type") or "obj"
    return None


def _text_of(shape: etree._Element) -> str:
    body = child(shape, "txBody")
    return "\n".join(filter(str.strip, map(paragraph_text, children(_or_empty(body), "p"))))


def _or_empty(element: etree._Element | None) -> etree._Element:
    return etree.Element("empty") if element is None else element
