"""Load a PDF in this process; :mod:`normqa.load.pdf.page.characters` says why that needs one of its own."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as c

from normqa.datatypes import Metadata
from normqa.load.loaded import Parsed, over
from normqa.load.outline import Outline
from normqa.load.pdf.blocks import Writer, spoken
from normqa.load.pdf.furniture import furniture
from normqa.load.pdf.page.page import Page, read_page
from normqa.load.pdf.page.text.lines import Line
from normqa.load.pdf.paragraphs import Typography
from normqa.load.pdf.parts import Part, parts_of, without_breaks
from normqa.load.pdf.places import glyph_map
from normqa.load.pdf.seen.outlines import Outlines
from normqa.load.pdf.tags.page import tagged_page
from normqa.load.pdf.tags.segments import Role
from normqa.load.pdf.tags.strings import read_string
from normqa.load.pdf.tags.tree import TreeReader
from normqa.load.pdf.title import real_title
from normqa.load.problem import LoadError
from normqa.load.process.limits import loader_limits
from normqa.text.canonical import one_line

_TOC_DEPTH = 15
_TIME_TO_READ = 0.6
"""Share of the time of a file after which no more pages are read, so that those that were read are kept."""

_MAX_LANGUAGE_BYTES = 200
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
    pages = _pages(document)
    left_out = furniture(pages)
    notes = (*_unread(document, pages), *_notes(pages, sum(map(len, left_out))))
    typography = Typography.of(
        (line for page in pages for line in page.lines()),
        (text for page in pages for text in page.stated_texts()),
    )
    pages = [page.without(lines) for page, lines in zip(pages, left_out, strict=True)]
    columns, lines = _read_parts(pages, typography)
    outline = _outline(document, len(pages), columns, typography)
    try:
        read = outline.document(document_id, over(stated, _metadata(document)))
    except LoadError as error:
        raise LoadError("; ".join((str(error), *notes))) from None
    recognised = tuple(number for number, page in enumerate(pages, 1) if page.is_recognised)
    places = glyph_map(read.text, ((page.boxes, own) for page, own in zip(pages, lines, strict=True)))
    return Parsed(replace(read, recognised_pages=recognised), notes, places)


def _pages(document: pdfium.PdfDocument) -> list[Page]:
    """Read the pages of a document, as far as the limits allow."""
    limits, trees, outlines = loader_limits(), TreeReader(), Outlines()
    until = time.monotonic() + _TIME_TO_READ * limits.seconds
    pages: list[Page] = []
    opened: list[pdfium.PdfPage] = []
    for number in range(min(len(document), limits.pages)):
        try:
            opened.append(document[number])
            pages.append(read_page(opened[-1], trees, outlines))
        except pdfium.PdfiumError:
            pages.append(Page.damaged())
        outlines.end_page()
        while len(opened) > 1:
            opened.pop(0).close()
        if time.monotonic() > until:
            break
    for page in opened:
        page.close()
    return pages


def _unread(document: pdfium.PdfDocument, pages: Sequence[Page]) -> Iterator[str]:
    """Yield a note about the pages that the limits left out."""
    if len(pages) < len(document):
        setting = "load_pages" if len(pages) == loader_limits().pages else "load_seconds"
        yield f"pages 1 to {len(pages):,} of {len(document):,} were read; raise {setting} to read all"


def _read_parts(
    pages: Sequence[Page], typography: Typography
) -> tuple[list[Sequence[Part]], list[Sequence[Line]]]:
    """Return the parts of each column, and the lines of each page, as the tags or the layout order them."""
    columns: list[Sequence[Part]] = []
    lines: list[Sequence[Line]] = []
    for number, page in enumerate(pages):
        tagged = tagged_page(page, number, typography)
        if tagged:
            columns += tagged.columns
        else:
            columns += [parts_of(column, number, page.rules, typography) for column in page.columns]
        lines.append(tagged.lines if tagged else page.lines())
    return columns, lines


def _outline(
    document: pdfium.PdfDocument, pages: int, columns: Sequence[Sequence[Part]], typography: Typography
) -> Outline:
    """Return the content of a document.

    Args:
        document: The document.
        pages: Number of its pages.
        columns: The parts of each column.
        typography: What is usual in it.
    """
    outline = Outline()
    started = 0

    def start_page(number: int, before_end: int = 0) -> None:
        nonlocal started
        for page in range(started, number + 1):
            outline.start_page(document.get_page_label(page) or None, before_end)
        started = max(started, number + 1)

    headings = {
        spoken(part.paragraph.text): part.tag.level
        for column in columns
        for part in column
        if part.paragraph and part.tag and part.tag.role is Role.HEADING
    }
    contents = _agreed(_contents(document), headings)
    writer = Writer(outline, typography, contents, start_page, has_tagged_headings=bool(headings))
    for part in without_breaks(columns):
        start_page(part.page)
        writer.write(part)
    start_page(pages - 1)
    return outline


def _agreed(contents: Mapping[str, int], headings: Mapping[str, int]) -> dict[str, int]:
    """Return the levels of the table of contents, moved to agree with those of tagged headings."""
    moves = Counter(level - contents[title] for title, level in headings.items() if title in contents)
    move = moves.most_common(1)[0][0] if moves else 0
    return {title: max(1, level + move) for title, level in contents.items()} | dict(headings)


def _contents(document: pdfium.PdfDocument) -> dict[str, int]:
    """Return the level of each entry of the table of contents in the file."""
    try:
        entries = [(spoken(entry.get_title()), entry.level + 1) for entry in document.get_toc(_TOC_DEPTH)]
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return {}
    return {title: level for title, level in entries if title}


def _notes(pages: Sequence[Page], furniture_lines: int) -> Iterator[str]:
    total = len(pages)
    empty = sum(not any(page.columns) and not page.is_damaged for page in pages)
    recognised = sum(page.is_recognised and any(page.columns) for page in pages)
    hidden = sum(page.hidden for page in pages)
    unmapped = sum(page.unmapped for page in pages)
    if damaged := [str(number) for number, page in enumerate(pages, 1) if page.is_damaged]:
        yield f"page {', '.join(damaged)} is damaged and was not read"
    if empty:
        yield f"{empty} of {total} pages have no text; they may be scans, which are not read"
    if recognised:
        yield f"{recognised} of {total} pages are scans, whose text a program recognised and may have misread"
    if hidden:
        yield f"{hidden} characters of hidden text were not read"
    if unmapped:
        yield f"{unmapped} characters of fonts that do not name them were not read"
    doubtful = [str(number) for number, page in enumerate(pages, 1) if page.is_doubtful]
    if doubtful:
        yield f"page {', '.join(doubtful)} may be read wrongly: its words are hard to tell apart"
    if fields := sum(page.fields for page in pages):
        yield f"{fields} form fields and notes on pages were not read"
    if furniture_lines:
        yield f"{furniture_lines} running heads, feet and page numbers were not read"


def _metadata(document: pdfium.PdfDocument) -> Metadata:
    values = document.get_metadata_dict()
    date = _DATE.match(values.get("ModDate") or values.get("CreationDate") or "")
    author = one_line(values.get("Author") or "")
    return Metadata(
        title=real_title(one_line(values.get("Title") or "")),
        authors=(author,) if author else (),
        date="-".join(date.groups()) if date else None,
        language=read_string(c.FPDFCatalog_GetLanguage, document.raw, _MAX_LANGUAGE_BYTES) or None,
    )
