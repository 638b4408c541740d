"""Load Word documents (Office Open XML, transitional and strict).

The text is what Word shows with all tracked changes accepted: automatic numbers are written out, hidden and
struck text is left out, and footnotes follow the section that calls them.
"""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from normqa.datatypes import Metadata
from normqa.load.flat import FlatOutline
from normqa.load.inline import InlineText
from normqa.load.loaded import Parsed, finished, left_out_notes, over
from normqa.load.numerals import integer
from normqa.load.office.core import core_metadata
from normqa.load.office.drawing import diagram_texts
from normqa.load.office.formula import formula_text
from normqa.load.office.package import Package, attribute, child, relation_id, tag
from normqa.load.office.word.fields import field_codes
from normqa.load.office.word.numbering import Label, Numbering
from normqa.load.office.word.runs import CHANGES, DELETED, RunReader, chosen
from normqa.load.office.word.styles import Styles
from normqa.load.outline import Outline
from normqa.load.problem import LoadError

_CONTENTS = re.compile(r"toc \d|toc heading|table of figures")
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
    if main not in package:
        raise LoadError("it is damaged, or no Word document: its main part is missing")
    root = package.xml(main)
    body = child(root, "body")
    if body is None:
        raise LoadError(f"it is no Word document (its main part is a {tag(root)}); check where it comes from")
    reader = _Reader(package, main, root)
    reader.blocks(body)
    reader.end()
    metadata = over(stated, core_metadata(package, reader.left_out))
    return finished(reader.outline, document_id, metadata, left_out_notes(reader.left_out))


class _Reader:
    """Reads the story of a document in reading order."""

    def __init__(self, package: Package, main: str, root: etree._Element) -> None:
        self.outline = Outline()
        self.left_out: Counter[str] = Counter(macro=package.has_macros)
        parts = {
            kind: package.related(main, kind)
            for kind in ("styles", "numbering", "footnotes", "endnotes", "comments")
        }
        roots = {kind: package.xml(name) if name else None for kind, name in parts.items()}
        self._package = package
        self._relations = package.relations(main)
        self._styles = Styles(roots["styles"])
        self._numbering = Numbering(roots["numbering"])
        notes = {f"{kind}Reference": _by_id(roots[f"{kind}s"]) for kind in ("footnote", "endnote")}
        stories = (root, roots["footnotes"], roots["endnotes"])
        codes = frozenset[etree._Element]().union(
            *(field_codes(story) for story in stories if story is not None)
        )
        self._runs = RunReader(self._styles, notes, codes, self.left_out)
        self._runs.comments.update(_by_id(roots["comments"]))
        self._open_text: InlineText | None = None  # of a paragraph whose mark was deleted
        self._has_title = False

    def end(self) -> None:
        """Write what is still open, and note what is never read."""
        self._close()
        self.left_out["comment"] = len(self._runs.comments)
        for kind, name in self._relations.values():
            if kind in {"header", "footer"} and name in self._package:
                root = self._package.xml(name)
                self.left_out["margin"] += any(tag(found) == "t" and found.text for found in root.iter())

    def blocks(self, container: etree._Element) -> None:
        """Read the paragraphs and tables in a container."""
        for element in container:
            match tag(element):
                case "p":
                    self._paragraph(element)
                case "tbl":
                    self._table(element)
                case "sdt":
                    if (content := self._runs.form_content(element)) is not None:
                        self.blocks(content)
                case "ins" | "moveTo" | "customXml" | "smartTag":
                    self.left_out["change"] += tag(element) in CHANGES
                    self.blocks(element)
                case "del" | "moveFrom":
                    self.left_out["change"] += 1
                case "oMathPara" | "oMath":
                    self.outline.paragraph(formula_text(element))
                case "AlternateContent":
                    self.blocks(chosen(element))
                case "altChunk" | "subDoc":
                    self.left_out["object"] += 1

    def _paragraph(self, paragraph: etree._Element) -> None:
        properties = child(paragraph, "pPr")
        style = self._styles.paragraph_style(properties)
        text = self._open_text or InlineText()
        self._runs.read(paragraph, text, style)
        mark = child(properties, "rPr")
        if mark is not None and any(child(mark, name) is not None for name in DELETED):
            self._open_text = text
            return
        self._open_text = None
        self._write(text.text(), properties)
        self._write_pending()

    def _close(self) -> None:
        """Write a paragraph whose mark was deleted, but that no paragraph follows."""
        if self._open_text:
            self.outline.paragraph(self._open_text.text())
            self._open_text = None
        self._write_pending()

    def _write_pending(self) -> None:
        pending, self._runs.pending = self._runs.pending, []
        for element in pending:
            match tag(element):
                case "txbxContent":
                    self.blocks(element)
                case "textpath":
                    self.outline.paragraph(attribute(element, "string") or "")
                case "relIds":
                    self._diagram(element)
                case _:
                    self.outline.note(self._flat(element))

    def _diagram(self, element: etree._Element) -> None:
        _, part = self._relations.get(relation_id(element, "dm") or "", ("", ""))
        for text in diagram_texts(self._package.xml(part)) if part in self._package else ():
            self.outline.item(text, key=part)

    def _write(self, text: str, properties: etree._Element | None) -> None:
        name = self._styles.name(self._styles.paragraph_style(properties))
        if _CONTENTS.fullmatch(name):
            self.left_out["contents"] += bool(text.strip())
            return
        label = self._label(properties)  # a paragraph without text is counted, too
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
        self._close()
        is_first = True
        above: dict[int, str] = {}
        for row in _parts(table, "tr"):
            if any(child(row, "trPr", name) is not None for name in DELETED):
                self.left_out["change"] += 1
                continue
            before = integer(attribute(child(row, "trPr", "gridBefore"), "val"), 0, least=0)
            cells = [""] * min(before, _MAX_SPAN)
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

    def _flat(self, container: etree._Element) -> str:
        """Return the text of a cell or note on one line."""
        around, self.outline = self.outline, FlatOutline(self.outline)
        flat = self.outline
        self.blocks(container)
        self._close()
        self.outline = around
        return flat.line()


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
