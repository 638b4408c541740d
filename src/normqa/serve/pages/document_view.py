"""What a page shows of a document: its text with a place marked, its outline, and what it was opened from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from normqa.datatypes import Block, BlockKind, Document, Span
from normqa.errors import InvalidRequest
from normqa.serve.pages.permalink import QuoteLink, answer_address, read_links, source_address

_OWN_BULLET = re.compile(r"(?:\d{1,3}[.)]|[-*•–])\s")
_NO_SUCH_PLACE = "The link names a place that this document does not have, so nothing is marked."
_CHANGED = "The text of this document has changed since it was quoted, so nothing is marked."


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a document's text that belongs to one block, or to none.

    Attributes:
        block: Which.
        text: The characters.
        opens: Whether the block begins with it.
    """

    block: Block | None
    text: str
    opens: bool = False

    @property
    def level(self) -> int:
        """Of a heading, on a page whose own is the first."""
        return min(self.block.level + 1, 6) if self.block else 0

    @property
    def is_bare_item(self) -> bool:
        """Whether a list item begins here, and its text has no number or bullet of its own."""
        is_item = self.block is not None and self.block.kind is BlockKind.ITEM
        return is_item and self.opens and not _OWN_BULLET.match(self.text)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where the quotes before and after one are.

    Attributes:
        number: Of the quote in its answer, from 1.
        count: Of its quotes.
        previous: Address of the one before, if there is one.
        following: Address of the one after, if there is one.
        answer: Address of the answer.
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
        before: The text before the marked place.
        marked: The marked text.
        after: The text after it.
        quoted: The marked text in one piece; empty where nothing is marked.
        unmarked: Why nothing is marked, where something should be.
        outline: The headings.
        neighbours: Of the quote that the document was opened at.
    """

    before: list[Run]
    marked: list[Run]
    after: list[Run]
    quoted: str
    unmarked: str | None
    outline: list[Run]
    neighbours: Neighbours | None

    @classmethod
    def of(cls, document: Document, query: QueryParams) -> "DocumentView":
        """The document as an address asks for it."""
        span, links = _named_span(query), _links(query)
        places = [n for n, link in enumerate(links) if (link.document_id, link.span) == (document.id, span)]
        place = places[0] if places else None
        unmarked = None
        if span is None or span.end > len(document.text):
            unmarked = _NO_SUCH_PLACE
        if place is not None and not links[place].holds(document):
            unmarked = _CHANGED
        if span is None or unmarked:
            span = Span(0, 0)
        if query.keys().isdisjoint({"start", "end"}):
            unmarked = None
        everything = list(_runs(document, Span(0, len(document.text))))
        return cls(
            before=list(_runs(document, Span(0, span.start))),
            marked=list(_runs(document, span)),
            after=list(_runs(document, Span(span.end, len(document.text)))),
            quoted=span.of(document.text),
            unmarked=unmarked,
            outline=[run for run in everything if run.block and run.block.kind is BlockKind.HEADING],
            neighbours=None if place is None else _neighbours(query.get("q", ""), links, place),
        )


def _named_span(query: QueryParams) -> Span | None:
    """The span that an address names; None if that is none."""
    named = (query.get("start"), query.get("end"))
    numbers = [int(n) for n in named if n and n.isascii() and n.isdigit() and len(n) < 10]  # noqa: PLR2004
    return Span(*numbers) if len(numbers) == 2 and numbers[0] < numbers[1] else None  # noqa: PLR2004


def _links(query: QueryParams) -> Sequence[QuoteLink]:
    """The quotes of the answer that a link comes from; none where they cannot be read."""
    try:
        return read_links(query.getlist("quote"))
    except InvalidRequest:
        return ()


def _neighbours(question: str, links: Sequence[QuoteLink], place: int) -> Neighbours:
    def address(of: int) -> str | None:
        return source_address(links[of], question, links) if 0 <= of < len(links) else None

    return Neighbours(
        number=place + 1,
        count=len(links),
        previous=address(place - 1),
        following=address(place + 1),
        answer=answer_address(question, links),
    )


def _runs(document: Document, part: Span) -> Iterator[Run]:
    """The characters of a part, all of them, in runs of one block or of none."""
    position = part.start
    for block in document.blocks:
        start, end = max(block.span.start, part.start), min(block.span.end, part.end)
        if start < end:
            if position < start:
                yield Run(None, document.text[position:start])
            yield Run(block, document.text[start:end], opens=start == block.span.start)
            position = end
    if position < part.end:
        yield Run(None, document.text[position : part.end])
