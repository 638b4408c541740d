"""Answers and conversations as JSON."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from normqa.datatypes import Answer, Band, Citation, Kind, Quote, Reason, Span
from normqa.schema import examples
from normqa.schema.body import Body, Href
from normqa.schema.documents import DocumentReference, document_href

ROLLBACK_NOTICE = (
    "The index was rolled back to an older state of the documents. Text that has changed since may be quoted."
)
"""For every answer and page while the index is rolled back."""


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

    @classmethod
    def of(cls, citation: Citation) -> "SourceBody":
        """Return the document of a citation as JSON."""
        return cls(
            id=citation.document_id,
            title=citation.title,
            source=citation.source,
            url=citation.url,
            date=citation.date,
        )


class QuoteBody(Body):
    """A verbatim slice of a document: ``text[start:end]`` of ``GET /documents/{id}/text``."""

    text: Annotated[str, Field(description="Text of the quote, verbatim.", examples=[examples.QUOTE["text"]])]
    document: Annotated[SourceBody, Field(description="Document of the quote.", examples=[examples.SOURCE])]
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
    href: Annotated[
        Href,
        Field(
            description="Page of the document, with the quote marked.",
            examples=[examples.QUOTE["href"]],
        ),
    ]

    @classmethod
    def of(cls, quote: Quote) -> "QuoteBody":
        """Return the quote as JSON."""
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
            sha256=quote.sha256,
            prefix=quote.prefix,
            suffix=quote.suffix,
            href=f"{document_href(quote.citation.document_id)}?start={quote.span.start}&end={quote.span.end}",
        )


class IndexBody(Body):
    """The generation that answered, and notices about the index."""

    generation: Annotated[
        str | None,
        Field(
            description="Name of the generation; null if there are no documents.",
            examples=[examples.INDEX["generation"]],
        ),
    ]
    built_at: Annotated[
        str | None,
        Field(description="Time of the build, ISO 8601 in UTC.", examples=[examples.INDEX["built_at"]]),
    ]
    rolled_back: Annotated[
        bool,
        Field(
            description="Whether an administrator rolled back to this generation. Text that has changed"
            " since may be quoted.",
            examples=[False],
        ),
    ]
    warning: Annotated[
        str | None,
        Field(description="Fault of the index; answers may be incomplete or outdated.", examples=[None]),
    ]


class AnswerBody(Body):
    """Quotes, or a refusal with near misses. The same question and generation give the same bytes."""

    status: Annotated[
        Literal["answered", "not_found"],
        Field(description="Whether the documents answer the question.", examples=["answered", "not_found"]),
    ]
    question: Annotated[
        str, Field(description="Question as it was asked.", examples=["Which strategy uses hotlines?"])
    ]
    searched_as: Annotated[
        str, Field(description="Question as it was searched.", examples=["Which strategy uses hotlines?"])
    ]
    confidence: Annotated[
        float | None,
        Field(description="Probability that the quotes answer; null if uncalibrated.", examples=[0.93]),
    ]
    band: Annotated[
        Band,
        Field(description="The confidence as a word.", examples=["strong", "uncalibrated"]),
    ]
    reason: Annotated[
        Reason | None,
        Field(description="Why there is no answer; null if there is one.", examples=[None]),
    ]
    kind: Annotated[
        Kind,
        Field(
            description="`list`: the quotes are the lead-in and every item, in document order."
            " `comparison`: they cover both sides, grouped by document.",
            examples=["passages", "list", "comparison"],
        ),
    ]
    quotes: Annotated[
        list[QuoteBody],
        Field(description="Quotes, best first; empty in a refusal.", examples=[[examples.QUOTE]]),
    ]
    near_misses: Annotated[
        list[QuoteBody],
        Field(
            description="In a refusal, the passages that came closest. They are no answers.", examples=[[]]
        ),
    ]
    index: Annotated[IndexBody, Field(description="The index that was searched.", examples=[examples.INDEX])]

    @classmethod
    def of(cls, answer: Answer) -> "AnswerBody":
        """Return the answer as JSON."""
        return cls(
            status=answer.status,
            question=answer.question,
            searched_as=answer.searched_as,
            confidence=answer.confidence,
            band=answer.band,
            reason=answer.reason,
            kind=answer.kind,
            quotes=[QuoteBody.of(quote) for quote in answer.quotes],
            near_misses=[QuoteBody.of(quote) for quote in answer.near_misses],
            index=IndexBody(
                generation=answer.generation,
                built_at=answer.built_at,
                rolled_back=answer.rolled_back,
                warning=answer.warning,
            ),
        )


class ConversationBody(Body):
    """The answers of a conversation."""

    conversation: Annotated[list[AnswerBody], Field(description="Answers, oldest first.", examples=[[]])]

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> "ConversationBody":
        """Return the answers as JSON."""
        return cls(conversation=[AnswerBody.of(answer) for answer in answers])
