"""Asks the questions of a collection the way that any user would, and judges what is quoted."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from normqa.answer.models import Models
from normqa.answer.pipeline import AnswerPipeline, Question, SearchResult
from normqa.build.progress import Progress
from normqa.datatypes import Quote
from normqa.evaluate.collection import sample
from normqa.evaluate.metrics import TOP_K, Outcome, figures
from normqa.evaluate.questions import MarkedAnswer, QuestionSet, hold_out, read_questions
from normqa.evaluate.results import EvaluationResult
from normqa.evaluate.workspace import open_collection
from normqa.search.filters import Filters
from normqa.timer import Timer


@dataclass(frozen=True, slots=True)
class QaOptions:
    """How a collection is asked.

    Attributes:
        within_home: Whether each question is searched only in the documents that it belongs to.
        left_out: Share of the titles whose documents are not indexed; their questions have no answer then.
        limit: How many questions at most; the collection stays whole.
        min_confidence: From which confidence on a question counts as answered.
    """

    within_home: bool
    left_out: float
    limit: int | None
    min_confidence: float


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """One question, what was found for it, and how that was judged."""

    outcome: Outcome
    findings: SearchResult


def evaluate_qa(
    folder: Path, setup: QaOptions, models: Models, work: Path, progress: Progress
) -> EvaluationResult:
    """Asks the questions of a collection, and measures quotes and refusals.

    Args:
        folder: Of the collection.
        setup: How it is asked.
        models: What it is asked with.
        work: Folder of what is built.
        progress: Told how far it is.

    Raises:
        CollectionUnusable: If it cannot be read.
    """
    outcomes = [asked.outcome for asked in ask_all(read_questions(folder), setup, models, work, progress)]
    return EvaluationResult(*figures(outcomes), outcomes)


def ask_all(
    judged: QuestionSet, setup: QaOptions, models: Models, work: Path, progress: Progress
) -> Iterator[JudgedAnswer]:
    """Asks the questions of a collection the way that ``/ask`` does, before any threshold."""
    indexed, gone = hold_out(judged, setup.left_out) if setup.left_out else (judged, frozenset[str]())
    asker = AnswerPipeline(
        open_collection(judged.name, indexed.documents, models.encoder, work, progress), models
    )
    texts = {document.id: document.text for document in indexed.documents}
    questions = sample({question.id: question for question in judged.questions}, setup.limit)
    progress.stage(f"Asking the questions of {judged.name}", len(questions))
    for question in questions.values():
        home = tuple(each for each in question.home if each in texts)
        if setup.within_home and not home:
            continue  # there is nowhere to search it
        held_out = not gone.isdisjoint(question.home)
        filters = Filters(documents=home) if setup.within_home else Filters()
        inquiry = Question(question.text, TOP_K, min_confidence=0.0, filters=filters)
        start = time.perf_counter()
        findings, answer = asker.inquire(inquiry, Timer())
        seconds = time.perf_counter() - start
        best = findings.readings[0].evidence.score if findings.readings else -100.0
        confidence = best if answer.confidence is None else answer.confidence
        outcome = Outcome(
            question_id=question.id,
            question=question.text,
            answerable=question.answerable,
            held_out=held_out,
            hit_rank=_hit_rank(answer.quotes[:TOP_K], question.golds),
            confidence=confidence,
            answered=bool(answer.quotes) and confidence >= setup.min_confidence,
            quote_characters=tuple(len(quote.text) for quote in answer.quotes),
            exact=all(
                quote.text == quote.span.of(texts[quote.citation.document_id]) for quote in answer.quotes
            ),
            quotes=tuple(quote.text for quote in answer.quotes),
            expected=tuple(gold.text for gold in question.golds),
            seconds=seconds,
        )
        progress.advance()
        yield JudgedAnswer(outcome, findings)


def _hit_rank(quotes: Iterable[Quote], golds: Iterable[MarkedAnswer]) -> int | None:
    golds = list(golds)
    return next((n for n, quote in enumerate(quotes, 1) if any(_hits(quote, gold) for gold in golds)), None)


def _hits(quote: Quote, gold: MarkedAnswer) -> bool:
    """Whether the answering sentence shares at least half of the shorter of the two."""
    shared = min(quote.answer.end, gold.span.end) - max(quote.answer.start, gold.span.start)
    return quote.citation.document_id == gold.document_id and 2 * shared >= min(
        len(quote.answer), len(gold.span)
    )
