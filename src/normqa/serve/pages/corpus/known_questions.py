"""The questions that the documents are known to answer, and which of them are near another question."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from copy import copy

from normqa.index.analyzer import tokenize

_NEAR = 0.2
"""Minimum similarity (0 to 1) of a question that is offered."""

_SAME = 0.99
"""Questions of this similarity have the same content words."""


class KnownQuestions:
    """Questions of a corpus, ranked by the cosine of their content words, weighted by idf.

    Args:
        questions: The questions, in the order of the corpus.
    """

    def __init__(self, questions: Iterable[str]) -> None:
        self.questions = tuple(dict.fromkeys(questions))
        self._only: frozenset[str] | None = None
        self._terms = [frozenset(tokenize(question)) for question in self.questions]
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, terms in enumerate(self._terms):
            for term in terms:
                self._places[term].append(place)

    def among(self, questions: Iterable[str]) -> "KnownQuestions":
        """Return the same questions, of which only these are offered."""
        offered = copy(self)
        offered._only = frozenset(questions)
        return offered

    def nearest(self, question: str, count: int) -> list[str]:
        """Return the known questions that are most similar to a question, but not the question itself."""
        return [self.questions[place] for place in self._ranked(question)[:count]]

    def related(self, question: str, shown: str, count: int) -> list[str]:
        """Return known questions near a question that other quotes answer.

        Args:
            question: The question.
            shown: The quotes that are shown. A related question has a word that they do not contain.
            count: Maximum number of questions.
        """
        known = set(tokenize(shown)) | set(tokenize(question))
        places = [place for place in self._ranked(question) if self._terms[place] - known]
        return [self.questions[place] for place in places[:count]]

    def _ranked(self, question: str) -> list[int]:
        """Return the places of similar questions, the most similar first."""
        asked = frozenset(tokenize(question))
        shared: Counter[int] = Counter()
        for term in sorted(asked):
            for place in self._places.get(term, ()):
                shared[place] += 1
        norm = self._norm(asked)
        found = []
        for place in shared:
            if self._only is not None and self.questions[place] not in self._only:
                continue
            own = self._terms[place]
            similarity = self._norm(asked & own) ** 2 / (norm * self._norm(own) or 1)
            if _NEAR <= similarity < _SAME:
                found.append((-similarity, place))
        return [place for _, place in sorted(found)]

    def _norm(self, terms: Iterable[str]) -> float:
        return math.sqrt(sum(self._idf(term) ** 2 for term in terms))

    def _idf(self, term: str) -> float:
        return math.log(1 + len(self.questions) / (1 + len(self._places.get(term, ()))))
