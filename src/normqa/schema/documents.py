"""Documents as JSON, and their addresses."""

import re
from typing import Annotated
from urllib.parse import quote as percent_encode

from pydantic import Field

from normqa.datatypes import Document, Span
from normqa.index.entries import DocumentSummary
from normqa.schema import examples
from normqa.schema.body import Body, Href

_PART = re.compile(r"/(?:text|original|pages/[^/]+\.png)$")


class DocumentReference(Body):
    """What identifies a document."""

    id: Annotated[str, Field(description="Path in the corpus, without a final .md.", examples=["strategies"])]
    title: Annotated[str, Field(description="Title.", examples=[examples.SOURCE["title"]])]
    source: Annotated[
        str | None,
        Field(description="Collection that the document is from.", examples=[examples.SOURCE["source"]]),
    ]
    url: Annotated[str | None, Field(description="Address of the original.", examples=[None])]
    date: Annotated[
        str | None,
        Field(description="Date of publication: an ISO 8601 year, month or day.", examples=["2023-05-01"]),
    ]


class DocumentBody(DocumentReference):
    """A document without its text."""

    authors: Annotated[list[str], Field(description="Authors.", examples=[[]])]
    publisher: Annotated[str | None, Field(description="Publisher.", examples=[None])]
    language: Annotated[
        str | None, Field(description="Language of the text, as a BCP 47 tag.", examples=["en"])
    ]
    topics: Annotated[list[str], Field(description="Topics.", examples=[["norms"]])]
    questions: Annotated[
        list[str],
        Field(
            description="Example questions that the document answers.",
            examples=[["Which strategy uses hotlines?"]],
        ),
    ]
    sha256: Annotated[
        str,
        Field(description="SHA-256 of the canonical text in UTF-8.", examples=[examples.QUOTE["sha256"]]),
    ]
    characters: Annotated[
        int,
        Field(
            description="Length of the canonical text in code points.",
            examples=[examples.DOCUMENT["characters"]],
        ),
    ]
    href: Annotated[
        Href, Field(description="Address of the document's page.", examples=["/documents/strategies"])
    ]
    text_href: Annotated[
        Href, Field(description="Address of the canonical text.", examples=["/documents/strategies/text"])
    ]

    original_href: Annotated[
        Href,
        Field(description="Address of the file itself.", examples=["/documents/strategies/original"]),
    ]

    @classmethod
    def of(cls, document: Document | DocumentSummary) -> "DocumentBody":
        """Return the document as JSON."""
        about = document.metadata
        return cls(
            id=document.id,
            title=document.title,
            source=about.source,
            url=about.url,
            date=about.date,
            authors=list(about.authors),
            publisher=about.publisher,
            language=about.language,
            topics=list(about.topics),
            questions=list(about.questions),
            sha256=document.sha256,
            characters=document.characters,
            href=document_href(document.id),
            text_href=text_href(document.id),
            original_href=f"{_address(document.id)}/original",
        )


class DocumentsBody(Body):
    """Documents without texts."""

    documents: Annotated[
        list[DocumentBody], Field(description="Documents in order of id.", examples=[[examples.DOCUMENT]])
    ]
    total: Annotated[
        int, Field(description="Number of documents that the request asks for, on all pages.", examples=[1])
    ]
    next_href: Annotated[
        Href | None, Field(description="Address of the next page; null on the last.", examples=[None])
    ]


def document_href(document_id: str) -> str:
    """Return the address of a document's page, with every segment of the id percent-encoded.

    A final slash distinguishes the page of document ``x/text`` from the text of document ``x``.
    """
    return _address(document_id) + ("/" if is_reserved(document_id) else "")


def place_href(document_id: str, span: Span) -> str:
    """Return the address of a document's page at a place."""
    return f"{document_href(document_id)}?start={span.start}&end={span.end}"


def text_href(document_id: str) -> str:
    """Return the address of the canonical text of a document."""
    return f"{_address(document_id)}/text"


def is_reserved(document_id: str) -> bool:
    """Whether the id of a document looks like the address of a part of another document."""
    return _PART.search(document_id) is not None


def page_href(document_id: str, page: int) -> str:
    """Return the address of the picture of a page, from 1."""
    return f"{_address(document_id)}/pages/{page}.png"


def _address(document_id: str) -> str:
    return "/documents/" + "/".join(percent_encode(segment, safe="") for segment in document_id.split("/"))
