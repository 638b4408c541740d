"""Search a question in the words that find its answer: as asked, or completed from the questions before."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from normqa.answer.confidence import STRONG
from normqa.answer.searches import Searches, SearchResult, cost
from normqa.search.question.followup import is_elliptical, is_followup, refers_back, rewrite_followup
from normqa.search.question.fragments import complete_fragment, fragment_of

EARLIER = 200
"""Characters of an earlier question that a follow-up question may borrow terms from."""

TURN_COST = 2
"""Least cost of an earlier question that is a follow-up itself: its topic, and one search with its terms."""

RELATED = 0.05
"""Minimum confidence of a passage that is related to the question without answering it."""


class Resolver:
    """Runs the searches that may replace a question, and keeps the strongest.

    Args:
        searches: Runs the searches, within the budget of the question.
        quoted: Returns titles and quotes of a result, from which a follow-up question may borrow terms.
        correct: Returns a text with its typos corrected.
        spell_out: Returns a text with its acronyms spelled out.
        allow_unconfirmed: Whether a follow-up question may borrow terms that the quotes do not contain. Only
            a reranker can reject such a search.
    """

    def __init__(
        self,
        searches: Searches,
        quoted: Callable[[SearchResult], Sequence[str]],
        correct: Callable[[str], str],
        spell_out: Callable[[str], str],
        *,
        allow_unconfirmed: bool,
    ) -> None:
        self._searches = searches
        self._quoted = quoted
        self._correct = correct
        self._spell_out = spell_out
        self._allow_unconfirmed = allow_unconfirmed

    def search(self, text: str, others: Iterable[str] = (), reserve: int = 0) -> SearchResult:
        """Search a text and, while the result is not strong, other wordings of it; return the strongest.

        Another wording replaces the text only if its result is also as sure, and related to the question.

        Args:
            text: The text.
            others: More wordings; they come before the text without typos and acronyms.
            reserve: Part of the budget to leave.
        """
        result = self._searches.run(text)
        for other in chain(others, self._variants(text)):
            if _is_strong(result) or not self._searches.can_afford(other, reserve=reserve):
                break
            found = self._searches.run(other)
            least = max(result.confidence or 0.0, RELATED)
            is_as_sure = found.confidence is None or found.confidence >= least
            result = found if found.strength > result.strength and is_as_sure else result
        return result

    def _variants(self, text: str) -> Iterator[str]:
        corrected = self._correct(text)
        yield corrected
        yield self._spell_out(corrected)

    def can_afford(self, *texts: str) -> bool:
        """Return whether the budget allows to search all texts."""
        return self._searches.can_afford(*texts)

    def search_if_affordable(self, text: str) -> SearchResult | None:
        """Search a text if the budget allows it."""
        return self._searches.run(text) if self._searches.can_afford(text) else None

    def follow(
        self, text: str, history: Sequence[str], reserve: int = 0, *, is_part: bool = False
    ) -> SearchResult:
        """Search a question as it is, and a follow-up question also with terms of the previous one.

        A rewritten question replaces the original if its best candidate is at least as strong, or if the
        original cannot be understood alone. Questions between a follow-up and the topic of the conversation
        are skipped if the budget is too small for all.

        Args:
            text: The question.
            history: Earlier questions, oldest first.
            reserve: Part of the budget that later questions need to be searched again with terms of this one.
            is_part: Whether the text is a later part of a question. It counts as a follow-up if it is short
                and names nothing; if it refers back, it is not searched as it is.
        """
        fragment = fragment_of(text) if history else None
        refers = is_followup(text)
        if not history or not (fragment or refers or (is_part and is_elliptical(text))):
            return self.search(text, reserve=reserve)
        result = None if is_part and refers else self._searches.run(text)
        stands_alone = not fragment and not refers_back(text)
        if result and stands_alone and _is_strong(result):
            return result
        reserved = reserve + cost(text)  # for one search with borrowed terms
        *earlier, previous_text = history
        if is_followup(previous_text) and not self._searches.can_afford(
            previous_text, reserve=reserved + TURN_COST
        ):
            *earlier, previous_text = _up_to_topic(history)
        if not self._searches.can_afford(previous_text, reserve=reserved):
            return result or self._searches.run(text)
        previous = self.follow(previous_text, earlier, reserved)
        rewritten = rewrite_followup(
            text, previous.searched_as, self._quoted(previous), allow_unconfirmed=self._allow_unconfirmed
        )
        if fragment and (completed := complete_fragment(fragment, previous.searched_as)):
            rewritten = [completed]
        results = [
            self._searches.run(text)
            for text in map(self._spell_out, rewritten)
            if self._searches.can_afford(text, reserve=reserve)
        ]
        if not results:
            return result or self._searches.run(text)
        strongest = max(results, key=lambda result: result.strength)
        if result is None or strongest.strength >= result.strength:
            return strongest
        return result if stands_alone or (strongest.confidence or 0.0) < RELATED else strongest


def _is_strong(result: SearchResult) -> bool:
    return (result.confidence or 0.0) >= STRONG


def _up_to_topic(history: Sequence[str]) -> Sequence[str]:
    """Return the history up to the newest question that is no follow-up, or else up to the oldest."""
    topic = max((place for place, text in enumerate(history) if not is_followup(text)), default=0)
    return history[: topic + 1]
