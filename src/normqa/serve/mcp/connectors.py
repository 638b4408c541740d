"""Search results and documents in the shape that connectors of assistants expect."""

from typing import Annotated, Self
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import Field

from normqa.datatypes import Answer, Document, Quote
from normqa.schema import examples
from normqa.schema.body import Body
from normqa.schema.documents import DocumentBody, document_href
from normqa.schema.quotes import QuoteBody
from normqa.schema.requests.documents import FetchRequest, ListRequest
from normqa.snapshot import Snapshot

MAX_FETCHED = 100_000
"""Maximum code points of a document that one request returns."""

RESOURCES = "normqa:/"
"""What stands before an address where there is no web server: ``normqa://documents/strategies``."""

_DOCUMENTS = document_href("")
_EXAMPLE_ID = examples.QUOTE["href"]


class SearchResultBody(Body):
    """A quote."""

    id: Annotated[str, Field(description="Id for fetch.", examples=[_EXAMPLE_ID])]
    title: Annotated[str, Field(description="Title, section and page.", examples=["Strategies"])]
    text: Annotated[str, Field(description="The quote, verbatim.", examples=[examples.QUOTE["text"]])]
    url: Annotated[
        str, Field(description="Address of the page that marks the quote.", examples=[_EXAMPLE_ID])
    ]

    @classmethod
    def of(cls, quote: Quote, root: str) -> Self:
        """Return the quote as a search result."""
        href = QuoteBody.of(quote).href
        return cls(id=href, title=str(quote.citation), text=quote.text, url=root + href)


class SearchBody(Body):
    """What a search found."""

    results: Annotated[
        list[SearchResultBody],
        Field(description="Quotes, best first. Empty if nothing was found.", examples=[[]]),
    ]

    @classmethod
    def of(cls, answer: Answer, root: str) -> Self:
        """Return the quotes of an answer, or the near misses of a refusal, as search results."""
        quotes = answer.quotes or answer.near_misses
        return cls(results=[SearchResultBody.of(quote, root) for quote in quotes])


class FetchBody(Body):
    """The text of a document."""

    id: Annotated[str, Field(description="The id that was asked for.", examples=[_EXAMPLE_ID])]
    title: Annotated[str, Field(description="Title.", examples=[examples.SOURCE["title"]])]
    text: Annotated[
        str,
        Field(
            description=f"The text, verbatim. Of a document with more than {MAX_FETCHED:,} characters, the"
            " part around the place that the id names.",
            examples=[examples.QUOTE["text"]],
        ),
    ]
    url: Annotated[
        str, Field(description="Address of the document's page.", examples=["/documents/strategies"])
    ]
    metadata: Annotated[
        dict[str, str],
        Field(
            description="`start` and `end` of the part in the document, `characters` of the document,"
            " `sha256` of its text, and what is known of `source`, `date` and `original`.",
            examples=[{"sha256": examples.QUOTE["sha256"]}],
        ),
    ]

    @classmethod
    def of(cls, asked: FetchRequest, document: Document, root: str) -> Self:
        """Return the document, or the part of it that the request names."""
        _, place = place_of(asked)
        start = max(0, min(place - MAX_FETCHED // 2, document.characters - MAX_FETCHED))
        end = min(start + MAX_FETCHED, document.characters)
        about = document.metadata
        known = {"source": about.source, "date": about.date, "original": about.url}
        metadata = {"start": str(start), "end": str(end), "characters": str(document.characters)}
        return cls(
            id=asked.id,
            title=document.title,
            text=document.text[start:end],
            url=root + document_href(document.id),
            metadata=metadata
            | {"sha256": document.sha256}
            | {name: value for name, value in known.items() if value},
        )


class ListBody(Body):
    """Documents, without texts."""

    documents: Annotated[
        list[DocumentBody], Field(description="Documents in order of id.", examples=[[examples.DOCUMENT]])
    ]
    total: Annotated[int, Field(description="Number of all documents.", examples=[1])]

    @classmethod
    def of(cls, asked: ListRequest, snapshot: Snapshot) -> Self:
        """Return the documents that a request asks for."""
        summaries = snapshot.summaries()
        shown = summaries[asked.offset : asked.offset + asked.limit]
        return cls(documents=[DocumentBody.of(document) for document in shown], total=len(summaries))


def place_of(asked: FetchRequest) -> tuple[str, int]:
    """Return the id of the document that a request names, and the code point to show."""
    address = asked.id.removeprefix(RESOURCES)
    if not address.startswith(_DOCUMENTS):
        return asked.id, 0
    parts = urlsplit(address)
    start = parse_qs(parts.query).get("start", ["0"])[0]
    document_id = unquote(parts.path.removeprefix(_DOCUMENTS)).removesuffix("/")
    return document_id, int(start) if start.isdecimal() else 0
