"""Load OpenDocument texts and presentations.

The text is what the office suite shows with all tracked changes accepted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from lxml import etree

from normqa.datatypes import Metadata
from normqa.load.inline import InlineText, joined_blanks
from normqa.load.loaded import Parsed, left_out_notes, over
from normqa.load.numerals import integer
from normqa.load.office.look import Look
from normqa.load.office.odf_styles import Styles
from normqa.load.office.package import Package, attribute, child, children, tag
from normqa.load.outline import Outline
from normqa.load.problem import LoadError
from normqa.text import one_line

_MAX_REPEATS = 100
"""A cell or blank that claims more repetitions counts for this many."""

_CONTAINERS = frozenset({"section", "text", "presentation", "index-body", "text-box", "custom-shape", "g"})
_NOT_BODY = frozenset({"title", "date-time", "footer", "header", "page-number"})
_CONTENTS = frozenset({"table-of-content", "alphabetical-index", "illustration-index", "table-index"})


def is_odt(raw: bytes) -> bool:
    """Whether bytes are an OpenDocument text."""
    return b"mimetypeapplication/vnd.oasis.opendocument.text" in raw[:200]


def is_odp(raw: bytes) -> bool:
    """Whether bytes are an OpenDocument presentation."""
    return b"mimetypeapplication/vnd.oasis.opendocument.presentation" in raw[:200]


def load_odf(document_id: str, raw: bytes, stated: Metadata) -> Parsed:
    """Load an OpenDocument text or presentation.

    Raises:
        LoadError: If it is encrypted or damaged, or contains no text.
    """
    package = Package(raw)
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise LoadError("it is encrypted; save it again without a password")
    content = package.xml("content.xml")
    styles = package.xml("styles.xml") if "styles.xml" in package else None
    reader = _Reader(Styles([root for root in (styles, content) if root is not None]))
    body = child(content, "body")
    for story in [] if body is None else body:
        reader.blocks(story)
    metadata = over(stated, _metadata(package))
    return Parsed(reader.outline.document(document_id, metadata), left_out_notes(reader.left_out))


class _Reader:
    def __init__(self, styles: Styles) -> None:
        self.outline = Outline()
        self.left_out: Counter[str] = Counter()
        self._styles = styles
        self._has_title = False
        self._notes: list[etree._Element] = []
        self._boxes: list[etree._Element] = []
        # Of the lists that another list may continue, by id and style.
        self._counts: dict[str, list[int]] = {}

    def blocks(self, elements: Iterable[etree._Element]) -> None:
        """Read paragraphs, lists, tables and pages."""
        for element in elements:
            name = tag(element)
            if name in {"p", "h"}:
                self._paragraph(element)
            elif name == "list":
                self._list(element, None, [])
            elif name == "table":
                self._table(element)
            elif name == "tracked-changes":
                self.left_out["deletion"] += sum(tag(found) == "deletion" for found in element.iter())
            elif name in _CONTENTS:
                self.left_out["contents"] = 1
            elif name == "page":
                self._page(element)
            elif name == "section" and attribute(element, "display") in {"none", "condition"}:
                self.left_out["hidden"] += 1
            elif name == "frame":
                self._frame(element)
            elif name in _CONTAINERS:
                self.blocks(element)

    def _page(self, page: etree._Element) -> None:
        self.outline.start_page()
        titles = [shape for shape in page if attribute(shape, "class") == "title"]
        for title in titles:
            self.outline.heading(self._flat(title), 1)
        self.blocks(shape for shape in page if attribute(shape, "class") not in _NOT_BODY)
        self.outline.end_section()
        for notes in children(page, "notes"):
            self.blocks(frame for frame in notes if attribute(frame, "class") == "notes")

    def _frame(self, frame: etree._Element) -> None:
        box, table = child(frame, "text-box"), child(frame, "table")
        if box is not None:
            self.blocks(box)
        elif table is not None:
            self._table(table)
        else:
            self.left_out["object" if child(frame, "object") is not None else "image"] += 1

    def _paragraph(self, element: etree._Element) -> None:
        text = self._text(element)
        if self._styles.is_title(attribute(element, "style-name")) and text.strip():
            self._has_title = True
            self.outline.heading(text, 1)
        elif tag(element) == "h":
            level = integer(attribute(element, "outline-level"), 1, least=0)
            self.outline.heading(text, level + self._has_title)
        else:
            self.outline.paragraph(text)
        self._flush()

    def _flush(self) -> None:
        notes, self._notes = self._notes, []
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self._frame(box)
        for note in notes:
            self.outline.note(self._flat(note))

    def _list(self, element: etree._Element, style: str | None, outer: list[int]) -> None:
        style = attribute(element, "style-name") or style
        depth = len(outer) + 1
        known = attribute(element, "continue-list") or (
            f"style {style}" if attribute(element, "continue-numbering") == "true" else None
        )
        start = self._styles.start(style, depth)
        counts = self._counts.get(known or "", [start - 1])
        continues = bool(known and known in self._counts)
        for name in filter(None, (attribute(element, "id"), f"style {style}")):
            self._counts[name] = counts
        for item in element:
            if tag(item) not in {"list-item", "list-header"}:
                continue
            if tag(item) == "list-item":
                counts[0] = integer(attribute(item, "start-value"), counts[0] + 1, least=0)
            self._item(item, style, [*outer, counts[0]], continues=continues)

    def _item(self, item: etree._Element, style: str | None, counts: list[int], *, continues: bool) -> None:
        is_first = True
        for part in item:
            if tag(part) == "list":
                self._list(part, style, counts)
            elif tag(part) == "h":
                self._paragraph(part)
            elif tag(part) == "p":
                text = self._text(part)
                if is_first:
                    marker = self._styles.number(style, counts) if tag(item) == "list-item" else ""
                    self.outline.item(text, len(counts), marker=marker, key=style, continues=continues)
                else:
                    self.outline.item_paragraph(text)
                is_first = is_first and not text.strip()
                self._flush()

    def _table(self, table: etree._Element) -> None:
        is_first = True
        above: dict[int, tuple[str, int]] = {}
        for row in _rows(table):
            cells: list[str] = []
            for cell in children(row, "table-cell", "covered-table-cell"):
                text = self._flat(cell)
                place = len(cells)
                if tag(cell) == "covered-table-cell" and above.get(place, ("", 0))[1] > 0:
                    text, left = above[place]
                    above[place] = (text, left - 1)
                elif (rows := integer(attribute(cell, "number-rows-spanned"), 1)) > 1:
                    above[place] = (text, rows - 1)
                cells += [text] * min(
                    integer(attribute(cell, "number-columns-repeated"), 1, least=0), _MAX_REPEATS
                )
            self.outline.row(cells, is_first=is_first)
            is_first = False
        self._flush()

    def _flat(self, container: etree._Element) -> str:
        paragraphs = (found for found in container.iter() if tag(found) in {"p", "h"})
        return one_line(" ".join(map(self._text, paragraphs)))

    def _text(self, paragraph: etree._Element) -> str:
        text = InlineText()
        with_style = self._styles.look(attribute(paragraph, "style-name"))
        self._styled(paragraph, with_style, text)
        return text.text()

    def _styled(self, element: etree._Element, look: Look, text: InlineText) -> None:
        if look.hidden:
            self.left_out["hidden"] += bool("".join(element.itertext()).strip())
            text.leave_out()
            return
        with look.applied_to(text):
            self._inline(element, text)

    def _inline(self, element: etree._Element, text: InlineText) -> None:
        text.add(joined_blanks(element.text))
        for part in element:
            self._part(part, text)
            text.add(joined_blanks(part.tail))

    def _part(self, part: etree._Element, text: InlineText) -> None:
        match tag(part):
            case "s":
                text.add(" " * min(integer(attribute(part, "c"), 1, least=0), _MAX_REPEATS))
            case "tab":
                text.add("\t")
            case "line-break":
                text.add("\n")
            case "note":
                text.leave_out()
                if (body := child(part, "note-body")) is not None:
                    self._notes.append(body)
            case "annotation":
                self.left_out["comment"] += 1
                text.leave_out()
            case "annotation-end" | "tracked-changes" | "hidden-text" | "ruby-text":
                text.leave_out()
            case "frame" | "custom-shape":
                self._boxes.append(part)
            case "span":
                self._styled(part, self._styles.look(attribute(part, "style-name")), text)
            case _:
                self._inline(part, text)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for element in table:
        if tag(element) == "table-row":
            yield element
        elif tag(element) in {"table-header-rows", "table-rows", "table-row-group"}:
            yield from _rows(element)


def _metadata(package: Package) -> Metadata:
    if "meta.xml" not in package:
        return Metadata()
    values = {tag(found): one_line(found.text or "") for found in package.xml("meta.xml").iter()}
    author = values.get("initial-creator") or values.get("creator")
    return Metadata(
        title=values.get("title") or None,
        authors=(author,) if author else (),
        date=(values.get("date") or values.get("creation-date") or "")[:10] or None,
        language=values.get("language") or None,
    )
