"""A quote as a page shows it, with context and citation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from normqa.answer.confidence import confidence_level
from normqa.citations.markdown import quote_markdown
from normqa.datatypes import Band, BlockKind, ContextPart, Document, Quote, Span
from normqa.schema.quotes import QuoteBody
from normqa.serve.pages.citations import original_address
from normqa.serve.pages.conversation import Conversation
from normqa.serve.pages.emphasis import Part, emphasise
from normqa.serve.pages.permalink import QuoteLink, source_address
from normqa.serve.pages.scope.scope import Scope
from normqa.structure import CELL

MAX_CONTEXT = 1500
"""Maximum characters of context before a quote, and after it."""


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote on a page.

    Attributes:
        body: The quote as JSON.
        link: The quote in an address.
        number: Position on the page, from 1; 0 if it has no number.
        band: The confidence as a word.
        before: Its text before the answering sentence.
        answer: The answering sentence, split into what the question asks for and the rest.
        after: Its text after the answering sentence.
        outside: The lead-in and outer list items that it needs, with their roles.
        columns: The column names of a table row; none if the row contains them itself.
        cells: The cells of a table row, split into what the question asks for and the rest.
        context: The neighbouring paragraphs before and after it.
        citation: One line.
        markdown: The quote and its citation as Markdown.
        source: Address of the document at the quote.
        original: Address of the quote in the published original, if there is one.
        only: Address that asks the question of the document alone; None where no question was asked.
    """

    body: QuoteBody
    link: str
    number: int
    band: Band
    before: str
    answer: tuple[Part, ...]
    after: str
    outside: tuple[ContextPart, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Part, ...], ...]
    context: tuple[str, str]
    citation: str
    markdown: str
    source: str
    original: str | None
    only: str | None = None

    def continues(self, previous: "ShownQuote") -> bool:
        """Return whether it is a row of the table whose column names the quote above it shows."""
        if not self.columns or previous.body.document.id != self.body.document.id:
            return False
        return self.columns == previous.columns or CELL.join(self.columns) == previous.body.text

    @property
    def name(self) -> str:
        """What a button that acts on it calls it."""
        return f"quote {self.number}" if self.number else "the best sentence"


def show_quote(
    quote: Quote,
    number: int,
    question: str,
    links: Sequence[QuoteLink],
    document: Document,
    asked: str | None = None,
) -> ShownQuote:
    """Return a quote as a page shows it.

    Args:
        quote: The quote.
        number: Position on the page, from 1; 0 for no number.
        question: The question.
        links: All quotes with numbers.
        document: The document of the quote.
        asked: The question as it is asked without earlier ones, if it was asked.
    """
    header = next((part.text for part in quote.context if part.role == "header"), None)
    link = QuoteLink.of(quote)
    inside = quote.answer.shifted(-quote.span.start)
    block = document.block_at(quote.span.start)
    is_row = block.kind is BlockKind.ROW and quote.span.end <= block.span.end and CELL in quote.text
    return ShownQuote(
        body=QuoteBody.of(quote),
        link=str(link),
        number=number,
        band=confidence_level(quote.confidence),
        before=quote.text[: inside.start],
        answer=emphasise(question, inside.of(quote.text)),
        after=quote.text[inside.end :],
        outside=tuple(part for part in quote.context if part.role != "header"),
        columns=tuple(header.split(CELL)) if header else (),
        cells=_cells(emphasise(question, quote.text)) if header or is_row else (),
        context=_context(quote, document),
        citation=" ".join(filter(None, [str(quote.citation), quote.citation.references_line])),
        markdown=quote_markdown(quote),
        source=source_address(link, question, links),
        original=original_address(quote.citation.url, quote.text),
        only=None if asked is None else Conversation(asked, scope=Scope.within(document.id)).address,
    )


def _cells(parts: Iterable[Part]) -> tuple[tuple[Part, ...], ...]:
    """Split the parts of a row at its cells."""
    cells: list[list[Part]] = [[]]
    for part in parts:
        first, *others = (Part(text, part.is_asked) for text in part.text.split(CELL))
        cells[-1].append(first)
        cells += [[other] for other in others]
    return tuple(map(tuple, cells))


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
