"""What a page shows of an answer: its quotes in groups, what stands around them, and how to cite them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from normqa.datatypes import Answer, BlockKind, Document, Quote, Span
from normqa.errors import UnknownDocument
from normqa.schema.answers import QuoteBody
from normqa.serve.pages.citations import original_address
from normqa.serve.pages.permalink import QuoteLink, answer_address, source_address

FindDocument = Callable[[str], Document]

MOST_AROUND = 1500
"""So many characters before a quote, and after it, are shown of its neighbouring paragraphs."""

_OWN_NUMBER = re.compile(r"\d{1,3}[.)]\s")


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote on a page.

    Attributes:
        body: The quote.
        number: Of the quote in its answer, from 1.
        has_own_number: Whether its text begins with a number of its own.
        parts: Its text before, in and after the sentence that answers; only the last where that is all of it.
        around: The neighbouring paragraphs: what stands before it, and after it.
        citation: Where it stands, in one line.
        source: The address of its document, at the quote.
        original: Where it stands in what was published on the web.
    """

    body: QuoteBody
    number: int
    has_own_number: bool
    parts: tuple[str, str, str]
    around: tuple[str, str]
    citation: str
    source: str
    original: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Quotes that stand together.

    Attributes:
        title: Of the side of a comparison that they speak for; else empty.
        first: Shown at once.
        more: Shown to whoever asks for more.
    """

    title: str
    first: tuple[ShownQuote, ...]
    more: tuple[ShownQuote, ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The quotes of an answer on a page.

    Attributes:
        lead_in: What introduces a list.
        groups: The quotes that answer: one group, or one a side of a comparison.
        near_misses: What came nearest, in a refusal.
        permalink: The address that keeps to just these quotes; None where there are too many.
    """

    lead_in: ShownQuote | None
    groups: tuple[Group, ...]
    near_misses: tuple[ShownQuote, ...]
    permalink: str | None

    @classmethod
    def of(cls, answer: Answer, first: int, find_document: FindDocument) -> "AnswerView":
        """The quotes of an answer.

        Args:
            answer: Which.
            first: So many of a group are shown at once, unless it is a list.
            find_document: Gives what stands around a quote.
        """
        quotes = show(answer.question, answer.quotes, find_document, unnumbered=int(answer.has_lead_in))
        lead_in = quotes.pop(0) if answer.has_lead_in else None
        match answer.kind:
            case "list":
                groups = [Group("", tuple(quotes), ())]
            case "comparison":  # its quotes come grouped by document already
                sides = [tuple(own) for _, own in groupby(quotes, lambda quote: quote.body.document.id)]
                each = max(1, first // len(sides))
                groups = [Group(own[0].body.document.title, own[:each], own[each:]) for own in sides]
            case "passages":
                groups = [Group("", tuple(quotes[:first]), tuple(quotes[first:]))]
        near_misses = show(answer.question, answer.near_misses, find_document)
        links = [QuoteLink.of(quote) for quote in answer.quotes]
        return cls(lead_in, tuple(groups), tuple(near_misses), answer_address(answer.question, links))


def show(
    question: str, quotes: Sequence[Quote], find_document: FindDocument, unnumbered: int = 0
) -> list[ShownQuote]:
    """The quotes as a page shows them; so many at the beginning have no number."""
    links = [QuoteLink.of(quote) for quote in quotes]
    return [
        show_quote(quote, number, question, links, find_document)
        for number, quote in enumerate(quotes, 1 - unnumbered)
    ]


def show_quote(
    quote: Quote, number: int, question: str, links: Sequence[QuoteLink], find_document: FindDocument
) -> ShownQuote:
    """A quote as a page shows it.

    Args:
        quote: Which.
        number: Of the quote in its answer.
        question: That it answers.
        links: To all quotes of the answer.
        find_document: Gives what stands around the quote.
    """
    return ShownQuote(
        body=QuoteBody.of(quote),
        number=number,
        has_own_number=_OWN_NUMBER.match(quote.text) is not None,
        parts=_parts(quote),
        around=_around(quote, find_document),
        citation=str(quote.citation),
        source=source_address(QuoteLink.of(quote), question, links),
        original=original_address(quote.citation.url, quote.text),
    )


def _parts(quote: Quote) -> tuple[str, str, str]:
    """The text before, in and after the sentence that answers; all of it is last where that answers."""
    if quote.span == quote.answer:
        return "", "", quote.text
    inside = quote.answer.shifted(-quote.span.start)
    return quote.text[: inside.start], inside.of(quote.text), quote.text[inside.end :]


def _around(quote: Quote, find_document: FindDocument) -> tuple[str, str]:
    """The rest of the paragraphs that the quote is from, and the paragraphs before and after those."""
    try:
        document = find_document(quote.citation.document_id)
    except UnknownDocument:  # a new generation has come into force meanwhile
        return "", ""
    if document.sha256 != quote.sha256:
        return "", ""
    spans = [block.span for block in document.blocks if block.kind is not BlockKind.HEADING]
    before = [span.start for span in spans if span.start < quote.span.start]
    after = [span.end for span in spans if span.end > quote.span.end]
    opens_own = document.block_at(quote.span.start).span.start == quote.span.start
    closes_own = document.block_at(quote.span.end - 1).span.end == quote.span.end
    start = before[-1 if opens_own else -2 :][0] if before else quote.span.start
    end = after[: 1 if closes_own else 2][-1] if after else quote.span.end
    start, end = max(start, quote.span.start - MOST_AROUND), min(end, quote.span.end + MOST_AROUND)
    return (
        Span(start, quote.span.start).of(document.text).strip(),
        Span(quote.span.end, end).of(document.text).strip(),
    )
