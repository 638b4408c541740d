"""The Markdown of an answer, with numbered quotes, links and sources."""

from collections.abc import Iterable
from dataclasses import dataclass

from normqa.citations.markdown import before_quotes, block_quote, escape_markdown, index_line, place_of
from normqa.datatypes import Answer, Quote
from normqa.schema.quotes import QuoteBody

_SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A quote in the content.

    Attributes:
        quote: The quote.
        url: Absolute address of the page that marks it.
        start: First character of its block in the content.
        end: One past the last character.
    """

    quote: Quote
    url: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a message.

    Attributes:
        blocks: Blocks of Markdown.
        cited: The quotes that answer, in order; empty in a refusal.
    """

    blocks: tuple[str, ...]
    cited: tuple[CitedQuote, ...] = ()

    @property
    def chunks(self) -> tuple[str, ...]:
        """The pieces to send in a stream, which join to the text."""
        return tuple(f"{_SEPARATOR if place else ''}{block}" for place, block in enumerate(self.blocks))

    def __str__(self) -> str:
        return _SEPARATOR.join(self.blocks)


def content_of(answer: Answer, root: str) -> Content:
    """Return an answer as the content of a message.

    Args:
        answer: The answer.
        root: Absolute address of the server.
    """
    quotes = answer.quotes or answer.near_misses
    urls = [root + QuoteBody.of(quote).href for quote in quotes]
    numbered = list(enumerate(zip(quotes, urls, strict=True), 1))
    before = tuple(before_quotes(answer))
    shown = tuple(
        block_quote(quote, f"— [{number}] {_link(quote, url)}") for number, (quote, url) in numbered
    )
    sources = [f"{number}. {_source(quote, url)}" for number, (quote, url) in numbered]
    after = tuple(_after_quotes(answer, sources))
    cited = _places(quotes, urls, before, shown) if answer.quotes else ()
    return Content((*before, *shown, *after), cited)


def _after_quotes(answer: Answer, sources: list[str]) -> Iterable[str]:
    if answer.rest:
        yield answer.rest
    if sources:
        yield "**Sources**"
        yield "\n".join(sources)
    sure = f"Confidence: {answer.band} ({answer.confidence:.2f})." if answer.confidence is not None else None
    if about := " ".join(filter(None, [sure, index_line(answer)])):
        yield about


def _link(quote: Quote, url: str) -> str:
    return f"[{escape_markdown(str(quote.citation))}]({url})"


def _source(quote: Quote, url: str) -> str:
    return f"{_link(quote, url)}: {escape_markdown(place_of(quote))}, SHA-256 {quote.sha256}"


def _places(
    quotes: tuple[Quote, ...], urls: list[str], before: tuple[str, ...], shown: tuple[str, ...]
) -> tuple[CitedQuote, ...]:
    """Return where the blocks of the quotes are in the content."""
    start = sum(len(block) + len(_SEPARATOR) for block in before)
    cited = []
    for quote, url, block in zip(quotes, urls, shown, strict=True):
        cited.append(CitedQuote(quote, url, start, start + len(block)))
        start += len(block) + len(_SEPARATOR)
    return tuple(cited)
