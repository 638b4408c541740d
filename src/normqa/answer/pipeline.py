"""Answer a question over one open generation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from normqa.answer.absence import with_absent_names
from normqa.answer.comparison import compose_comparison, find_lead
from normqa.answer.compose import Composition, check_quotes, compose
from normqa.answer.confidence import STRONG, confidence_level
from normqa.answer.listings import with_listings
from normqa.answer.lists import PROSE
from normqa.answer.models import Models
from normqa.answer.other_language import is_other_language
from normqa.answer.parts import QUOTES_OF_PART, fill_gaps, join_quotes, prefer_shared
from normqa.answer.pointers import without_pointers
from normqa.answer.quoting import quote_passages
from normqa.answer.resolve import EARLIER, RELATED, Resolver
from normqa.answer.searches import BUDGET, SearchCache, Searches, SearchResult
from normqa.answer.sentences import Candidate, rank_sentences, rerank_hits
from normqa.datatypes import Answer, AnswerPart, Hit, Quote, Reason
from normqa.errors import InvalidRequest
from normqa.index.analyzer import tokenize
from normqa.index.generation import Generation
from normqa.models.protocols import Vectors
from normqa.presentation import fold_letters
from normqa.search.comparison import side_questions
from normqa.search.filters import Filters, Selection, select
from normqa.search.long_forms import spell_out_acronyms
from normqa.search.names import absent_names, name_forms
from normqa.search.near_duplicates import distinct_first
from normqa.search.question_parts import question_parts
from normqa.search.question_type import asks_for_list, comparison_sides
from normqa.search.retrieve import DEPTH, retrieve
from normqa.search.scripts import shares_letter_pairs
from normqa.search.spelling import correct_spelling
from normqa.text import normalise, one_line
from normqa.timer import Timer

PASSAGES_READ = 12
"""Passages whose sentences are ranked; more if more quotes are requested."""

NEAR_MISSES = 3
"""Maximum number of near misses in a refusal."""

QUOTES_BORROWED = 3
"""Quotes of the previous answer that a follow-up question may borrow terms from."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its options.

    Attributes:
        text: Not blank.
        top_k: Maximum number of quotes of an answer that is not a list.
        min_confidence: Refuse answers with less confidence.
        filters: The documents to search.
        history: Earlier questions, oldest first.
        exact: Search the text exactly as typed: typos are not corrected, acronyms not spelled out, and
            neither parts nor earlier questions are searched.
    """

    text: str
    top_k: int
    min_confidence: float
    filters: Filters = Filters()  # noqa: RUF009 - frozen
    history: tuple[str, ...] = ()
    exact: bool = False

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


class AnswerPipeline:
    """Answers questions over one generation. Safe to use from several threads.

    Args:
        generation: The index to search, built by the same encoder.
        models: Encoder, reranker and calibration.
    """

    def __init__(self, generation: Generation, models: Models) -> None:
        self._generation = generation
        self._models = models

    def ask(self, question: Question, timer: Timer, cache: SearchCache | None = None) -> Answer:
        """Answer with quotes, or refuse.

        Args:
            question: The question.
            timer: Receives how long each stage takes, and may end the work.
            cache: Results of questions that are asked together, so that shared turns are searched once.

        Raises:
            UnknownDocument: If a filter names a document that does not exist.
            Misquote: If a quote differs from its document.
        """
        return self.ask_in_detail(question, timer, cache)[1]

    def ask_in_detail(
        self, question: Question, timer: Timer, cache: SearchCache | None = None
    ) -> tuple[SearchResult, Answer]:
        """Answer as :meth:`ask` does, and also return the candidates."""
        with timer.stage("filter"):
            within = select(question.filters, self._generation.store)
        text = _searchable(question.text)
        searches = Searches(
            lambda text: self._search(text, question, within, timer),
            (repr(question.filters), question.top_k),
            cache,
            BUDGET * PASSAGES_READ // max(PASSAGES_READ, question.top_k),
        )
        resolver = Resolver(
            searches, self._quoted, self._variants, allow_unconfirmed=self._models.reranker is not None
        )
        history = [_searchable(text)[:EARLIER] for text in question.history]
        if question.exact:
            result = searches.run(text)
        elif several := (
            self._compare(text, question, resolver) or self._answer_parts(text, history, question, resolver)
        ):
            result, composition = several
            return result, self._answer(question, result, composition, timer)
        else:
            result = resolver.follow(text, history)
        if reason := self._refusal_reason(result, question.min_confidence):
            documents = [candidate.document for candidate in result.candidates[:NEAR_MISSES]]
            near = self._quotable(result, RELATED) if reason == "related_but_no_answer" else []
            composition = Composition("passages", quote_passages(near, NEAR_MISSES))
            if is_other_language(text, documents):
                reason = "other_language"
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

    def _variants(self, text: str) -> Iterator[str]:
        """Yield the text with typos corrected, and with acronyms spelled out."""
        lexical = self._generation.lexical
        corrected = correct_spelling(
            text, lexical.vocabulary, lambda word: all(map(lexical.contains_term, tokenize(word)))
        )
        if corrected != text:
            yield corrected
        spelled_out = spell_out_acronyms(corrected, lexical.long_forms)
        if spelled_out != corrected:
            yield spelled_out

    def _compare(
        self, text: str, question: Question, resolver: Resolver
    ) -> tuple[SearchResult, Composition] | None:
        """Answer a comparison as a whole and by its sides; None if it is none, or a side is missing."""
        sides = comparison_sides(text)
        if sides is None:
            return None
        ways = side_questions(sides)
        if not resolver.can_afford(text, *(plain for plain, *_ in ways)):
            return None
        whole = resolver.search_if_affordable(text)
        first, second = (resolver.search(plain, others) for plain, *others in ways)
        if any(self._refusal_reason(side, question.min_confidence) for side in (first, second)):
            return None
        quotable = [self._quotable(side, question.min_confidence) for side in (first, second)]
        lead = None
        if whole and self._refusal_reason(whole, question.min_confidence) is None:
            candidates = self._quotable(whole, question.min_confidence)
            lead = find_lead(candidates, sides, (quotable[0][0], quotable[1][0]))
        composition = compose_comparison(quotable, question.top_k, lead)
        searched = [whole, first, second] if whole and lead else [first, second]
        result = whole if whole and lead else min(first, second, key=lambda side: side.confidence or 0.0)
        return replace(result, searched_as=" ".join(part.searched_as for part in searched)), composition

    def _answer_parts(
        self, text: str, history: Sequence[str], question: Question, resolver: Resolver
    ) -> tuple[SearchResult, Composition] | None:
        """Answer the parts of a question in order; None if it has one part, or no part has an answer.

        Later parts are follow-up questions of the earlier ones.
        """
        parts = question_parts(text)
        if len(parts) == 1 or not resolver.can_afford(*parts):
            return None
        results = [resolver.follow(parts[0], history, len(parts) - 1)]
        for place, part in enumerate(parts[1:], 1):
            earlier = [*history, *parts[:place]]
            results.append(resolver.follow(part, earlier, len(parts) - place - 1, is_part=True))
        answered = [r for r in results if self._refusal_reason(r, question.min_confidence) is None]
        if not answered:
            return None
        whole = resolver.search_if_affordable(text)
        if whole and self._refusal_reason(whole, question.min_confidence) is None:
            results = fill_gaps(results, answered, whole)
            answered = [result for result in results if result in answered or result is whole]
        quotes, places = join_quotes(
            [
                self._quote_part(part, result, whole, question) if result in answered else ()
                for part, result in zip(parts, results, strict=True)
            ],
            self._generation.store.document,
        )
        shown = tuple(
            AnswerPart(part, result.searched_as, result.confidence, confidence_level(result.confidence), own)
            for part, result, own in zip(parts, results, places, strict=True)
        )
        least_sure = min(answered, key=lambda result: result.confidence or 0.0)
        searched_as = " ".join(result.searched_as for result in results)
        composition = Composition("passages", quotes, parts=shown)
        return replace(least_sure, searched_as=searched_as), composition

    def _quote_part(
        self, part: str, result: SearchResult, whole: SearchResult | None, question: Question
    ) -> Sequence[Quote]:
        """Quote one part: the best candidate, and another one if the answer is not strong."""
        candidates: Sequence[Candidate] = self._quotable(result, question.min_confidence)
        top_k = 1
        if (result.confidence or 0.0) < STRONG:
            top_k = min(QUOTES_OF_PART, question.top_k)
            if whole and whole.candidates:
                candidates = prefer_shared(candidates, whole.candidates[0])
        return compose(candidates, top_k, asks_for_list=asks_for_list(part)).quotes

    def _quoted(self, result: SearchResult) -> list[str]:
        """Return the first quotes of a result, each preceded by its title."""
        candidates = self._quotable(result, 0.0) if result.candidates else []
        quotes = quote_passages(candidates, QUOTES_BORROWED)
        return [f"{quote.citation.title}\n{quote.text}" for quote in quotes]

    def _search(self, text: str, question: Question, within: Selection | None, timer: Timer) -> SearchResult:
        with timer.stage("encode"):
            vector = self._models.encoder.encode_question(fold_letters(text))
        hits = retrieve(self._generation, text, vector, DEPTH, within)
        _, found = self._read(text, vector, hits, question.top_k, timer)
        asked = " ".join([question.text, *question.history])
        candidates = with_absent_names(
            text, asked, without_pointers(found), self._generation.lexical.is_common
        )
        calibration = self._models.calibration
        searched = self._generation.manifest.passages if within is None else len(within.passages)
        covered = calibration if calibration and calibration.covers(text) else None
        sentences = [candidate for candidate in candidates if candidate.listing is None]
        confidence = covered.confidence(sentences, searched) if covered else None
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
            best = result.candidates[0].text
            is_related = self._has_known_term(result.searched_as) or shares_letter_pairs(
                result.searched_as, best
            )
            return None if is_related else "nothing_relevant"
        if result.confidence >= min_confidence:
            return None
        return "related_but_no_answer" if result.confidence >= RELATED else "nothing_relevant"

    def _has_known_term(self, text: str) -> bool:
        """Return whether the corpus contains any content word of the text."""
        return any(map(self._generation.lexical.contains_term, tokenize(text)))

    def _is_known(self, name: str) -> bool:
        """Return whether the documents contain every word of a name, or of another form of it."""
        contains = self._generation.lexical.contains_term
        return any(all(map(contains, tokenize(form))) for form in name_forms(name))

    def _quotable(self, result: SearchResult, min_confidence: float) -> list[Candidate]:
        """Return the best candidate, then the others with enough confidence, near-duplicates last.

        A list or table is followed by the best sentence, because not every answer quotes lists.
        """
        best, *others = result.candidates
        sentence = [next(other for other in others if other.listing is None)] if best.listing else []
        if (calibration := self._models.calibration) and result.confidence is not None:
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
        absent = absent_names(_searchable(question.text), "\n".join(map(_cited, composition.quotes)))
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
            parts=composition.parts,
            items_left=composition.items_left,
            absent=absent,
            unknown=tuple(name for name in absent if not self._is_known(name)),
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


def _cited(quote: Quote) -> str:
    """Return a quote with its title and headings."""
    return "\n".join([quote.citation.title, *quote.citation.section, quote.text])
