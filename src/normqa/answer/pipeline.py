"""Answer a question over one open generation."""

from collections.abc import Iterable
from dataclasses import replace

from normqa.answer.candidates.absence import with_absent_names
from normqa.answer.candidates.candidate import Candidate
from normqa.answer.candidates.listings import with_listings
from normqa.answer.candidates.pointers import without_pointers
from normqa.answer.candidates.sentences import rank_sentences, rerank_hits
from normqa.answer.comparison import answer_comparison
from normqa.answer.confidence import confidence_level
from normqa.answer.judge import Judge
from normqa.answer.models import Models
from normqa.answer.other_language import is_other_language
from normqa.answer.parts import answer_parts
from normqa.answer.question import Question
from normqa.answer.quotes.compose import Composition, check_quotes, compose
from normqa.answer.quotes.quoting import quote_apart, quote_passages, without_lead_ins
from normqa.answer.resolve import EARLIER, RELATED, Resolver
from normqa.answer.searches import BUDGET, SearchCache, Searches, SearchResult
from normqa.datatypes import Answer, Hit, Quote, Reason
from normqa.index.analyzer import tokenize
from normqa.index.backend import Backend
from normqa.models.protocols import Vectors
from normqa.presentation import fold_letters
from normqa.search.filters import Selection, select
from normqa.search.near_duplicates import distinct_first
from normqa.search.question.classify import asks_for_list
from normqa.search.question.instruction import without_instruction
from normqa.search.question.long_forms import spell_out_acronyms
from normqa.search.question.names import absent_names, name_forms
from normqa.search.question.spelling import correct_spelling
from normqa.search.retrieve import DEPTH, retrieve
from normqa.text.canonical import canonical_line
from normqa.timing.timer import Timer

PASSAGES_READ = 12
"""Passages whose sentences are ranked; more if more quotes are requested."""

NEAR_MISSES = 3
"""Maximum number of near misses in a refusal."""

QUOTES_BORROWED = 3
"""Quotes of the previous answer that a follow-up question may borrow terms from."""


class AnswerPipeline:
    """Answers questions over one generation. Safe to use from several threads.

    Args:
        generation: The index to search, built by the same encoder.
        models: Encoder, reranker and calibration.
    """

    def __init__(self, generation: Backend, models: Models) -> None:
        self._generation = generation
        self._models = models
        self._judge = Judge(generation.lexical.contains_term, models.calibration)

    @property
    def judge(self) -> Judge:
        """Judges what searches find."""
        return self._judge

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
        text = canonical_line(question.text)
        searches = Searches(
            lambda text: self._search(text, question, within, timer),
            (repr(question.filters), question.top_k),
            cache,
            BUDGET * PASSAGES_READ // max(PASSAGES_READ, question.top_k),
        )
        resolver = Resolver(
            searches,
            self._quoted,
            self.correct,
            self._spell_out,
            allow_unconfirmed=self._models.reranker is not None,
        )
        history = [canonical_line(text)[:EARLIER] for text in question.history]
        if question.exact:
            result = searches.run(text)
        elif several := (
            answer_comparison(text, question, resolver, self._judge)
            or answer_parts(text, history, question, resolver, self._judge, self._generation.store.document)
        ):
            result, composition = several
            return result, self._answer(question, result, composition, timer)
        else:
            result = resolver.follow(text, history)
        if reason := self._judge.refusal_reason(result, question.min_confidence):
            nearest = result.candidates[:NEAR_MISSES]
            documents = {candidate.document.id: candidate.document for candidate in nearest}
            near = self._judge.quotable(result, RELATED) if reason == "related_but_no_answer" else []
            composition = Composition("passages", quote_passages(near, NEAR_MISSES))
            if is_other_language(text, documents.values()):
                reason = "other_language"
        else:
            candidates = self._judge.quotable(result, question.min_confidence)
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
        text = canonical_line(text)
        vector = self._models.encoder.encode_question(fold_letters(text))
        hits = list(retrieve(self._generation, text, vector, depth))
        read, candidates = self._read(text, vector, hits, 1, Timer())
        numbers = {hit.number for hit in read}
        return rerank_hits(read, candidates) + [hit for hit in hits if hit.number not in numbers]

    def correct(self, text: str) -> str:
        """Return the text with its typos corrected."""
        lexical = self._generation.lexical
        return correct_spelling(
            text,
            lexical.spellings,
            lambda word: lexical.contains_word(word) or self._models.encoder.knows(word),
        )

    def _spell_out(self, text: str) -> str:
        """Return the text with its acronyms spelled out."""
        return spell_out_acronyms(text, self._generation.lexical.long_forms)

    def _quoted(self, result: SearchResult) -> list[str]:
        """Return the first quotes of a result, each preceded by its title."""
        candidates = self._judge.quotable(result, 0.0) if result.candidates else []
        quotes = quote_apart(without_lead_ins(candidates), QUOTES_BORROWED)
        return [f"{quote.citation.title}\n{quote.text}" for quote in quotes]

    def _search(self, text: str, question: Question, within: Selection | None, timer: Timer) -> SearchResult:
        with timer.stage("encode"):
            vector = self._models.encoder.encode_question(fold_letters(text))
        hits = retrieve(self._generation, without_instruction(text), vector, DEPTH, within)
        read, found = self._read(text, vector, hits, question.top_k, timer)
        asked = " ".join([question.text, *question.history])
        candidates = with_absent_names(
            text, asked, without_pointers(found), self._generation.lexical.is_common
        )
        calibration = self._models.calibration
        searched = self._generation.manifest.passages if within is None else len(within.passages)
        result = SearchResult(text, candidates, None, searched, tuple(read))
        if calibration and calibration.covers(text):
            confidence = calibration.confidence(text, result.sentences, searched)
            return replace(result, confidence=confidence)
        return result

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

    def _is_known(self, name: str) -> bool:
        """Return whether the documents contain every word of a name, or of another form of it."""
        contains = self._generation.lexical.contains_term
        return any(all(map(contains, tokenize(form))) for form in name_forms(name))

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
        absent = absent_names(canonical_line(question.text), "\n".join(map(_cited, composition.quotes)))
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
        searched_as=canonical_line(question.text),
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


def _cited(quote: Quote) -> str:
    """Return a quote with its title and headings."""
    return "\n".join([quote.citation.title, *quote.citation.section, quote.text])
