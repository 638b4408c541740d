"""An answer as JSON."""

from typing import Annotated, Literal

from pydantic import Field

from normqa.datatypes import Answer, Band, Citation, Kind, Quote, Reason, Span
from normqa.schema import examples
from normqa.schema.documents import Body, Named, document_href


class SpanBody(Body):
    """Half-open, in Unicode code points of the document's canonical text."""

    start: Annotated[int, Field(description="First code point.", examples=[examples.SPAN["start"]])]
    end: Annotated[int, Field(description="One past the last code point.", examples=[examples.SPAN["end"]])]

    @classmethod
    def of(cls, span: Span) -> "SpanBody":
        """The span as JSON."""
        return cls(start=span.start, end=span.end)


class SourceBody(Named):
    """The document that a quote is from."""

    @classmethod
    def of(cls, citation: Citation) -> "SourceBody":
        """The document of a citation as JSON."""
        return cls(
            id=citation.document_id,
            title=citation.title,
            source=citation.source,
            url=citation.url,
            date=citation.date,
        )


class QuoteBody(Body):
    """A verbatim slice of a document: ``text[start:end]`` of ``GET /documents/{id}/text``."""

    text: Annotated[str, Field(description="The quote, word for word.", examples=[examples.QUOTE["text"]])]
    document: Annotated[SourceBody, Field(description="Where it is from.", examples=[examples.SOURCE])]
    section: Annotated[list[str], Field(description="Headings above it, outermost first.", examples=[[]])]
    page: Annotated[int | None, Field(description="Its page, where the document has pages.", examples=[None])]
    start: Annotated[
        int, Field(description="First code point in the canonical text.", examples=[examples.SPAN["start"]])
    ]
    end: Annotated[int, Field(description="One past the last code point.", examples=[examples.SPAN["end"]])]
    answer: Annotated[
        SpanBody,
        Field(description="The sentence, item or row inside it that answers.", examples=[examples.SPAN]),
    ]
    sha256: Annotated[
        str,
        Field(description="Of the canonical document text in UTF-8.", examples=[examples.QUOTE["sha256"]]),
    ]
    prefix: Annotated[
        str, Field(description="The characters just before it.", examples=[examples.QUOTE["prefix"]])
    ]
    suffix: Annotated[
        str, Field(description="The characters just after it.", examples=[examples.QUOTE["suffix"]])
    ]
    href: Annotated[
        str,
        Field(
            description="The page that shows it in its place.",
            examples=[examples.QUOTE["href"]],
        ),
    ]

    @classmethod
    def of(cls, quote: Quote) -> "QuoteBody":
        """The quote as JSON."""
        return cls(
            text=quote.text,
            document=SourceBody.of(quote.citation),
            section=list(quote.citation.section),
            page=quote.citation.page,
            start=quote.span.start,
            end=quote.span.end,
            answer=SpanBody.of(quote.answer),
            sha256=quote.sha256,
            prefix=quote.prefix,
            suffix=quote.suffix,
            href=f"{document_href(quote.citation.document_id)}?start={quote.span.start}&end={quote.span.end}",
        )


class IndexBody(Body):
    """The generation that answered."""

    generation: Annotated[
        str | None,
        Field(
            description="Its name; null where there are no documents.",
            examples=[examples.INDEX["generation"]],
        ),
    ]
    built_at: Annotated[
        str | None, Field(description="ISO 8601, UTC.", examples=[examples.INDEX["built_at"]])
    ]
    rolled_back: Annotated[
        bool,
        Field(
            description="Whether somebody went back to it by hand: what was changed since may be quoted.",
            examples=[False],
        ),
    ]
    warning: Annotated[
        str | None,
        Field(description="What is wrong with the index, where not all of it answers.", examples=[None]),
    ]


class AnswerBody(Body):
    """Quotes, or a refusal with near misses; the same bytes for the same question and generation."""

    status: Annotated[
        Literal["answered", "not_found"],
        Field(description="Whether the documents answer.", examples=["answered", "not_found"]),
    ]
    question: Annotated[
        str, Field(description="As it was asked.", examples=["Which strategy uses hotlines?"])
    ]
    searched_as: Annotated[
        str, Field(description="As it was searched.", examples=["Which strategy uses hotlines?"])
    ]
    confidence: Annotated[
        float | None,
        Field(description="Probability that the quotes answer; null where uncalibrated.", examples=[0.93]),
    ]
    band: Annotated[
        Band,
        Field(description="The confidence in a word.", examples=["strong", "uncalibrated"]),
    ]
    reason: Annotated[
        Reason | None,
        Field(description="Why there is no answer; null where there is one.", examples=[None]),
    ]
    kind: Annotated[
        Kind,
        Field(
            description="For a list, the quotes are what introduces it and every item, in document order;"
            " for a comparison they speak for both sides, those of one document together.",
            examples=["passages", "list", "comparison"],
        ),
    ]
    quotes: Annotated[
        list[QuoteBody], Field(description="Best first; empty in a refusal.", examples=[[examples.QUOTE]])
    ]
    near_misses: Annotated[
        list[QuoteBody], Field(description="What came nearest, in a refusal. No answers.", examples=[[]])
    ]
    index: Annotated[IndexBody, Field(description="What was searched.", examples=[examples.INDEX])]

    @classmethod
    def of(cls, answer: Answer) -> "AnswerBody":
        """The answer as JSON."""
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
