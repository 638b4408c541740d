"""What is exported: the quotes of answers, with their places."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from normqa.citations.reference import Reference
from normqa.datatypes import Answer, Quote, Span
from normqa.schema.answers import ROLLBACK_NOTICE
from normqa.schema.documents import document_href


@dataclass(frozen=True, slots=True)
class Entry:
    """One quote of an answer. Near misses are no entries, because they do not answer.

    Attributes:
        answer: The answer.
        quote: The quote.
    """

    answer: Answer
    quote: Quote

    @property
    def key(self) -> str:
        """Identifies the quote: document, start and end."""
        return f"{self.quote.citation.document_id}#{self.quote.span.start}-{self.quote.span.end}"

    @property
    def reference(self) -> Reference:
        """Its source."""
        return Reference.of(self.quote.citation)

    @property
    def place(self) -> str:
        """Where the quote is, so that a program can check it."""
        span = self.quote.span
        parts = [f"{self.quote.citation.document_id}, characters {span.start} to {span.end}"]
        if self.quote.citation.recognised:
            parts.append("recognised text")
        return ", ".join([*parts, f"SHA-256 {self.quote.sha256}"])

    @property
    def note(self) -> str:
        """The quote and its place on one line, with the notices of its answer."""
        text = " ".join(self.quote.text.split())
        references = filter(None, [self.quote.citation.references_line])
        return " ".join([f"“{text}” ({self.place})", *references, *notices(self.answer)])


@dataclass(frozen=True, slots=True)
class Export:
    """Answers to export.

    Attributes:
        answers: Oldest first.
        text_of: Returns the canonical text of a document.
        base_url: Address that readers reach this server at; None if it is not known.
        root: Path prefix of the server, for addresses if ``base_url`` is not known.
    """

    answers: Sequence[Answer]
    text_of: Callable[[str], str]
    base_url: str | None = None
    root: str = ""

    def entries(self) -> Iterator[Entry]:
        """Yield every quote, in the order of the answers."""
        return (Entry(answer, quote) for answer in self.answers for quote in answer.quotes)

    def page_of(self, quote: Quote) -> str:
        """Return the address of the page that shows a quote; a path if the server's address is not known."""
        span = quote.span
        return self.address(f"{document_href(quote.citation.document_id)}?start={span.start}&end={span.end}")

    def address(self, href: str) -> str:
        """Return the address of a path on this server."""
        return f"{self.root if self.base_url is None else self.base_url}{href}"

    def utf16_span(self, quote: Quote) -> Span:
        """Return the place of a quote in UTF-16 units, which JavaScript counts."""
        text = self.text_of(quote.citation.document_id)
        return Span(_utf16(text[: quote.span.start]), _utf16(text[: quote.span.end]))


def notices(answer: Answer) -> list[str]:
    """Return what a reader of an answer must know about the index."""
    return [
        *filter(None, [answer.warning and f"Warning: {answer.warning}"]),
        *([f"Warning: {ROLLBACK_NOTICE}"] if answer.rolled_back else []),
    ]


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
