"""Replies of a server as the data types of this program."""

from normqa.datatypes import Answer, AnswerPart, Citation, ContextPart, Metadata, Quote, Span
from normqa.schema.answers import AnswerBody, PartBody
from normqa.schema.documents import DocumentBody
from normqa.schema.quotes import QuoteBody, SpanBody
from normqa.schema.verifications import VerifyBody
from normqa.search.verify import Match, Verification


def to_answer(body: AnswerBody) -> Answer:
    """Return an answer."""
    return Answer(
        question=body.question,
        searched_as=body.searched_as,
        kind=body.kind,
        quotes=tuple(map(to_quote, body.quotes)),
        has_lead_in=body.has_lead_in,
        near_misses=tuple(map(to_quote, body.near_misses)),
        confidence=body.confidence,
        band=body.band,
        reason=body.reason,
        generation=body.index.generation,
        built_at=body.index.built_at,
        rolled_back=body.index.rolled_back,
        has_best_sentence=body.has_best_sentence,
        warning=body.index.warning,
        parts=tuple(map(_to_part, body.parts)),
        absent=tuple(body.absent),
        unknown=tuple(body.unknown),
        items_left=body.items_left,
    )


def to_quote(body: QuoteBody) -> Quote:
    """Return a quote."""
    document = body.document
    return Quote(
        text=body.text,
        span=Span(body.start, body.end),
        answer=_to_span(body.answer),
        citation=Citation(
            document_id=document.id,
            title=document.title,
            source=document.source,
            url=document.url,
            date=document.date,
            section=tuple(body.section),
            page=body.page,
            page_label=body.page_label,
            references=tuple(document.references),
            recognised=body.recognised,
            authors=tuple(document.authors),
            publisher=document.publisher,
            language=document.language,
        ),
        sha256=body.sha256,
        prefix=body.prefix,
        suffix=body.suffix,
        context=tuple(ContextPart(part.role, Span(part.start, part.end), part.text) for part in body.context),
        other_answers=tuple(map(_to_span, body.other_answers)),
        confidence=body.confidence,
    )


def to_verification(body: VerifyBody) -> Verification:
    """Return where a text was found."""
    matches = tuple(Match(match.document, Span(match.start, match.end)) for match in body.matches)
    return Verification(body.status, matches, body.text)


def to_metadata(body: DocumentBody) -> Metadata:
    """Return the metadata of a document. Its title is that of the document."""
    return Metadata(
        title=body.title,
        source=body.source,
        url=body.url,
        date=body.date,
        authors=tuple(body.authors),
        publisher=body.publisher,
        language=body.language,
        topics=tuple(body.topics),
        questions=tuple(body.questions),
    )


def _to_part(body: PartBody) -> AnswerPart:
    return AnswerPart(body.question, body.searched_as, body.confidence, body.band, tuple(body.quotes))


def _to_span(body: SpanBody) -> Span:
    return Span(body.start, body.end)
