"""Load Word documents (Office Open XML, transitional and strict).

The text is what Word shows with all tracked changes accepted: automatic numbers are written out, hidden and
struck text is left out, and footnotes follow the section that calls them.
"""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from normqa.datatypes import Metadata
from normqa.load.inline import InlineText
from normqa.load.loaded import Parsed, left_out_notes, over
from normqa.load.numerals import integer
from normqa.load.office.core import core_metadata
from normqa.load.office.formula import formula_text
from normqa.load.office.numbering import Label, Numbering
from normqa.load.office.package import Package, attribute, child, tag
from normqa.load.office.styles import Styles
from normqa.load.outline import Outline
from normqa.load.problem import LoadError
from normqa.text import one_line

_DELETED = frozenset({"del", "moveFrom"})
_WRAPPERS = frozenset({"ins", "moveTo", "hyperlink", "smartTag", "fldSimple", "sdtContent", "dir", "bdo"})
_CHANGES = frozenset({"ins", "del", "moveFrom", "moveTo"})
_CONTENTS = re.compile(r"toc \d|toc heading|table of figures")
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\N{NON-BREAKING HYPHEN}"}
_MAX_SPAN = 100
"""A cell that claims more columns counts for this many."""


def is_docx(raw: bytes) -> bool:
    """Whether bytes are a ZIP file with a Word document."""
    return raw.startswith(b"PK") and b"word/" in raw and b"[Content_Types].xml" in raw


def load_docx(document_id: str, raw: bytes, stated: Metadata) -> Parsed:
    """Load a Word document.

    Raises:
        LoadError: If it is encrypted or damaged, or contains no text.
    """
    package = Package(raw)
    main = package.related("", "officeDocument") or "word/document.xml"
    reader = _Reader(package, main)
    body = child(package.xml(main), "body")
    if body is None:
        raise LoadError("it is damaged: it has no body; open it and save it again")
    reader.blocks(body)
    metadata = over(stated, core_metadata(package))
    return Parsed(reader.outline.document(document_id, metadata), left_out_notes(reader.left_out))


class _Reader:
    """Reads the story of a document in reading order."""

    def __init__(self, package: Package, main: str) -> None:
        self.outline = Outline()
        self.left_out: Counter[str] = Counter()
        parts = {
            kind: package.related(main, kind) for kind in ("styles", "numbering", "footnotes", "endnotes")
        }
        roots = {kind: package.xml(name) if name else None for kind, name in parts.items()}
        self._styles = Styles(roots["styles"])
        self._numbering = Numbering(roots["numbering"])
        self._notes = {kind: _by_id(roots[f"{kind}s"]) for kind in ("footnote", "endnote")}
        self._pending: list[etree._Element] = []  # text boxes and notes of the paragraph that is read
        self._open_text: InlineText | None = None  # of a paragraph whose mark was deleted
        self._fields: list[bool] = []  # of each open field, whether its result is being read
        self._has_title = False

    def blocks(self, container: etree._Element) -> None:
        """Read the paragraphs and tables in a container."""
        for element in container:
            match tag(element):
                case "p":
                    self._paragraph(element)
                case "tbl":
                    self._table(element)
                case "sdt":
                    if (content := child(element, "sdtContent")) is not None and not _is_placeholder(element):
                        self.blocks(content)
                case "ins" | "moveTo" | "customXml" | "smartTag":
                    self.left_out["change"] += tag(element) in _CHANGES
                    self.blocks(element)
                case "del" | "moveFrom":
                    self.left_out["change"] += 1
                case "oMathPara" | "oMath":
                    self.outline.paragraph(formula_text(element))
                case "AlternateContent":
                    self.blocks(_chosen(element))

    def _paragraph(self, paragraph: etree._Element) -> None:
        properties = child(paragraph, "pPr")
        style = self._styles.paragraph_style(properties)
        text = self._open_text or InlineText()
        self._runs(paragraph, text, style)
        mark = child(properties, "rPr")
        if mark is not None and any(child(mark, name) is not None for name in _DELETED):
            self._open_text = text
            return
        self._open_text = None
        self._write(text.text(), properties)
        pending, self._pending = self._pending, []
        for box in pending:
            if tag(box) == "txbxContent":
                self.blocks(box)
            else:
                self.outline.note(self._flat(box))

    def _write(self, text: str, properties: etree._Element | None) -> None:
        name = self._styles.name(self._styles.paragraph_style(properties))
        if _CONTENTS.fullmatch(name):
            self.left_out["contents"] += bool(text.strip())
            return
        label = self._label(properties) if text.strip() else None
        level = self._styles.outline_level(properties)
        if name == "title" and text.strip():
            self._has_title = True
            self.outline.heading(text, 1)
        elif level is not None:
            numbered = f"{label.text} {text}" if label and label.text else text
            self.outline.heading(numbered, level + self._has_title)
        elif label is not None:
            self.outline.item(
                text, label.level + 1, marker=label.text, key=label.key, continues=bool(label.text)
            )
        else:
            self.outline.paragraph(text)

    def _label(self, properties: etree._Element | None) -> Label | None:
        numbered = self._styles.numbering(properties)
        if numbered is None:
            return None
        number_id, level = numbered
        if child(properties, "numPr", "ilvl") is None:
            linked = map(self._numbering.linked_to, self._styles.numbered_styles(properties))
            level = next((place for found, place in filter(None, linked) if found == number_id), level)
        return self._numbering.next(number_id, level)

    def _table(self, table: etree._Element) -> None:
        is_first = True
        above: dict[int, str] = {}
        for row in _parts(table, "tr"):
            if any(child(row, "trPr", name) is not None for name in _DELETED):
                self.left_out["change"] += 1
                continue
            cells: list[str] = []
            for cell in _parts(row, "tc"):
                properties = child(cell, "tcPr")
                merge = child(properties, "vMerge")
                place = len(cells)
                if merge is not None and attribute(merge, "val") in {None, "continue"}:
                    text = above.get(place, "")
                else:
                    text = self._flat(cell)
                above[place] = text if merge is not None else ""
                width = min(integer(attribute(child(properties, "gridSpan"), "val"), 1, least=0), _MAX_SPAN)
                cells += [text, *[""] * (width - 1)]
            self.outline.row(cells, is_first=is_first)
            is_first = False
        pending, self._pending = self._pending, []
        for note in pending:
            self.outline.note(self._flat(note))

    def _flat(self, container: etree._Element) -> str:
        """Return the text of a cell or note on one line."""
        parts = []
        for paragraph in _paragraphs(container):
            properties = child(paragraph, "pPr")
            text = InlineText()
            self._runs(paragraph, text, self._styles.paragraph_style(properties))
            label = self._label(properties)
            parts.append(f"{label.text} {text.text()}" if label and label.text else text.text())
        return one_line(" ".join(parts))

    def _runs(self, container: etree._Element, text: InlineText, style: str | None) -> None:
        for element in container:
            name = tag(element)
            if name == "r":
                self._run(element, text, style)
            elif name in _WRAPPERS:
                self.left_out["change"] += name in _CHANGES
                self._runs(element, text, style)
            elif name in _DELETED:
                self.left_out["change"] += 1
                text.leave_out()
            elif name == "sdt":
                if (content := child(element, "sdtContent")) is not None and not _is_placeholder(element):
                    self._runs(content, text, style)
            elif name in {"oMath", "oMathPara"}:
                text.add(formula_text(element))
            elif name == "AlternateContent":
                self._runs(_chosen(element), text, style)
            elif name == "commentRangeStart":
                self.left_out["comment"] += 1

    def _run(self, run: etree._Element, text: InlineText, style: str | None) -> None:
        look = self._styles.look(child(run, "rPr"), style)
        if look.hidden:
            self.left_out["hidden"] += any(tag(element) == "t" for element in run)
            text.leave_out()
            return
        with look.applied_to(text):
            for element in run:
                if tag(element) == "fldChar":
                    self._field(attribute(element, "fldCharType"))
                elif all(self._fields):  # what comes before the result of a field is not shown
                    self._piece(element, text)

    def _field(self, event: str | None) -> None:
        match event:
            case "begin":
                self._fields.append(False)
            case "separate" if self._fields:
                self._fields[-1] = True
            case "end" if self._fields:
                self._fields.pop()

    def _piece(self, element: etree._Element, text: InlineText) -> None:
        match tag(element):
            case "t":
                text.add(element.text or "")
            case "br" if attribute(element, "type") in {"page", "column"}:
                pass
            case "tab" | "ptab" | "br" | "cr" | "noBreakHyphen" as name:
                text.add(_CHARACTERS[name])
            case "sym":
                self.left_out["symbol"] += 1
                text.leave_out()
            case "footnoteReference" | "endnoteReference" as name:
                note = self._notes[name.removesuffix("Reference")].get(attribute(element, "id"))
                text.leave_out()
                self._pending += [] if note is None else [note]
            case "drawing" | "pict" | "object":
                self._drawing(element)
            case "AlternateContent":
                for inner in _chosen(element):
                    self._piece(inner, text)

    def _drawing(self, element: etree._Element) -> None:
        boxes = [found for found in element.iter() if tag(found) == "txbxContent"]
        # A box inside a box is read with the outer one.
        outer = [box for box in boxes if not any(parent in boxes for parent in box.iterancestors())]
        self._pending += outer
        if not boxes and any(tag(found) in {"blip", "imagedata"} for found in element.iter()):
            self.left_out["image"] += 1


def _by_id(notes: etree._Element | None) -> dict[str | None, etree._Element]:
    return {} if notes is None else {attribute(note, "id"): note for note in notes}


def _parts(container: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or the cells of a row, also inside form fields and tracked insertions."""
    for element in container:
        match tag(element):
            case found if found == name:
                yield element
            case "sdt":
                if (content := child(element, "sdtContent")) is not None:
                    yield from _parts(content, name)
            case "ins" | "moveTo" | "customXml":
                yield from _parts(element, name)


def _paragraphs(container: etree._Element) -> Iterator[etree._Element]:
    for element in container:
        match tag(element):
            case "p":
                yield element
            case "tbl" | "tr" | "tc" | "sdt" | "sdtContent" | "ins" | "moveTo" | "customXml":
                yield from _paragraphs(element)


def _chosen(element: etree._Element) -> etree._Element:
    """Return one of the alternatives, which show the same content in different ways."""
    alternatives = (child(element, name) for name in ("Choice", "Fallback"))
    return next((found for found in alternatives if found is not None), element)


def _is_placeholder(element: etree._Element) -> bool:
    """Whether a form field shows only its prompt."""
    return child(element, "sdtPr", "showingPlcHdr") is not None
