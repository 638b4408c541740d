"""A document as a page shows it: text with a marked place, outline, and links to neighbouring quotes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from normqa.datatypes import BlockKind, Document, Span
from normqa.errors import InvalidRequest
from normqa.glyph_map import GlyphMap
from normqa.serve.pages.cited_places import CitedPlace, cited_places
from normqa.serve.pages.permalink import QuoteLink, answer_address, read_links, source_address
from normqa.serve.pages.text_runs import Run, anchor_of, text_runs
from normqa.serve.pages.views.original import OriginalPage, original_pages

_NO_SUCH_PLACE = "Nothing is marked: this document has no such place."
_CHANGED = "Nothing is marked: the text of this document has changed since the link was made."
_CODE_POINT = re.compile(r"([0-9]{1,9})(\.0{1,9})?")  # 30.0 is an integer in JSON Schema
MAX_OFFSET = 999_999_999
"""Greatest offset in an address."""
_UNREADABLE = -1


def read_code_point(value: str | int | None) -> int | None:
    """Return an offset from an address, or a value that is no offset if it is malformed."""
    if value is None or isinstance(value, int):
        return value
    found = _CODE_POINT.fullmatch(value)
    return int(found[1]) if found else _UNREADABLE


@dataclass(frozen=True, slots=True)
class Place:
    """The place that an address asks to mark, as it was requested.

    Attributes:
        start: First code point.
        end: One past the last code point.
    """

    start: int | None = None
    end: int | None = None

    @property
    def is_readable(self) -> bool:
        """Whether both offsets are numbers, or missing."""
        return _UNREADABLE not in {self.start, self.end}

    @property
    def is_requested(self) -> bool:
        """Whether the address names a place at all."""
        return self.start is not None or self.end is not None

    def span_in(self, document: Document) -> Span | None:
        """Return the span of the place; None if the document has no such place."""
        if self.start is None or self.end is None:
            return None
        return Span(self.start, self.end) if 0 <= self.start < self.end <= len(document.text) else None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Links to the other quotes of an answer.

    Attributes:
        number: Position of the marked quote, from 1.
        count: Number of quotes.
        previous: Address of the previous quote, if there is one.
        following: Address of the next quote, if there is one.
        answer: Permalink of the answer.
    """

    number: int
    count: int
    previous: str | None
    following: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document on a page.

    Attributes:
        before: Text before the marked place.
        marked: Text of the marked place.
        after: Text after the marked place.
        quoted: Text of the marked place in one piece; empty if nothing is marked.
        pages: The pages of the original that show the marked place.
        notice: Why the requested place is not marked.
        outline: The headings.
        neighbours: Links to the other quotes, if the address names the quotes of an answer.
        link: The marked place as a quote in an address; None if nothing is marked.
        cited: The places that the conversation cites.
        span: The marked place; empty if nothing is marked.
    """

    before: list[Run]
    marked: list[Run]
    after: list[Run]
    quoted: str
    pages: list[OriginalPage]
    notice: str | None
    outline: list[Run]
    neighbours: Neighbours | None
    link: str | None
    cited: tuple[CitedPlace, ...]
    span: Span

    @classmethod
    def of(
        cls, document: Document, place: Place, query: QueryParams, glyphs: GlyphMap | None = None
    ) -> "DocumentView":
        """Return the view that an address asks for.

        Args:
            document: The document.
            place: The place to mark.
            query: The question and the quotes of the answer that the page was opened from.
            glyphs: Where the characters of the document are painted; None if that is not known.
        """
        span, links = place.span_in(document), _links(query, "quote")
        requested = (document.id, place.start, place.end)
        positions = [
            position
            for position, link in enumerate(links)
            if (link.document_id, link.span.start, link.span.end) == requested
        ]
        position = positions[0] if positions else None
        notice = _NO_SUCH_PLACE if place.is_requested and span is None else None
        if position is not None and not links[position].matches(document):
            notice = _CHANGED
        if span is None or notice:
            span = Span(0, 0)
        cited = cited_places(document, links, _links(query, "cited"))
        elsewhere = [place.span for place in cited if not place.span.overlaps(span)]
        everything = text_runs(document, Span(0, len(document.text)))
        return cls(
            before=list(text_runs(document, Span(0, span.start), elsewhere)),
            marked=list(text_runs(document, span)),
            after=list(text_runs(document, Span(span.end, len(document.text)), elsewhere)),
            quoted=span.of(document.text),
            pages=original_pages(document, span if len(span) else None, glyphs),
            notice=notice,
            outline=[run for run in everything if run.block and run.block.kind is BlockKind.HEADING],
            neighbours=None if position is None else _neighbours(query.get("q", ""), links, position),
            link=str(QuoteLink.to(document, span)) if len(span) else None,
            cited=cited,
            span=span,
        )

    def anchor(self, place: CitedPlace) -> str:
        """Return what identifies a cited place on the page."""
        return "quote" if place.span.overlaps(self.span) else anchor_of(place.span)


def _links(query: QueryParams, name: str) -> Sequence[QuoteLink]:
    """Return the quotes that a parameter names; none if they cannot be read."""
    try:
        return read_links(query.getlist(name))
    except InvalidRequest:
        return ()


def _neighbours(question: str, links: Sequence[QuoteLink], position: int) -> Neighbours:
    def address(of: int) -> str | None:
        return source_address(links[of], question, links) if 0 <= of < len(links) else None

    return Neighbours(
        number=position + 1,
        count=len(links),
        previous=address(position - 1),
        following=address(position + 1),
        answer=answer_address(question, links),
    )
