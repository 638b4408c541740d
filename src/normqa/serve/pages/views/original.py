"""The pages of the original that show a marked place."""

from dataclasses import dataclass
from urllib.parse import urlencode

from normqa.datatypes import Document, Span
from normqa.glyph_map import GlyphMap
from normqa.schema.documents import page_href

MAX_PAGES = 3
"""Maximum pages of one place."""


@dataclass(frozen=True, slots=True)
class OriginalPage:
    """A page of the original.

    Attributes:
        label: The number that is printed on it, else its number in the file.
        address: Address of its picture with the place marked.
        top: Upper edge of the place, in points from the upper edge of the page.
        text: The text of the place.
    """

    label: str
    address: str
    top: float
    text: str


def original_pages(document: Document, span: Span | None, glyphs: GlyphMap | None) -> list[OriginalPage]:
    """Return the pages that show a place, or the first page if no place is marked.

    Args:
        document: The document.
        span: The place.
        glyphs: Where the characters of the document are painted; None if it has no pictures of pages.
    """
    if glyphs is None or not document.pages:
        return []
    boxes = glyphs.boxes(span) if span else []
    tops: dict[int, float] = {}
    for box in boxes:
        tops[box.page] = min(box.top, tops.get(box.page, box.top))
    query = f"?{urlencode({'start': span.start, 'end': span.end})}" if span and boxes else ""
    if not tops:
        tops = {(document.page_at(span.start) if span else None) or 1: 0.0}
    return [
        OriginalPage(
            label=document.page_label(page) or str(page),
            address=page_href(document.id, page) + query,
            top=top,
            text=span.of(document.text) if span else "",
        )
        for page, top in sorted(tops.items())[:MAX_PAGES]
    ]
