"""Load OpenDocument texts and presentations.

The text is what the office suite shows with all tracked changes accepted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from lxml import etree

from normqa.datatypes import Metadata
from normqa.load.flat import FlatOutline
from normqa.load.grid import Grid
from normqa.load.loaded import Parsed, finished, left_out_notes, over
from normqa.load.numerals import integer
from normqa.load.office.mathml import mathml_text
from normqa.load.office.odf.lists import MAX_LEVEL, ListNumbers, OpenList
from normqa.load.office.odf.styles import Styles
from normqa.load.office.odf.text import MAX_REPEATS, SHAPES, ParagraphText
from normqa.load.office.package import Package, attribute, child, children, tag
from normqa.load.outline import Outline
from normqa.load.problem import LoadError
from normqa.text.canonical import one_line

_REPEATED = frozenset({"date-time", "footer", "header", "page", "page-number"})
"""Placeholders that show the same on every slide."""

_CONTENTS = frozenset(
    {"table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index"}
)
_NO_TEXT = frozenset({"title", "desc", "forms", "page-thumbnail", "scripts"})


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
    reader = _Reader(package, Styles([root for root in (styles, content) if root is not None]))
    body = child(content, "body")
    for story in [] if body is None else body:
        reader.blocks(story)
    if styles is not None:
        reader.margins(styles)
    metadata = over(stated, _metadata(package, reader.left_out))
    return finished(reader.outline, document_id, metadata, left_out_notes(reader.left_out))


class _Reader:
    def __init__(self, package: Package, styles: Styles) -> None:
        self.outline = Outline()
        self.left_out: Counter[str] = Counter(macro=package.has_macros)
        self._package = package
        self._styles = styles
        self._numbers = ListNumbers(styles)
        self._headings = OpenList(styles.outline, {}, 1, None, continues=True)
        self._has_title = False

    def blocks(self, elements: Iterable[etree._Element]) -> None:
        """Read paragraphs, lists, tables, shapes and slides."""
        for element in elements:
            name = tag(element)
            if name in {"p", "h"}:
                self._paragraph(element)
            elif name == "list":
                self._list(element, None)
            elif name == "numbered-paragraph":
                self._numbered_paragraph(element)
            elif name == "table":
                self._table(element)
            elif name == "tracked-changes":
                self.left_out["deletion"] += sum(tag(found) == "deletion" for found in element.iter())
            elif name == "annotation":
                self.left_out["comment"] += 1
            elif name in _CONTENTS:
                self.left_out["contents"] = 1
            elif name == "page":
                self._page(element)
            elif name == "section" and _is_hidden(element):
                self.left_out["hidden"] += 1
            elif name == "frame":
                self._frame(element)
            elif name not in _NO_TEXT:
                self.blocks(element)

    def margins(self, styles: etree._Element) -> None:
        """Note the headers and footers of pages, which are not read."""
        for element in styles.iter():
            if tag(element) in {"header", "footer"}:
                self.left_out["margin"] += bool("".join(element.itertext()).strip())

    def _page(self, page: etree._Element) -> None:
        if self._styles.is_hidden_page(attribute(page, "style-name")):
            self.left_out["slide"] += 1
            return
        self.outline.start_page()
        titles = [shape for shape in page if attribute(shape, "class") == "title"]
        for title in titles:
            self.outline.heading(self._flat(title), 1)
        self.blocks(
            shape
            for shape in page
            if shape not in titles and attribute(shape, "class") not in _REPEATED and tag(shape) != "notes"
        )
        self.outline.end_section()
        for notes in children(page, "notes"):
            self.blocks(frame for frame in notes if attribute(frame, "class") not in _REPEATED)

    def _frame(self, frame: etree._Element) -> None:
        """Read the first alternative of a frame that has text."""
        box, table, embedded = (child(frame, name) for name in ("text-box", "table", "object"))
        if attribute(frame, "placeholder") == "true":
            return  # it only prompts its author
        if box is not None:
            self.blocks(box)
        elif table is not None:
            self._table(table)
        elif formula := self._formula(frame):
            self.outline.paragraph(formula)
        else:
            self.left_out["image" if embedded is None else "object"] += 1

    def _formula(self, shape: etree._Element) -> str:
        """Return the formula that a frame shows; empty if it shows something else."""
        embedded = child(shape, "object")
        if embedded is None:
            return ""
        inline = child(embedded, "math")
        if inline is not None:
            return mathml_text(inline)
        name = (attribute(embedded, "href") or "").removeprefix("./").rstrip("/") + "/content.xml"
        try:
            root = self._package.xml(name)
        except LoadError:
            return ""
        return mathml_text(root) if tag(root) == "math" else ""

    def _paragraph(self, element: etree._Element, marker: str = "") -> None:
        read = self._read(element)
        style = attribute(element, "style-name")
        if self._styles.is_title(style) and read.text.strip():
            self._has_title = True
            self.outline.heading(read.text, 1)
        elif tag(element) == "h":
            level = min(integer(attribute(element, "outline-level"), 1, least=1), MAX_LEVEL)
            number = marker or self._heading_number(element, level)
            self.outline.heading(f"{number} {read.text}" if number else read.text, level + self._has_title)
        else:
            self.outline.paragraph(read.text)
        self._anchored(read)

    def _read(self, element: etree._Element) -> ParagraphText:
        return ParagraphText(element, self._styles, self.left_out, self._formula)

    def _heading_number(self, element: etree._Element, level: int) -> str:
        if attribute(element, "is-list-header") == "true" or not self._styles.is_numbered(
            attribute(element, "style-name")
        ):
            return ""
        restarts = attribute(element, "restart-numbering") == "true"
        current = OpenList(self._headings.style, self._headings.counts, level, None, continues=True)
        return self._numbers.count(current, attribute(element, "start-value") or ("1" if restarts else None))

    def _anchored(self, read: ParagraphText) -> None:
        """Read the shapes and footnotes of a paragraph."""
        self.blocks(read.shapes)
        for note in read.notes:
            self.outline.note(self._flat(note))

    def _list(self, element: etree._Element, outer: OpenList | None) -> None:
        current = self._numbers.start(element, outer)
        for item in children(element, "list-header", "list-item"):
            self._item(item, current, self._numbers.next(item, current))
        self._numbers.end(element, current)

    def _numbered_paragraph(self, element: etree._Element) -> None:
        level = min(integer(attribute(element, "level"), 1, least=1), MAX_LEVEL)
        current = self._numbers.start(element, None)
        current.depth = level
        self._item(element, current, self._numbers.count(current, attribute(element, "start-value")))
        current.depth = 1
        self._numbers.end(element, current)

    def _item(self, item: etree._Element, current: OpenList, marker: str) -> None:
        is_first = True
        for part in item:
            if tag(part) == "list":
                self._list(part, current)
            elif tag(part) == "h":
                self._paragraph(part, marker)
                marker = ""
            elif tag(part) == "p":
                read = self._read(part)
                if is_first:
                    self.outline.item(
                        read.text, current.depth, marker=marker, key=current.key, continues=current.continues
                    )
                else:
                    self.outline.item_paragraph(read.text)
                is_first = is_first and not read.text.strip()
                self._anchored(read)
            elif tag(part) != "number":
                self.blocks([part])

    def _table(self, table: etree._Element) -> None:
        grid = Grid()
        is_first = True
        for row in _rows(table):
            for cell in children(row, "table-cell"):
                text = self._flat(cell)
                columns, rows = (
                    integer(attribute(cell, f"number-{name}-spanned"), 1, least=1)
                    for name in ("columns", "rows")
                )
                for _ in range(
                    min(integer(attribute(cell, "number-columns-repeated"), 1, least=0), MAX_REPEATS)
                ):
                    grid.add(text, columns, rows)
            cells = grid.end_row()
            self.outline.row(cells, is_first=is_first)
            is_first = is_first and not any(cells)

    def _flat(self, container: etree._Element) -> str:
        """Return the text of a cell, title or note on one line."""
        around, self.outline = self.outline, FlatOutline(self.outline)
        flat = self.outline
        self.blocks([container] if tag(container) in SHAPES else container)
        self.outline = around
        return flat.line()


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for element in table:
        if tag(element) == "table-row":
            yield element
        elif tag(element) in {"table-header-rows", "table-rows", "table-row-group"}:
            yield from _rows(element)


def _is_hidden(section: etree._Element) -> bool:
    """Whether a section is not shown; the file remembers what a condition came to."""
    display = attribute(section, "display")
    return display == "none" or (display == "condition" and attribute(section, "is-hidden") == "true")


def _metadata(package: Package, left_out: Counter[str]) -> Metadata:
    if "meta.xml" not in package:
        return Metadata()
    try:
        root = package.xml("meta.xml")
    except LoadError:
        left_out["metadata"] = 1
        return Metadata()
    values = {tag(found): one_line(found.text or "") for found in root.iter()}
    author = values.get("initial-creator") or values.get("creator")
    return Metadata(
        title=values.get("title") or None,
        authors=(author,) if author else (),
        date=(values.get("date") or values.get("creation-date") or "")[:10] or None,
        language=values.get("language") or None,
    )
