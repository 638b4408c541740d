"""Why a question was answered or refused, as JSON."""

from typing import Annotated

from pydantic import Field

from normqa.answer.explain import ExplainedCandidate, ExplainedSearch, Explanation
from normqa.datatypes import Hit, Reason
from normqa.schema import examples
from normqa.schema.answers import AnswerBody
from normqa.schema.body import Body, Href
from normqa.schema.documents import place_href


class FoundBody(Body):
    """A passage that a search found, and whose sentences were read."""

    document: Annotated[str, Field(description="Id of the document.", examples=["strategies"])]
    section: Annotated[list[str], Field(description="Headings above it, outermost first.", examples=[[]])]
    start: Annotated[int, Field(description="First code point.", examples=[examples.SPAN["start"]])]
    end: Annotated[int, Field(description="One past the last code point.", examples=[examples.SPAN["end"]])]
    href: Annotated[
        Href, Field(description="Path of the document at this place.", examples=[examples.QUOTE["href"]])
    ]
    score: Annotated[
        float,
        Field(description="How well it matches the question by words and vectors, 0 to 1.", examples=[0.91]),
    ]

    @classmethod
    def of(cls, hit: Hit) -> "FoundBody":
        """Return the passage as JSON."""
        passage = hit.passage
        return cls(
            document=passage.document_id,
            section=list(passage.heading_path),
            start=passage.span.start,
            end=passage.span.end,
            href=place_href(passage.document_id, passage.span),
            score=hit.score,
        )


class CandidateBody(Body):
    """A sentence, list or table that was scored."""

    text: Annotated[str, Field(description="What was scored, verbatim.", examples=["Ships have hotlines."])]
    document: Annotated[str, Field(description="Id of the document.", examples=["strategies"])]
    start: Annotated[int, Field(description="First code point.", examples=[examples.SPAN["start"]])]
    end: Annotated[int, Field(description="One past the last code point.", examples=[examples.SPAN["end"]])]
    href: Annotated[
        Href, Field(description="Path of the document at this place.", examples=[examples.QUOTE["href"]])
    ]
    is_listing: Annotated[bool, Field(description="Whether it is a whole list or table.", examples=[False])]
    score: Annotated[float, Field(description="What orders candidates; higher is better.", examples=[8.4])]
    passage: Annotated[float, Field(description="Score of its passage, 0 to 1.", examples=[0.91])]
    similarity: Annotated[
        float, Field(description="Cosine of its vector and the question's.", examples=[0.71])
    ]
    coverage: Annotated[
        float,
        Field(
            description="Share of the question's content words that it contains, weighted by rarity.",
            examples=[1.0],
        ),
    ]
    relevance: Annotated[
        float | None,
        Field(description="Score of the reranker that read it; null without one.", examples=[5.1]),
    ]
    answer: Annotated[
        float | None,
        Field(
            description="The reranker's log-odds that it answers; null if the reranker gives none.",
            examples=[None],
        ),
    ]
    defines: Annotated[
        bool, Field(description="Whether it defines the term that is asked about.", examples=[False])
    ]
    absent: Annotated[
        list[str],
        Field(description="Names and numbers of the question that it does not mention.", examples=[[]]),
    ]
    confidence: Annotated[
        float | None, Field(description="Probability that it answers by itself.", examples=[0.93])
    ]
    is_confident: Annotated[
        bool, Field(description="Whether that is enough; true if it is not known.", examples=[True])
    ]
    is_quoted: Annotated[bool, Field(description="Whether the answer or refusal quotes it.", examples=[True])]

    @classmethod
    def of(cls, explained: ExplainedCandidate) -> "CandidateBody":
        """Return the candidate as JSON."""
        candidate, signals = explained.candidate, explained.candidate.signals
        return cls(
            text=candidate.text,
            document=candidate.document.id,
            start=candidate.span.start,
            end=candidate.span.end,
            href=place_href(candidate.document.id, candidate.span),
            is_listing=candidate.listing is not None,
            score=signals.score,
            passage=signals.passage,
            similarity=signals.similarity,
            coverage=signals.coverage,
            relevance=signals.relevance,
            answer=signals.answer,
            defines=signals.defines,
            absent=list(signals.absent),
            confidence=candidate.confidence,
            is_confident=explained.is_confident,
            is_quoted=explained.is_quoted,
        )


class SearchBody(Body):
    """One of the searches that were made for a question."""

    searched_as: Annotated[str, Field(description="The words that were searched.", examples=["hotlines"])]
    passages_searched: Annotated[int, Field(description="Number of passages searched.", examples=[3])]
    found: Annotated[
        list[FoundBody], Field(description="Passages found and read, best first.", examples=[[]])
    ]
    candidates: Annotated[
        list[CandidateBody], Field(description="What was scored, best first.", examples=[[]])
    ]
    confidence: Annotated[
        float | None,
        Field(description="Probability that the best one answers; null if uncalibrated.", examples=[0.93]),
    ]
    log_odds: Annotated[
        dict[str, float],
        Field(
            description="The confidence as a sum in log-odds: the intercept, and the part of every feature"
            " of the question and the best candidates; empty if uncalibrated.",
            examples=[{"intercept": -1.5, "relevance": 4.1}],
        ),
    ]
    reason: Annotated[
        Reason | None, Field(description="Why it does not answer; null if it does.", examples=[None])
    ]

    @classmethod
    def of(cls, search: ExplainedSearch) -> "SearchBody":
        """Return the search as JSON."""
        return cls(
            searched_as=search.text,
            passages_searched=search.passages_searched,
            found=list(map(FoundBody.of, search.hits)),
            candidates=list(map(CandidateBody.of, search.candidates)),
            confidence=search.confidence,
            log_odds={name: round(part, 4) for name, part in search.log_odds.items()},
            reason=search.reason,
        )


class ExplanationBody(Body):
    """An answer, and the searches that led to it."""

    min_confidence: Annotated[
        float, Field(description="The confidence that an answer needs.", examples=[0.3])
    ]
    searches: Annotated[
        list[SearchBody],
        Field(description="Every search that was made, in order.", examples=[[]]),
    ]
    answer: Annotated[AnswerBody, Field(description="The answer, as from `POST /ask`.")]

    @classmethod
    def of(cls, explanation: Explanation) -> "ExplanationBody":
        """Return the explanation as JSON."""
        return cls(
            min_confidence=explanation.min_confidence,
            searches=list(map(SearchBody.of, explanation.searches)),
            answer=AnswerBody.of(explanation.answer),
        )
