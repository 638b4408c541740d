"""What goes out as JSON. It knows nothing of the web framework."""

from typing import Annotated, Literal
from urllib.parse import quote as percent_encode

from pydantic import BaseModel, ConfigDict, Field

from normqa.datatypes import Answer, Citation, Document, Quote, Span
from normqa.errors import NormqaError
from normqa.index.manifest import Manifest
from normqa.search.verify import Verification


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True)

    def to_json(self) -> bytes:
        """The bytes that are sent, a newline at their end."""
        return self.model_dump_json().encode() + b"\n"


class SpanBody(_Body):
    """Half-open, in Unicode code points of the document's canonical text."""

    start: Annotated[int, Field(description="First code point.", examples=[1960])]
    end: Annotated[int, Field(description="One past the last code point.", examples=[2284])]

    @classmethod
    def of(cls, span: Span) -> "SpanBody":
        """The span as JSON."""
        return cls(start=span.start, end=span.end)


class _Named(_Body):
    id: Annotated[
        str, Field(description="Its path in the corpus, without a final .md.", examples=["strategies"])
    ]
    title: Annotated[str, Field(description="Its title.", examples=["Strategies for international norms"])]
    source: Annotated[str | None, Field(description="The collection it is from.", examples=["A collection"])]
    url: Annotated[str | None, Field(description="Where it was published.", examples=[None])]
    date: Annotated[str | None, Field(description="When, ISO 8601 as far as known.", examples=["2023-05-01"])]


class SourceBody(_Named):
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


class QuoteBody(_Body):
    """A verbatim slice of a document: ``text[start:end]`` of ``GET /documents/{id}/text``."""

    text: Annotated[
        str, Field(description="The quote, word for word.", examples=["6. Confidence-building measures: …"])
    ]
    document: Annotated[SourceBody, Field(description="Where it is from.")]
    section: Annotated[list[str], Field(description="Headings above it, outermost first.", examples=[[]])]
    page: Annotated[int | None, Field(description="Its page, where the document has pages.", examples=[None])]
    start: Annotated[int, Field(description="First code point in the canonical text.", examples=[1960])]
    end: Annotated[int, Field(description="One past the last code point.", examples=[2284])]
    answer: Annotated[SpanBody, Field(description="The sentence, item or row inside it that answers.")]
    sha256: Annotated[
        str, Field(description="Of the canonical document text in UTF-8.", examples=["9f86d081…"])
    ]
    prefix: Annotated[str, Field(description="The characters just before it.", examples=[""])]
    suffix: Annotated[str, Field(description="The characters just after it.", examples=[""])]
    href: Annotated[
        str,
        Field(
            description="The page that shows it in its place.",
            examples=["/documents/strategies?start=0&end=9"],
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


class IndexBody(_Body):
    """The generation that answered."""

    generation: Annotated[str, Field(description="Its name.", examples=["20260101T120000.000000Z"])]
    built_at: Annotated[str, Field(description="ISO 8601, UTC.", examples=["2026-01-01T12:00:00+00:00"])]


class AnswerBody(_Body):
    """Quotes, or a refusal with near misses; the same bytes for the same question and generation."""

    status: Annotated[Literal["answered", "not_found"], Field(description="Whether the documents answer.")]
    question: Annotated[
        str, Field(description="As it was asked.", examples=["Which strategy uses hotlines?"])
    ]
    searched_as: Annotated[
        str, Field(description="As it was searched.", examples=["Which strategy uses hotlines?"])
    ]
    confidence: Annotated[
        float | None,
        Field(description="Probability that the quotes answer; null while uncalibrated.", examples=[None]),
    ]
    kind: Annotated[
        Literal["passages", "list"],
        Field(description="For a list, the quotes are what introduces it and every item, in document order."),
    ]
    quotes: Annotated[list[QuoteBody], Field(description="Best first; empty in a refusal.")]
    near_misses: Annotated[list[QuoteBody], Field(description="What came nearest, in a refusal. No answers.")]
    index: Annotated[IndexBody, Field(description="What was searched.")]

    @classmethod
    def of(cls, answer: Answer) -> "AnswerBody":
        """The answer as JSON."""
        return cls(
            status=answer.status,
            question=answer.question,
            searched_as=answer.searched_as,
            confidence=answer.confidence,
            kind=answer.kind,
            quotes=[QuoteBody.of(quote) for quote in answer.quotes],
            near_misses=[QuoteBody.of(quote) for quote in answer.near_misses],
            index=IndexBody(generation=answer.generation, built_at=answer.built_at),
        )


class DocumentBody(_Named):
    """One document, without its text."""

    authors: Annotated[list[str], Field(description="Who wrote it.", examples=[[]])]
    publisher: Annotated[str | None, Field(description="Who published it.", examples=[None])]
    language: Annotated[str | None, Field(description="Of its text, as a BCP 47 tag.", examples=["en"])]
    topics: Annotated[list[str], Field(description="What it is about.", examples=[["norms"]])]
    sha256: Annotated[str, Field(description="Of its canonical text in UTF-8.", examples=["9f86d081…"])]
    characters: Annotated[int, Field(description="Code points of its canonical text.", examples=[3120])]
    href: Annotated[str, Field(description="Its page.", examples=["/documents/strategies"])]
    text_href: Annotated[
        str, Field(description="Its canonical text.", examples=["/documents/strategies/text"])
    ]

    @classmethod
    def of(cls, document: Document) -> "DocumentBody":
        """The document as JSON."""
        href, about = document_href(document.id), document.metadata
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
            sha256=document.sha256,
            characters=len(document.text),
            href=href,
            text_href=f"{href.rstrip('/')}/text",
        )


class DocumentsBody(_Body):
    """All documents."""

    documents: Annotated[list[DocumentBody], Field(description="By id.")]


class MatchBody(_Body):
    """One place where a text stands."""

    document: Annotated[str, Field(description="The document's id.", examples=["strategies"])]
    start: Annotated[int, Field(description="First code point in the canonical text.", examples=[2210])]
    end: Annotated[int, Field(description="One past the last code point.", examples=[2235])]


class VerifyBody(_Body):
    """Whether a text stands in the documents, and where."""

    status: Annotated[
        Literal["exact", "whitespace", "not_found"],
        Field(description="``whitespace``: it stands there but for blanks and line breaks."),
    ]
    matches: Annotated[list[MatchBody], Field(description="By document and start; the first 100.")]

    @classmethod
    def of(cls, found: Verification) -> "VerifyBody":
        """The verification as JSON."""
        matches = [
            MatchBody(document=m.document_id, start=m.span.start, end=m.span.end) for m in found.matches
        ]
        return cls(status=found.status, matches=matches)


class HealthBody(_Body):
    """What is loaded."""

    status: Annotated[
        Literal["ready", "empty"], Field(description="``empty``: the corpus holds no documents.")
    ]
    generation: Annotated[str | None, Field(description="Its name.", examples=["20260101T120000.000000Z"])]
    built_at: Annotated[
        str | None, Field(description="ISO 8601, UTC.", examples=["2026-01-01T12:00:00+00:00"])
    ]
    documents: Annotated[int, Field(description="How many documents.", examples=[1])]
    passages: Annotated[int, Field(description="How many passages.", examples=[3])]

    @classmethod
    def of(cls, manifest: Manifest | None) -> "HealthBody":
        """The state of the index as JSON; without a manifest the corpus is empty."""
        return cls(
            status="ready" if manifest else "empty",
            generation=manifest.generation if manifest else None,
            built_at=manifest.built_at if manifest else None,
            documents=len(manifest.documents) if manifest else 0,
            passages=manifest.passages if manifest else 0,
        )


class ErrorBody(_Body):
    """What went wrong, and the way out."""

    code: Annotated[str, Field(description="Stable; for programs.", examples=["invalid"])]
    message: Annotated[str, Field(description="What is wrong.", examples=["question: must not be blank."])]
    hint: Annotated[str, Field(description="What to do.", examples=["Send a JSON object in UTF-8 …"])]

    @classmethod
    def of(cls, error: NormqaError) -> "ErrorBody":
        """The error as JSON."""
        return cls(code=error.code, message=error.message, hint=error.hint)


def document_href(document_id: str) -> str:
    """The path of a document's page, each segment of its id percent-encoded.

    A final slash keeps a document ``x/text`` apart from the text of a document ``x``.
    """
    path = "/".join(percent_encode(segment, safe="") for segment in document_id.split("/"))
    return f"/documents/{path}/" if document_id.endswith("/text") else f"/documents/{path}"
