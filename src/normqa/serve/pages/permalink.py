"""Permalinks: addresses that name quotes by document, place and hash, and need no search.

``/answer?q=QUESTION&quote=START-END-HASH-DOCUMENT``. The hash is the beginning of the hash of the document's
canonical text. The document id comes last, because it may contain any character.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from normqa.datatypes import Document, Quote, Span
from normqa.errors import InvalidRequest
from normqa.schema.documents import document_href
from normqa.structure import Structure

MAX_QUOTES = 200
"""Maximum quotes of a permalink."""

MAX_CHARACTERS = 100_000
"""Maximum characters of all quotes of a permalink together."""

MAX_NEIGHBOURS = 20
"""The link to a source names the other quotes of the answer only if there are at most this many."""

_LINK = re.compile(r"([0-9]{1,9})-([0-9]{1,9})-([0-9a-f]{16})-(.+)", re.DOTALL)
QUOTE_PATTERN = r"^[0-9]{1,9}-[0-9]{1,9}-[0-9a-f]{16}-[^\x00]+$"
"""Pattern of a quote in an address, for JSON Schema."""

_HASH_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class QuoteLink:
    """A quote in an address.

    Attributes:
        span: Its characters in ``Document.text``.
        sha256: The beginning of the document's hash when the link was made.
        document_id: Id of the document.
    """

    span: Span
    sha256: str
    document_id: str

    @classmethod
    def of(cls, quote: Quote) -> "QuoteLink":
        """Return the link to a quote."""
        return cls(quote.span, quote.sha256[:_HASH_CHARACTERS], quote.citation.document_id)

    @classmethod
    def to(cls, document: Document, span: Span) -> "QuoteLink":
        """Return the link to a place in a document."""
        return cls(span, document.sha256[:_HASH_CHARACTERS], document.id)

    @classmethod
    def parse(cls, text: str) -> "QuoteLink":
        """Return the link that a text represents.

        Raises:
            InvalidRequest: If the text is malformed.
        """
        found = _LINK.fullmatch(text)
        if found is None or int(found[1]) >= int(found[2]):
            raise InvalidRequest(
                "The link is damaged: one of its quotes cannot be read.",
                "Copy the whole link again, or ask the question.",
            )
        return cls(Span(int(found[1]), int(found[2])), found[3], found[4])

    def __str__(self) -> str:
        return f"{self.span.start}-{self.span.end}-{self.sha256}-{self.document_id}"

    def matches(self, document: Document) -> bool:
        """Whether the document still has the text that the link was made for."""
        return document.sha256.startswith(self.sha256) and self.span.end <= len(document.text)

    def quote(self, document: Document) -> Quote | None:
        """Return the quote; None if the text of the document has changed since the link was made."""
        if not self.matches(document):
            return None
        return document.quote(self.span, context=Structure(document).context_of(self.span))


def read_links(texts: Sequence[str]) -> tuple[QuoteLink, ...]:
    """Return the quotes that an address names.

    Raises:
        InvalidRequest: If a quote is malformed, or there are too many or too long ones.
    """
    if len(texts) > MAX_QUOTES:
        raise InvalidRequest(f"The link names more than {MAX_QUOTES} quotes.", "Ask the question.")
    links = tuple(map(QuoteLink.parse, texts))
    if characters(links) > MAX_CHARACTERS:
        raise InvalidRequest(f"The link quotes more than {MAX_CHARACTERS:,} characters.", "Ask the question.")
    return links


def answer_address(question: str, links: Sequence[QuoteLink]) -> str | None:
    """Return the permalink of an answer; None if it has too many or too long quotes."""
    is_short = len(links) <= MAX_QUOTES and characters(links) <= MAX_CHARACTERS
    return f"/answer?{_query(question, links)}" if is_short else None


def source_address(link: QuoteLink, question: str, links: Sequence[QuoteLink]) -> str:
    """Return the address of a document at a quote.

    Args:
        link: The quote.
        question: The question.
        links: All quotes of the answer, for links to the previous and next quote.
    """
    span = urlencode({"start": link.span.start, "end": link.span.end})
    known = links if len(links) <= MAX_NEIGHBOURS else [link]
    return f"{document_href(link.document_id)}?{span}&{_query(question, known)}#quote"


def characters(links: Iterable[QuoteLink]) -> int:
    """Return the number of characters that links quote together."""
    return sum(len(link.span) for link in links)


def _query(question: str, links: Iterable[QuoteLink]) -> str:
    return urlencode([("q", question), *(("quote", str(link)) for link in links)])
