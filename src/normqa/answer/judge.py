"""Judge whether the result of a search answers, and which of its candidates may be quoted."""

from collections.abc import Callable
from dataclasses import replace

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.confidence import Calibration
from normqa.answer.quotes.lists import PROSE
from normqa.answer.resolve import RELATED
from normqa.answer.searches import SearchResult
from normqa.datatypes import Reason
from normqa.index.analyzer import tokenize
from normqa.search.near_duplicates import distinct_first
from normqa.search.question.scripts import shares_letter_pairs


class Judge:
    """Judges the results of searches over one generation.

    Args:
        contains_term: Whether the documents contain a term.
        calibration: Calibration for the models in use, if there is one.
    """

    def __init__(self, contains_term: Callable[[str], bool], calibration: Calibration | None) -> None:
        self._contains_term = contains_term
        self._calibration = calibration

    def answers(self, result: SearchResult, min_confidence: float) -> bool:
        """Return whether the candidates answer."""
        return self.refusal_reason(result, min_confidence) is None

    def refusal_reason(self, result: SearchResult, min_confidence: float) -> Reason | None:
        """Return why the candidates do not answer; None if they do."""
        if not result.candidates:
            return "nothing_relevant"
        if result.confidence is None:
            best = result.candidates[0].text
            is_related = self._has_known_term(result.searched_as) or shares_letter_pairs(
                result.searched_as, best
            )
            return None if is_related else "nothing_relevant"
        if result.confidence >= min_confidence:
            return None
        return "related_but_no_answer" if result.confidence >= RELATED else "nothing_relevant"

    def quotable(self, result: SearchResult, min_confidence: float) -> list[Candidate]:
        """Return the best candidate, then the others with enough confidence, near-duplicates last.

        A list or table is followed by the best sentence, because not every answer quotes lists.
        """
        best, *others = result.candidates
        sentence = [next(other for other in others if other.listing is None)] if best.listing else []
        best = replace(best, confidence=result.confidence)
        sentence, others = (
            [self.judged(other, result) for other in own]
            for own in (sentence, (other for other in others if other not in sentence))
        )
        confident = (
            other for other in others if other.confidence is None or other.confidence >= min_confidence
        )
        quotable = [best, *sentence, *confident]
        return distinct_first(quotable, _prose, len(quotable))

    def judged(self, candidate: Candidate, result: SearchResult) -> Candidate:
        """Return a candidate with its own confidence, if that of the result is known."""
        if self._calibration is None or result.confidence is None:
            return candidate
        confidence = self._calibration.confidence(result.searched_as, [candidate], result.passages_searched)
        return replace(candidate, confidence=confidence)

    def log_odds(self, result: SearchResult) -> dict[str, float]:
        """Return what the confidence of a result is the sum of, in log-odds; empty if it has none."""
        if self._calibration is None or result.confidence is None or not result.sentences:
            return {}
        return self._calibration.log_odds(result.searched_as, result.sentences, result.passages_searched)

    def _has_known_term(self, text: str) -> bool:
        """Return whether the corpus contains any content word of the text."""
        return any(map(self._contains_term, tokenize(text)))


def _prose(candidate: Candidate) -> str | None:
    """Return the text of a sentence; None for list items, rows and lists, which may resemble each other."""
    is_prose = candidate.document.block_at(candidate.span.start).kind in PROSE
    return candidate.text if is_prose and candidate.listing is None else None
