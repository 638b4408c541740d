"""The searches of one question: every text once, and together no more than a budget."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from normqa.answer.candidates.candidate import Candidate
from normqa.datatypes import Hit

BUDGET = 5
"""Maximum cost of the searches of one question. A search of a short text costs 1."""

STEP = 120
"""Characters that add 1 to the cost of a text, because the reranker reads the text with every sentence."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The candidates that a search found.

    Attributes:
        searched_as: The text that was searched.
        candidates: Best first.
        confidence: Probability that the best candidate answers; None if the models are not calibrated.
        passages_searched: Number of passages that were searched.
        hits: The passages that were found and read, best first.
    """

    searched_as: str
    candidates: list[Candidate]
    confidence: float | None
    passages_searched: int
    hits: tuple[Hit, ...] = ()

    @property
    def sentences(self) -> list[Candidate]:
        """The candidates that are not whole lists or tables. They decide the confidence."""
        return [candidate for candidate in self.candidates if candidate.listing is None]

    @property
    def strength(self) -> float:
        """The score of the best candidate, comparable between searches; 0 without a reranker."""
        if not self.candidates:
            return -math.inf
        best = self.candidates[0].signals
        return 0.0 if best.relevance is None else best.score


SearchCache = dict[tuple[object, ...], SearchResult]
"""Results by text and by the options that decide them, for questions that are asked together."""


class Searches:
    """Runs the searches of one question, and counts what they cost.

    Neither the cache nor the clock decides whether a search is affordable, so that the same question always
    gets the same answer.

    Args:
        search: Searches a text.
        options: What else decides a result: filters and top_k.
        cache: Results of questions that are asked together; None for a question on its own.
        budget: Maximum cost.
    """

    def __init__(
        self,
        search: Callable[[str], SearchResult],
        options: tuple[object, ...] = (),
        cache: SearchCache | None = None,
        budget: int = BUDGET,
    ) -> None:
        self._budget = budget
        self._search = search
        self._options = options
        self._cache: SearchCache = {} if cache is None else cache
        self._texts: set[str] = set()

    def run(self, text: str) -> SearchResult:
        """Search a text, whatever it costs. Callers check optional searches with :meth:`can_afford`."""
        self._texts.add(text)
        key = text, *self._options
        if key not in self._cache:
            self._cache[key] = self._search(text)
        return self._cache[key]

    @property
    def remaining(self) -> int:
        """What further searches may cost; negative if the question alone costs more."""
        return self._budget - sum(map(cost, self._texts))

    def can_afford(self, *texts: str, reserve: int = 0) -> bool:
        """Return whether texts may be searched so that ``reserve`` remains. Known texts are free."""
        return sum(map(cost, set(texts) - self._texts)) + reserve <= self.remaining


def cost(text: str) -> int:
    """Return what a search of a text costs."""
    return 1 + len(text) // STEP
