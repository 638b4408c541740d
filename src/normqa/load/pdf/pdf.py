"""Load a PDF in this process; see :mod:`normqa.load.pdf.glyphs` for why that needs one of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium

from normqa.datatypes import Metadata
from normqa.load.loaded import Parsed, over
from normqa.load.outline import Outline
from normqa.load.pdf.blocks import Typography, write_column
from normqa.load.pdf.columns import columns_of
from normqa.load.pdf.furniture import furniture
from normqa.load.pdf.glyphs import page_glyphs
from normqa.load.pdf.lines import Line, lines_of, runs_of
from normqa.load.pdf.painted import is_scan, painted
from normqa.load.pdf.turned import upright
from normqa.load.pdf.visible import hidden_glyphs
from normqa.load.problem import LoadError
from normqa.text import one_line

_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")


def read_pdf(document_id: str, raw: bytes, stated: Metadata) -> Parsed:
    """Load a PDF.

    Raises:
        LoadError: If it is encrypted or damaged, or contains no text.
    """
    try:
        document = pdfium.PdfDocument(raw)
    except pdfium.PdfiumError as error:
        is_locked = "password" in str(error).casefold()
        reason = "it is encrypted; save it without a password" if is_locked else f"it is damaged ({error})"
        raise LoadError(reason) from None
    pages = [_page(page) for page in document]
    left_out = furniture([page.lines() for page in pages])
    typography = Typography.of(line for page in pages for line in page.lines())
    outline = Outline()
    for number, page in enumerate(pages):
        outline.start_page(document.get_page_label(number) or None)
        place = 0
        for column in page.columns:
            kept = [line for index, line in enumerate(column, place) if index not in left_out[number]]
            place += len(column)
            write_column(kept, typography, outline)
    notes = _notes(pages, sum(map(len, left_out)))
    return Parsed(outline.document(document_id, over(stated, _metadata(document))), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Page:
    """What was read on a page.

    Attributes:
        columns: Its lines, by column.
        hidden: Characters that a reader cannot see.
        unmapped: Characters that the font does not name.
        is_scan: Whether it shows an image of a page.
    """

    columns: Sequence[Sequence[Line]]
    hidden: int
    unmapped: int
    is_scan: bool

    def lines(self) -> list[Line]:
        """Return its lines in reading order."""
        return [line for column in self.columns for line in column]


def _page(page: pdfium.PdfPage) -> _Page:
    textpage = page.get_textpage()
    try:
        glyphs = page_glyphs(textpage)
        objects = painted(page)
        scanned = is_scan(page, objects)
        hidden = hidden_glyphs(page, glyphs, objects, keep_invisible=scanned)
        unmapped = {glyph.index for glyph in glyphs if glyph.unmapped} - hidden
        shown = [glyph for glyph in glyphs if glyph.index not in hidden | unmapped]
        columns = [lines_of(column) for group in upright(shown) for column in columns_of(runs_of(group))]
        return _Page(columns, len(hidden), len(unmapped), scanned)
    finally:
        textpage.close()
        page.close()


def _notes(pages: Sequence[_Page], furniture_lines: int) -> Iterator[str]:
    total = len(pages)
    empty = sum(not any(page.columns) for page in pages)
    recognised = sum(page.is_scan and any(page.columns) for page in pages)
    hidden = sum(page.hidden for page in pages)
    unmapped = sum(page.unmapped for page in pages)
    if empty:
        yield f"{empty} of {total} pages have no text; they may be scans, which are not read"
    if recognised:
        yield f"{recognised} of {total} pages are scans, whose text a program recognised and may have misread"
    if hidden:
        yield f"{hidden} characters of hidden text were not read"
    if unmapped:
        yield f"{unmapped} characters of fonts that do not name them were not read"
    if furniture_lines:
        yield f"{furniture_lines} running heads, feet and page numbers were not read"


def _metadata(document: pdfium.PdfDocument) -> Metadata:
    values = document.get_metadata_dict()
    date = _DATE.match(values.get("ModDate") or values.get("CreationDate") or "")
    author = one_line(values.get("Author") or "")
    return Metadata(
        title=one_line(values.get("Title") or "") or None,
        authors=(author,) if author else (),
        date="-".join(date.groups()) if date else None,
    )
