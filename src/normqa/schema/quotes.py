"""Quotes as JSON, with their documents and context."""

from typing import Annotated

from pydantic import Field

from normqa.datatypes import Citation, ContextPart, ContextRole, Quote, Span
from normqa.schema import examples
from normqa.schema.body import Body, Href, Url
from normqa.schema.documents import DocumentReference, place_href


class SpanBody(Body):
    """A half-open span, in Unicode code points of the document's canonical text."""

    start: Annotated[int, Field(description="First code point.", examples=[examples.SPAN["start"]])]
    end: Annotated[int, Field(description="One past the last code point.", examples=[examples.SPAN["end"]])]

    @classmethod
    def of(cls, span: Span) -> "SpanBody":
        """Return the span as JSON."""
        return cls(start=span.start, end=span.end)


class SourceBody(DocumentReference):
    """The document of a quote."""

    references: Annotated[list[str], Field(description="Sources that the document rests on.", examples=[[]])]
    authors: Annotated[list[str], Field(description="Authors.", examples=[[]])]
    publisher: Annotated[str | None, Field(description="Publisher.", examples=[None])]
    language: Annotated[
        str | None, Field(description="Language of the text, as a BCP 47 tag.", examples=["en"])
    ]

    @classmethod
    def of(cls, citation: Citation) -> "SourceBody":
        """Return the document of a citation as JSON."""
        return cls(
            id=citation.document_id,
            title=citation.title,
            source=citation.source,
            url=citation.url,
            date=citation.date,
            references=list(citation.references),
            authors=list(citation.authors),
            publisher=citation.publisher,
            language=citation.language,
        )


class ContextBody(Body):
    """A verbatim slice that a reader needs to understand a quote elsewhere in the document."""

    role: Annotated[
        ContextRole,
        Field(
            description="`lead_in` introduces the list or table, `parent` is the text of a list item around"
            " the quote, and `header` contains the column names of a table row.",
            examples=["lead_in"],
        ),
    ]
    text: Annotated[
        str, Field(description="Text of the slice, verbatim.", examples=["States have channels:"])
    ]
    start: Annotated[int, Field(description="First code point in the canonical text.", examples=[0])]
    end: Annotated[int, Field(description="One past the last code point.", examples=[21])]

    @classmethod
    def of(cls, part: ContextPart) -> "ContextBody":
        """Return the part as JSON."""
        return cls(role=part.role, text=part.text, start=part.span.start, end=part.span.end)


class QuoteBody(Body):
    """A verbatim slice of a document: ``text[start:end]`` of ``GET /documents/{id}/text``."""

    text: Annotated[str, Field(description="Text of the quote, verbatim.", examples=[examples.QUOTE["text"]])]
    document: Annotated[
        SourceBody, Field(description="Document of the quote.", examples=[examples.QUOTE["document"]])
    ]
    section: Annotated[
        list[str], Field(description="Headings above the quote, outermost first.", examples=[[]])
    ]
    page: Annotated[
        int | None, Field(description="Number of the page in the file, if it has pages.", examples=[None])
    ]
    page_label: Annotated[
        str | None, Field(description="Number printed on the page, if the file states it.", examples=[None])
    ]
    recognised: Annotated[
        bool,
        Field(
            description="Whether a program recognised the text in an image of the page, and may have"
            " misread it.",
            examples=[False],
        ),
    ]
    start: Annotated[
        int, Field(description="First code point in the canonical text.", examples=[examples.SPAN["start"]])
    ]
    end: Annotated[int, Field(description="One past the last code point.", examples=[examples.SPAN["end"]])]
    answer: Annotated[
        SpanBody,
        Field(
            description="The sentence, list item or table row that answers the question.",
            examples=[examples.SPAN],
        ),
    ]
    other_answers: Annotated[
        list[SpanBody],
        Field(description="Other sentences in the quote that may answer, in order.", examples=[[]]),
    ]
    confidence: Annotated[
        float | None,
        Field(
            description="Probability from 0 to 1 that the quote answers; null for items of a list, and"
            " without a calibration for the models.",
            examples=[0.8],
        ),
    ]
    sha256: Annotated[
        str,
        Field(
            description="SHA-256 of the document's canonical text in UTF-8.",
            examples=[examples.QUOTE["sha256"]],
        ),
    ]
    prefix: Annotated[
        str, Field(description="The characters just before the quote.", examples=[examples.QUOTE["prefix"]])
    ]
    suffix: Annotated[
        str, Field(description="The characters just after the quote.", examples=[examples.QUOTE["suffix"]])
    ]
    context: Annotated[
        list[ContextBody],
        Field(
            description="What a reader needs to understand the quote and the quote does not contain, in"
            " document order.",
            examples=[[]],
        ),
    ]
    href: Annotated[
        Href,
        Field(
            description="Page of the document, with the quote marked.",
            examples=[examples.QUOTE["href"]],
        ),
    ]
    url: Annotated[
        Url | None,
        Field(
            description="Absolute address of that page; null if the server does not know its own address.",
            examples=[examples.QUOTE["url"]],
        ),
    ]
    citation: Annotated[
        str, Field(description="Citation of the quote, on one line.", examples=[examples.QUOTE["citation"]])
    ]

    @classmethod
    def of(cls, quote: Quote) -> "QuoteBody":
        """Return the quote as JSON."""
        address = place_href(quote.citation.document_id, quote.span)
        return cls(
            text=quote.text,
            document=SourceBody.of(quote.citation),
            section=list(quote.citation.section),
            page=quote.citation.page,
            page_label=quote.citation.page_label,
            recognised=quote.citation.recognised,
            start=quote.span.start,
            end=quote.span.end,
            answer=SpanBody.of(quote.answer),
            other_answers=list(map(SpanBody.of, quote.other_answers)),
            confidence=quote.confidence,
            sha256=quote.sha256,
            prefix=quote.prefix,
            suffix=quote.suffix,
            context=[ContextBody.of(part) for part in quote.context],
            href=address,
            url=address,
            citation=" ".join(filter(None, [str(quote.citation), quote.citation.references_line])),
        )
