"""An answer as a page shows it: grouped quotes with context and citations."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from normqa.datatypes import Answer, BlockKind, ContextPart, Document, Quote, Span
from normqa.schema.markdown import quote_markdown
from normqa.schema.quotes import QuoteBody
from normqa.serve.pages.citations import original_address
from normqa.serve.pages.permalink import QuoteLink, answer_address, source_address
from normqa.snapshot import Snapshot
from normqa.structure import CELL
from normqa.text.canonical import has_number

MAX_CONTEXT = 1500
"""Maximum characters of context before a quote, and after it."""


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote on a page.

    Attributes:
        body: The quote as JSON.
        number: Position in the answer, from 1.
        has_own_number: Whether its text starts with a number.
        parts: Its text before, in and after the answering sentence. The whole text is the last part if all
            of it answers.
        outside: The lead-in and outer list items that it needs, with their roles.
        columns: The column names of a table row.
        cells: The cells of a table row with column names.
        context: The neighbouring paragraphs before and after it.
        citation: One line.
        markdown: The quote and its citation as Markdown.
        source: Address of the document at the quote.
        original: Address of the quote in the published original, if there is one.
    """

    body: QuoteBody
    number: int
    has_own_number: bool
    parts: tuple[str, str, str]
    outside: tuple[ContextPart, ...]
    columns: tuple[str, ...]
    cells: tuple[str, ...]
    context: tuple[str, str]
    citation: str
    markdown: str
    source: str
    original: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Quotes under one heading.

    Attributes:
        title: One side of a comparison; otherwise empty.
        first: Quotes that are visible at first.
        more: Quotes that the reader can expand.
    """

    title: str
    first: tuple[ShownQuote, ...]
    more: tuple[ShownQuote, ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer on a page.

    Attributes:
        best: The best sentence above a list.
        lead_in: The lead-in of a list.
        groups: The quotes: one group, or one per side of a comparison.
        near_misses: The near misses of a refusal.
        permalink: Address of these quotes; None if they are too many or too long.
    """

    best: ShownQuote | None
    lead_in: ShownQuote | None
    groups: tuple[Group, ...]
    near_misses: tuple[ShownQuote, ...]
    permalink: str | None

    @classmethod
    def of(cls, answer: Answer, visible: int, snapshot: Snapshot) -> "AnswerView":
        """Return the view of an answer.

        Args:
            answer: The answer.
            visible: Quotes per answer that are visible at first. Lists, and answers to several parts, are
                visible in full.
            snapshot: The snapshot that answered.
        """
        quotes = show_quotes(
            answer.question,
            answer.quotes,
            snapshot,
            unnumbered=int(answer.has_lead_in) + int(answer.has_best_sentence),
        )
        best = quotes.pop(0) if answer.has_best_sentence else None
        lead_in = quotes.pop(0) if answer.has_lead_in else None
        match answer.kind:
            case "list":
                groups = [Group("", tuple(quotes), ())]
            case "comparison":  # quotes of one document are adjacent
                sides = [tuple(own) for _, own in groupby(quotes, lambda quote: quote.body.document.id)]
                share = max(1, visible // len(sides))
                groups = [Group(own[0].body.document.title, own[:share], own[share:]) for own in sides]
            case "passages":
                first = len(quotes) if answer.parts else visible
                groups = [Group("", tuple(quotes[:first]), tuple(quotes[first:]))]
        near_misses = show_quotes(answer.question, answer.near_misses, snapshot)
        links = [QuoteLink.of(quote) for quote in answer.quotes]
        return cls(best, lead_in, tuple(groups), tuple(near_misses), answer_address(answer.question, links))


def show_quotes(
    question: str, quotes: Sequence[Quote], snapshot: Snapshot, unnumbered: int = 0
) -> list[ShownQuote]:
    """Return quotes as a page shows them.

    Args:
        question: The question.
        quotes: All quotes of the answer.
        snapshot: The snapshot that answered.
        unnumbered: How many quotes at the beginning have no number.
    """
    links = [QuoteLink.of(quote) for quote in quotes]
    return [
        show_quote(quote, number, question, links, snapshot.document(quote.citation.document_id))
        for number, quote in enumerate(quotes, 1 - unnumbered)
    ]


def show_quote(
    quote: Quote, number: int, question: str, links: Sequence[QuoteLink], document: Document
) -> ShownQuote:
    """Return a quote as a page shows it.

    Args:
        quote: The quote.
        number: Position in the answer, from 1.
        question: The question.
        links: All quotes of the answer.
        document: The document of the quote.
    """
    header = next((part.text for part in quote.context if part.role == "header"), None)
    return ShownQuote(
        body=QuoteBody.of(quote),
        number=number,
        has_own_number=has_number(quote.text),
        parts=_parts(quote),
        outside=tuple(part for part in quote.context if part.role != "header"),
        columns=tuple(header.split(CELL)) if header else (),
        cells=tuple(quote.text.split(CELL)) if header else (),
        context=_context(quote, document),
        citation=" ".join(filter(None, [str(quote.citation), quote.citation.references_line])),
        markdown=quote_markdown(quote),
        source=source_address(QuoteLink.of(quote), question, links),
        original=original_address(quote.citation.url, quote.text),
    )


def _parts(quote: Quote) -> tuple[str, str, str]:
    """Split the text before and after the answering sentence."""
    if quote.span == quote.answer:
        return "", "", quote.text
    inside = quote.answer.shifted(-quote.span.start)
    return quote.text[: inside.start], inside.of(quote.text), quote.text[inside.end :]


def _context(quote: Quote, document: Document) -> tuple[str, str]:
    """Return the rest of the quote's own paragraphs, and the paragraph before and after them."""
    spans = [block.span for block in document.blocks if block.kind is not BlockKind.HEADING]
    before = [span.start for span in spans if span.start < quote.span.start]
    after = [span.end for span in spans if span.end > quote.span.end]
    starts_block = document.block_at(quote.span.start).span.start == quote.span.start
    ends_block = document.block_at(quote.span.end - 1).span.end == quote.span.end
    start = before[-1 if starts_block else -2 :][0] if before else quote.span.start
    end = after[: 1 if ends_block else 2][-1] if after else quote.span.end
    start, end = max(start, quote.span.start - MAX_CONTEXT), min(end, quote.span.end + MAX_CONTEXT)
    return (
        Span(start, quote.span.start).of(document.text).strip(),
        Span(quote.span.end, end).of(document.text).strip(),
    )
