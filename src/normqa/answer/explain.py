"""Explain why a question was answered or refused: what every search found, read and scored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.judge import Judge
from normqa.answer.searches import SearchResult
from normqa.datatypes import Answer, Hit, Reason


@dataclass(frozen=True, slots=True)
class ExplainedCandidate:
    """A candidate of a search.

    Attributes:
        candidate: The candidate, with its own confidence.
        is_quoted: Whether the answer, or a refusal as a near miss, quotes it.
        is_confident: Whether its confidence suffices; true if it is not known.
    """

    candidate: Candidate
    is_quoted: bool
    is_confident: bool


@dataclass(frozen=True, slots=True)
class ExplainedSearch:
    """One search of a question.

    Attributes:
        text: The words that were searched.
        passages_searched: Number of passages that were searched.
        hits: The passages that were found and read, best first.
        candidates: The sentences, lists and tables that were scored, best first.
        confidence: Probability that the best one answers; None if it is not known.
        log_odds: What the confidence is the sum of, in log-odds; empty if it is not known.
        reason: Why this search alone does not answer; None if it does.
    """

    text: str
    passages_searched: int
    hits: tuple[Hit, ...]
    candidates: tuple[ExplainedCandidate, ...]
    confidence: float | None
    log_odds: Mapping[str, float]
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer, and every search that led to it.

    Attributes:
        answer: The answer.
        min_confidence: The confidence that an answer needs.
        searches: In the order in which they were made. The answer is from the search of ``searched_as``, or
            from several.
    """

    answer: Answer
    min_confidence: float
    searches: tuple[ExplainedSearch, ...] = ()


def explain(
    answer: Answer, min_confidence: float, results: Iterable[SearchResult], judge: Judge
) -> Explanation:
    """Explain an answer by the searches that were made for it.

    Args:
        answer: The answer.
        min_confidence: The confidence that it needed.
        results: What the searches found, in order.
        judge: Judged the results.
    """
    quotes = answer.quotes or answer.near_misses

    def explained(place: int, candidate: Candidate, result: SearchResult) -> ExplainedCandidate:
        candidate = judge.judged(candidate, result)
        is_quoted = any(
            quote.citation.document_id == candidate.document.id and quote.span.overlaps(candidate.span)
            for quote in quotes
        )
        # The best candidate has the confidence of the result, in which the others count.
        confidence = candidate.confidence if place else result.confidence
        return ExplainedCandidate(candidate, is_quoted, confidence is None or confidence >= min_confidence)

    searches = tuple(
        ExplainedSearch(
            text=result.searched_as,
            passages_searched=result.passages_searched,
            hits=result.hits,
            candidates=tuple(
                explained(place, candidate, result) for place, candidate in enumerate(result.candidates)
            ),
            confidence=result.confidence,
            log_odds=judge.log_odds(result),
            reason=judge.refusal_reason(result, min_confidence),
        )
        for result in results
    )
    return Explanation(answer, min_confidence, searches)
