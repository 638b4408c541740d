"""The address of an answer: it names every quote by document, place and hash, and needs no search.

``/answer?q=QUESTION&quote=START-END-HASH-DOCUMENT``: the document comes last, as its id may hold anything;
the hash is the beginning of that of its canonical text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from normqa.datatypes import Document, Quote, Span
from normqa.errors import InvalidRequest
from normqa.schema.documents import document_href

MAX_QUOTES = 200
"""Of one answer; an address that names more is none."""

MAX_NEIGHBOURS = 20
"""A link from an answer of more quotes to a source knows of no others."""

_LINK = re.compile(r"([0-9]{1,9})-([0-9]{1,9})-([0-9a-f]{16})-(.+)", re.DOTALL)
_HASH_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class QuoteLink:
    """A quote by its place.

    Attributes:
        span: Where it stands.
        sha256: The beginning of the document's hash when it was quoted.
        document_id: Its document.
    """

    span: Span
    sha256: str
    document_id: str

    @classmethod
    def of(cls, quote: Quote) -> "QuoteLink":
        """The place of a quote."""
        return cls(quote.span, quote.sha256[:_HASH_CHARACTERS], quote.citation.document_id)

    @classmethod
    def parse(cls, text: str) -> "QuoteLink":
        """Reads one.

        Raises:
            InvalidRequest: If it names no place.
        """
        found = _LINK.fullmatch(text)
        if found is None or int(found[1]) >= int(found[2]):
            raise InvalidRequest(
                "The link names a quote in a way that cannot be read.",
                "Copy the whole link again, or ask the question.",
            )
        return cls(Span(int(found[1]), int(found[2])), found[3], found[4])

    def __str__(self) -> str:
        return f"{self.span.start}-{self.span.end}-{self.sha256}-{self.document_id}"

    def holds(self, document: Document) -> bool:
        """Whether the document still has the text that was quoted."""
        return document.sha256.startswith(self.sha256) and self.span.end <= len(document.text)


def read_links(texts: Sequence[str]) -> tuple[QuoteLink, ...]:
    """Reads the quotes of an address.

    Raises:
        InvalidRequest: If one names no place, or there are too many.
    """
    if len(texts) > MAX_QUOTES:
        raise InvalidRequest(f"The link names more than {MAX_QUOTES} quotes.", "Ask the question.")
    return tuple(map(QuoteLink.parse, texts))


def answer_address(question: str, links: Sequence[QuoteLink]) -> str | None:
    """The permalink of an answer; None where it has too many quotes."""
    return f"/answer?{_query(question, links)}" if len(links) <= MAX_QUOTES else None


def source_address(link: QuoteLink, question: str, links: Sequence[QuoteLink]) -> str:
    """The document at a quote, which knows of the other quotes of the answer."""
    span = urlencode({"start": link.span.start, "end": link.span.end})
    known = links if len(links) <= MAX_NEIGHBOURS else [link]
    return f"{document_href(link.document_id)}?{span}&{_query(question, known)}#quote"


def _query(question: str, links: Iterable[QuoteLink]) -> str:
    return urlencode([("q", question), *(("quote", str(link)) for link in links)])
