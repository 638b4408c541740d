"""Answer a question over one open generation."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from normqa.answer.compose import Composition, check_quotes, compose, compose_comparison
from normqa.answer.confidence import STRONG, confidence_level
from normqa.answer.listings import with_listings
from normqa.answer.lists import PROSE
from normqa.answer.models import Models
from normqa.answer.quoting import quote_passages
from normqa.answer.sentences import Candidate, rank_sentences, rerank_hits
from normqa.datatypes import Answer, Hit, Reason
from normqa.errors import InvalidRequest
from normqa.index.analyzer import tokenize
from normqa.index.generation import Generation
from normqa.models.protocols import Vectors
from normqa.presentation import fold_letters
from normqa.search.filters import Filters, Selection, select
from normqa.search.followup import is_followup, rewrite_followup
from normqa.search.near_duplicates import distinct_first
from normqa.search.question_type import asks_for_list, comparison_sides
from normqa.search.retrieve import DEPTH, retrieve
from normqa.text import normalise, one_line
from normqa.timer import Timer

PASSAGES_READ = 12
"""Passages whose sentences are ranked; more if more quotes are requested."""

NEAR_MISSES = 3
"""Maximum number of near misses in a refusal."""

QUOTES_BORROWED = 3
"""Quotes of the previous answer that a follow-up question may borrow terms from."""

RELATED = 0.05
"""Minimum confidence of a passage that is related to the question without answering it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its options.

    Attributes:
        text: Not blank.
        top_k: Maximum number of quotes of an answer that is not a list.
        min_confidence: Refuse answers with less confidence.
        filters: The documents to search.
        history: Earlier questions, oldest first.
    """

    text: str
    top_k: int
    min_confidence: float
    filters: Filters = Filters()  # noqa: RUF009 - frozen
    history: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidRequest("The question is blank.", "Ask in plain words.")
        if any("\ud800" <= character <= "\udfff" for character in self.text):
            raise InvalidRequest("The question contains a lone surrogate.", "Ask in plain words.")
        if self.top_k < 1:
            raise InvalidRequest(f"top_k is {self.top_k}.", "Ask for at least one quote.")
        if not 0 <= self.min_confidence <= 1:
            raise InvalidRequest(f"min_confidence is {self.min_confidence}.", "Give a number from 0 to 1.")
        self.filters.check()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The candidates that a search found.

    Attributes:
        searched_as: The text that was searched.
        candidates: Best first.
        confidence: Probability that the best candidate answers; None if the models are not calibrated.
        passages_searched: Number of passages that were searched.
    """

    searched_as: str
    candidates: list[Candidate]
    confidence: float | None
    passages_searched: int

    @property
    def strength(self) -> float:
        """The score of the best candidate, comparable between searches; 0 without a reranker."""
        if not self.candidates:
            return -math.inf
        best = self.candidates[0].signals
        return 0.0 if best.relevance is None else best.score


class AnswerPipeline:
    """Answers questions over one generation. Safe to use from several threads.

    Args:
        generation: The index to search, built by the same encoder.
        models: Encoder, reranker and calibration.
    """

    def __init__(self, generation: Generation, models: Models) -> None:
        self._generation = generation
        self._models = models

    def ask(self, question: Question, timer: Timer) -> Answer:
        """Answer with quotes, or refuse.

        Raises:
            UnknownDocument: If a filter names a document that does not exist.
            Misquote: If a quote differs from its document.
        """
        return self.ask_in_detail(question, timer)[1]

    def ask_in_detail(self, question: Question, timer: Timer) -> tuple[SearchResult, Answer]:
        """Answer as :meth:`ask` does, and also return the candidates."""
        with timer.stage("filter"):
            within = select(question.filters, self._generation.store)
        text = _searchable(question.text)
        sides = [
            self._search(f"What is {side}?", question, within, timer) for side in comparison_sides(text) or ()
        ]
        if sides and all(self._refusal_reason(side, question.min_confidence) is None for side in sides):
            least_sure = min(sides, key=lambda side: side.confidence or 0.0)
            result = replace(least_sure, searched_as=" ".join(side.searched_as for side in sides))
            quotable = [self._quotable(side, question.min_confidence) for side in sides]
            composition = compose_comparison(quotable, question.top_k)
            return result, self._answer(question, result, composition, timer)
        result = self._follow(text, question, lambda text: self._search(text, question, within, timer))
        if reason := self._refusal_reason(result, question.min_confidence):
            near = self._quotable(result, RELATED) if reason == "related_but_no_answer" else []
            composition = Composition("passages", quote_passages(near, NEAR_MISSES))
        else:
            candidates = self._quotable(result, question.min_confidence)
            composition = compose(candidates, question.top_k, asks_for_list=asks_for_list(text))
        return result, self._answer(question, result, composition, timer, reason)

    def rank(self, text: str, depth: int) -> list[Hit]:
        """Rank passages as :meth:`ask` does, without quoting them.

        Args:
            text: The question, not blank.
            depth: Maximum number of hits.

        Returns:
            Hits, best first. Reranked hits come first.
        """
        text = _searchable(text)
        vector = self._models.encoder.encode_question(fold_letters(text))
        hits = list(retrieve(self._generation, text, vector, depth))
        read, candidates = self._read(text, vector, hits, 1, Timer())
        numbers = {hit.number for hit in read}
        return rerank_hits(read, candidates) + [hit for hit in hits if hit.number not in numbers]

    def _follow(self, text: str, question: Question, search: Callable[[str], SearchResult]) -> SearchResult:
        """Search a question as it is, and a follow-up question also with terms of the previous one.

        A rewritten question replaces the original only if its best candidate is at least as strong.
        """
        result = search(text)
        if not question.history or not is_followup(text) or (result.confidence or 0.0) >= STRONG:
            return result
        *earlier, previous_text = question.history
        previous = self._follow(_searchable(previous_text), replace(question, history=tuple(earlier)), search)
        candidates = self._quotable(previous, 0.0) if previous.candidates else []
        quotes = [
            f"{quote.citation.title}\n{quote.text}" for quote in quote_passages(candidates, QUOTES_BORROWED)
        ]
        # Only a reranker can reject a search with unconfirmed terms.
        rewritten = rewrite_followup(
            text, previous.searched_as, quotes, allow_unconfirmed=self._models.reranker is not None
        )
        strongest = max(map(search, rewritten), key=lambda result: result.strength, default=result)
        return strongest if strongest.strength >= result.strength else result

    def _search(self, text: str, question: Question, within: Selection | None, timer: Timer) -> SearchResult:
        with timer.stage("encode"):
            vector = self._models.encoder.encode_question(fold_letters(text))
        hits = retrieve(self._generation, text, vector, DEPTH, within)
        _, candidates = self._read(text, vector, hits, question.top_k, timer)
        calibration = self._models.calibration
        searched = self._generation.manifest.passages if within is None else len(within.passages)
        sentences = [candidate for candidate in candidates if candidate.listing is None]
        confidence = calibration.confidence(sentences, searched) if calibration else None
        return SearchResult(text, candidates, confidence, searched)

    def _read(
        self, text: str, vector: Vectors, hits: Iterable[Hit], top_k: int, timer: Timer
    ) -> tuple[list[Hit], list[Candidate]]:
        """Return the best distinct hits and their ranked sentences."""
        with timer.stage("search"):
            distinct = distinct_first(hits, self._hit_text, max(PASSAGES_READ, top_k))
        with timer.stage("read"):
            reranker = self._models.reranker
            ranked = rank_sentences(text, vector, distinct, self._generation, reranker, top_k)
            candidates = with_listings(text, ranked, self._generation, reranker)
        return distinct, candidates

    def _refusal_reason(self, result: SearchResult, min_confidence: float) -> Reason | None:
        """Return why the candidates do not answer; None if they do."""
        if not result.candidates:
            return "nothing_relevant"
        if result.confidence is None:
            return None if self._has_known_term(result.searched_as) else "nothing_relevant"
        if result.confidence >= min_confidence:
            return None
        return "related_but_no_answer" if result.confidence >= RELATED else "nothing_relevant"

    def _has_known_term(self, text: str) -> bool:
        """Return whether the corpus contains any content word of the text."""
        return any(map(self._generation.lexical.contains_term, tokenize(text)))

    def _quotable(self, result: SearchResult, min_confidence: float) -> list[Candidate]:
        """Return the best candidate, then the others with enough confidence, near-duplicates last.

        A list or table is followed by the best sentence, because not every answer quotes lists.
        """
        best, *others = result.candidates
        sentence = [next(other for other in others if other.listing is None)] if best.listing else []
        if calibration := self._models.calibration:
            others = [
                other
                for other in others
                if calibration.confidence([other], result.passages_searched) >= min_confidence
            ]
        quotable = [best, *sentence, *(other for other in others if other not in sentence)]
        return distinct_first(quotable, _prose, len(quotable))

    def _hit_text(self, hit: Hit) -> str:
        return hit.passage.span.of(self._generation.store.document(hit.passage.document_id).text)

    def _answer(
        self,
        question: Question,
        result: SearchResult,
        composition: Composition,
        timer: Timer,
        reason: Reason | None = None,
    ) -> Answer:
        with timer.stage("check"):
            check_quotes(composition.quotes, self._generation.store.document)
        manifest = self._generation.manifest
        return Answer(
            question=question.text,
            searched_as=result.searched_as,
            kind=composition.kind,
            quotes=() if reason else composition.quotes,
            has_lead_in=composition.has_lead_in,
            has_best_sentence=composition.has_best_sentence,
            near_misses=composition.quotes if reason else (),
            confidence=result.confidence,
            band=confidence_level(result.confidence),
            reason=reason,
            generation=manifest.generation,
            built_at=manifest.built_at,
        )


def refuse_empty_index(question: Question) -> Answer:
    """Return the refusal for an index without documents."""
    return Answer(
        question=question.text,
        searched_as=_searchable(question.text),
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


def _prose(candidate: Candidate) -> str | None:
    """Return the text of a sentence; None for list items, rows and lists, which may resemble each other."""
    is_prose = candidate.document.block_at(candidate.span.start).kind in PROSE
    return candidate.text if is_prose and candidate.listing is None else None


def _searchable(text: str) -> str:
    """Return the text of a question as it is searched."""
    return one_line(normalise(text))
