"""Ask the questions of a collection as users do, and judge the quotes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from normqa.answer.models import Models
from normqa.answer.pipeline import AnswerPipeline
from normqa.answer.question import Question
from normqa.answer.searches import SearchResult
from normqa.build.progress import Progress
from normqa.datatypes import Quote, Span
from normqa.evaluate.collection import sample
from normqa.evaluate.figures.metrics import TOP_K, Outcome, measure_answers
from normqa.evaluate.figures.results import EvaluationResult
from normqa.evaluate.questions import MarkedAnswer, QuestionSet, hold_out, read_questions
from normqa.evaluate.workspace import open_collection
from normqa.search.filters import Filters
from normqa.storage.home import IndexHome
from normqa.timing.timer import Timer


@dataclass(frozen=True, slots=True)
class QaOptions:
    """Options of an evaluation.

    Attributes:
        own_documents: Search every question only in the documents that it belongs to.
        hold_out: Share of the titles whose documents are not indexed, so that their questions have no answer.
        limit: Maximum number of questions; None asks all.
        min_confidence: Minimum confidence of an answered question.
    """

    own_documents: bool
    hold_out: float
    limit: int | None
    min_confidence: float


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """The outcome of a question and the search result behind it."""

    outcome: Outcome
    result: SearchResult


def evaluate_qa(
    folder: Path,
    options: QaOptions,
    models: Models,
    work: Path,
    progress: Progress,
    index: IndexHome | None = None,
) -> EvaluationResult:
    """Ask the questions of a collection, and measure quotes and refusals.

    Args:
        folder: Folder of the collection.
        options: How to ask.
        models: Models to ask with.
        work: Folder for indexes.
        progress: Receives progress.
        index: Where to build the index instead.

    Raises:
        CollectionUnusable: If the collection cannot be read.
    """
    judged = ask_all(read_questions(folder), options, models, work, progress, index)
    outcomes = [answer.outcome for answer in judged]
    return EvaluationResult(*measure_answers(outcomes), outcomes)


def ask_all(
    collection: QuestionSet,
    options: QaOptions,
    models: Models,
    work: Path,
    progress: Progress,
    index: IndexHome | None = None,
) -> Iterator[JudgedAnswer]:
    """Ask the questions of a collection through the answer pipeline, without a confidence threshold."""
    indexed, gone = collection, frozenset[str]()
    if options.hold_out:
        indexed, gone = hold_out(collection, options.hold_out)
    generation = open_collection(collection.name, indexed.documents, models.encoder, work, progress, index)
    pipeline = AnswerPipeline(generation, models)
    texts = {document.id: document.text for document in indexed.documents}
    questions = sample({question.id: question for question in collection.questions}, options.limit)
    progress.stage(f"Asking the questions of {collection.name}", len(questions))
    for question in questions.values():
        own = tuple(document_id for document_id in question.documents if document_id in texts)
        if options.own_documents and not own:
            continue  # none of its documents is indexed
        indexed_nowhere = bool(question.documents) and not own
        held_out = indexed_nowhere or not gone.isdisjoint(question.documents)
        filters = Filters(documents=own) if options.own_documents else Filters()
        asked = Question(question.text, TOP_K, min_confidence=0.0, filters=filters)
        start = time.perf_counter()
        result, answer = pipeline.ask_in_detail(asked, Timer())
        seconds = time.perf_counter() - start
        best = result.candidates[0].signals.score if result.candidates else -100.0
        confidence = best if answer.confidence is None else answer.confidence
        outcome = Outcome(
            question_id=question.id,
            question=question.text,
            answerable=question.answerable,
            held_out=held_out,
            hit_rank=_hit_rank(answer.quotes[:TOP_K], question.answers),
            confidence=confidence,
            answered=bool(answer.quotes) and confidence >= options.min_confidence,
            quote_characters=tuple(len(quote.text) for quote in answer.quotes),
            exact=all(
                quote.text == quote.span.of(texts[quote.citation.document_id]) for quote in answer.quotes
            ),
            quotes=tuple(quote.text for quote in answer.quotes),
            expected=tuple(marked.text for marked in question.answers),
            seconds=seconds,
        )
        progress.advance()
        yield JudgedAnswer(outcome, result)


def _hit_rank(quotes: Sequence[Quote], answers: Sequence[MarkedAnswer]) -> int | None:
    """Return the rank from 1 of the first quote that hits a marked answer; None if none does.

    Another sentence of a quote than the best one has the next rank, as if it were quoted separately.
    """
    for rank, quote in enumerate(quotes, 1):
        for place, chosen in enumerate([quote.answer, *quote.other_answers]):
            if any(_hits(quote.citation.document_id, chosen, answer) for answer in answers):
                return min(rank + place, TOP_K)
    return None


def _hits(document_id: str, chosen: Span, answer: MarkedAnswer) -> bool:
    """Return whether the answering sentence and the marked answer share half of the shorter of the two."""
    shared = min(chosen.end, answer.span.end) - max(chosen.start, answer.span.start)
    return document_id == answer.document_id and 2 * shared >= min(len(chosen), len(answer.span))
