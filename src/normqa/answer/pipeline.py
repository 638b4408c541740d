"""The way up: from a question to an answer, over one open generation."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from normqa.answer.compose import Composed, check, compose, compose_comparison
from normqa.answer.confidence import STRONG, band
from normqa.answer.models import Models
from normqa.answer.quoting import quote_passages
from normqa.answer.rerank import rerank_hits
from normqa.answer.sentences import Candidate, read
from normqa.datatypes import Answer, Hit, Reason
from normqa.errors import InvalidRequest
from normqa.index.analyzer import tokenize
from normqa.index.generation import Generation
from normqa.models.protocols import Vectors
from normqa.search.filters import Filters, Selection, select
from normqa.search.followup import is_followup, rewrite_followup
from normqa.search.near_duplicates import distinct_first
from normqa.search.question_type import asks_for_list, compared
from normqa.search.retrieve import DEPTH, retrieve
from normqa.text import normalise
from normqa.timer import Timer

PASSAGES_READ = 12
"""How many passages are read for an answer; more where more quotes are asked for."""

NEAR_MISSES = 3
"""How many near misses a refusal shows at most."""

QUOTES_BORROWED = 3
"""How many quotes of the previous answer may lend a word."""

RELATED = 0.05
"""What has at least this confidence is related to the question, if it does not answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how.

    Attributes:
        question: Not blank.
        top_k: Most quotes of an answer that is not a list.
        min_confidence: An answer with less is refused.
        filters: Which documents are searched.
        history: Earlier questions, oldest first.
    """

    question: str
    top_k: int
    min_confidence: float
    filters: Filters = Filters()  # noqa: RUF009 - frozen
    history: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.question.strip():
            raise InvalidRequest("The question is blank.", "Ask in plain words.")
        if self.top_k < 1:
            raise InvalidRequest(f"top_k is {self.top_k}.", "Ask for at least one quote.")
        if not 0 <= self.min_confidence <= 1:
            raise InvalidRequest(f"min_confidence is {self.min_confidence}.", "Give a number from 0 to 1.")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search has come to.

    Attributes:
        searched_as: What was searched.
        readings: Best first.
        confidence: Probability that the best of them answer; None where that is not calibrated.
        searched: Among how many passages.
    """

    searched_as: str
    readings: list[Candidate]
    confidence: float | None
    searched: int

    @property
    def strength(self) -> float:
        """What the reranker makes of the best of them; without one, nothing tells two searches apart."""
        if not self.readings:
            return -math.inf
        best = self.readings[0].evidence
        return 0.0 if best.relevance is None else best.score


class AnswerPipeline:
    """Answers questions over one generation. It may be used from several threads.

    Args:
        generation: What is searched; built by the same encoder.
        models: What it is searched with.
    """

    def __init__(self, generation: Generation, models: Models) -> None:
        self._generation = generation
        self._models = models

    def ask(self, inquiry: Question, timer: Timer) -> Answer:
        """Answers with quotes, or says that the documents hold no answer.

        Raises:
            UnknownDocument: If a filter names a document that there is not.
            Misquote: If a quote does not hold against its document.
        """
        return self.inquire(inquiry, timer)[1]

    def inquire(self, inquiry: Question, timer: Timer) -> tuple[SearchResult, Answer]:
        """Answers as :meth:`ask` does, and gives what was found beside it."""
        with timer.stage("filter"):
            within = select(inquiry.filters, self._generation.store)
        asked = _cleaned(inquiry.question)
        sides = [self._search(f"What is {side}?", inquiry, within, timer) for side in compared(asked) or ()]
        if sides and all(self._reason(side, inquiry.min_confidence) is None for side in sides):
            least_sure = min(sides, key=lambda side: side.confidence or 0.0)
            found = replace(least_sure, searched_as=" ".join(side.searched_as for side in sides))
            quotable = [self._quotable(side, inquiry.min_confidence) for side in sides]
            return found, self._answer(inquiry, found, compose_comparison(quotable, inquiry.top_k), timer)
        found = self._follow(asked, inquiry, lambda text: self._search(text, inquiry, within, timer))
        if reason := self._reason(found, inquiry.min_confidence):
            near = self._quotable(found, RELATED) if reason == "related_but_no_answer" else []
            composed = Composed("passages", quote_passages(near, NEAR_MISSES))
        else:
            readings = self._quotable(found, inquiry.min_confidence)
            composed = compose(readings, inquiry.top_k, asks_for_list=asks_for_list(asked))
        return found, self._answer(inquiry, found, composed, timer, reason)

    def rank(self, question: str, depth: int) -> list[Hit]:
        """Ranks passages by the path that a question takes to its answer, without going on to quotes.

        Args:
            question: Not blank.
            depth: How many at most.

        Returns:
            Hits, best first; those whose sentences were read come first, in the order of what was read.
        """
        question = _cleaned(question)
        vector = self._models.encoder.encode_question(question)
        hits = list(retrieve(self._generation, question, vector, depth))
        looked_at, readings = self._read(question, vector, hits, 1, Timer())
        numbers = {hit.number for hit in looked_at}
        return rerank_hits(looked_at, readings) + [hit for hit in hits if hit.number not in numbers]

    def _follow(
        self, question: str, inquiry: Question, search: Callable[[str], SearchResult]
    ) -> SearchResult:
        """Searches a question as it stands, or with what it points to where it leans on the one before.

        What it is lent must find something at least as good: words that lead astray do not.
        """
        found = search(question)
        if not inquiry.history or not is_followup(question) or (found.confidence or 0.0) >= STRONG:
            return found
        *earlier, previous = inquiry.history
        before = self._follow(_cleaned(previous), replace(inquiry, history=tuple(earlier)), search)
        lending = quote_passages(self._quotable(before, 0.0), QUOTES_BORROWED) if before.readings else []
        quotes = [f"{quote.citation.title}\n{quote.text}" for quote in lending]
        can_tell = self._models.reranker is not None
        resolved = map(search, rewrite_followup(question, before.searched_as, quotes, alone=can_tell))
        strongest = max(resolved, key=lambda each: each.strength, default=found)
        return strongest if strongest.strength >= found.strength else found

    def _search(
        self, question: str, inquiry: Question, within: Selection | None, timer: Timer
    ) -> SearchResult:
        with timer.stage("encode"):
            vector = self._models.encoder.encode_question(question)
        hits = retrieve(self._generation, question, vector, DEPTH, within)
        _, readings = self._read(question, vector, hits, inquiry.top_k, timer)
        generation, calibration = self._generation, self._models.calibration
        searched = generation.manifest.passages if within is None else len(within.passages)
        confidence = calibration.confidence(readings, searched) if calibration else None
        return SearchResult(question, readings, confidence, searched)

    def _read(
        self, question: str, vector: Vectors, hits: Iterable[Hit], top_k: int, timer: Timer
    ) -> tuple[list[Hit], list[Candidate]]:
        """The hits that say something of their own, and the sentences that were read of them."""
        with timer.stage("search"):
            looked_at = distinct_first(hits, self._text, max(PASSAGES_READ, top_k))
        with timer.stage("read"):
            readings = read(question, vector, looked_at, self._generation, self._models.reranker, top_k)
        return looked_at, readings

    def _reason(self, found: SearchResult, min_confidence: float) -> Reason | None:
        """Why the findings do not answer, or None."""
        if not found.readings:
            return "nothing_relevant"
        if found.confidence is None:
            return None if self._knows(found.searched_as) else "nothing_relevant"
        if found.confidence >= min_confidence:
            return None
        return "related_but_no_answer" if found.confidence >= RELATED else "nothing_relevant"

    def _knows(self, question: str) -> bool:
        """Whether any content word of the question occurs in the corpus."""
        return any(map(self._generation.lexical.contains_term, tokenize(question)))

    def _quotable(self, found: SearchResult, least: float) -> list[Candidate]:
        """The best reading, and those of the others that are as sure as this and say something else."""
        best, *others = found.readings
        if calibration := self._models.calibration:
            others = [each for each in others if calibration.confidence([each], found.searched) >= least]
        said = [best, *others]
        return distinct_first(said, lambda each: each.span.of(each.document.text), len(said))

    def _text(self, hit: Hit) -> str:
        return hit.passage.span.of(self._generation.store.document(hit.passage.document_id).text)

    def _answer(
        self,
        inquiry: Question,
        found: SearchResult,
        composed: Composed,
        timer: Timer,
        reason: Reason | None = None,
    ) -> Answer:
        with timer.stage("check"):
            check(composed.quotes, self._generation.store.document)
        manifest = self._generation.manifest
        return Answer(
            question=inquiry.question,
            searched_as=found.searched_as,
            kind=composed.kind,
            quotes=() if reason else composed.quotes,
            has_lead_in=composed.has_lead_in,
            near_misses=composed.quotes if reason else (),
            confidence=found.confidence,
            band=band(found.confidence),
            reason=reason,
            generation=manifest.generation,
            built_at=manifest.built_at,
        )


def nothing_to_search(inquiry: Question) -> Answer:
    """The answer where there are no documents."""
    return Answer(
        question=inquiry.question,
        searched_as=_cleaned(inquiry.question),
        kind="passages",
        quotes=(),
        has_lead_in=False,
        near_misses=(),
        confidence=None,
        band="uncalibrated",
        reason="empty_index",
        generation=None,
        built_at=None,
    )


def _cleaned(question: str) -> str:
    return " ".join(normalise(question).split())
