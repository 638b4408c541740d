"""Sample small corpora from a collection: a few documents, and questions that they do or do not answer.

In a small corpus something always comes first, so a confidence that was fitted on large collections alone is
too high there.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from normqa.answer.models import Models
from normqa.build.progress import Progress
from normqa.datatypes import Document
from normqa.errors import CollectionUnusable
from normqa.evaluate.answering import QaOptions, ask_all
from normqa.evaluate.figures.metrics import Outcome, measure_answers
from normqa.evaluate.figures.results import EvaluationResult
from normqa.evaluate.questions import JudgedQuestion, QuestionSet, read_questions

SIZES = (5, 50, 500)
"""Passages of a small corpus, about."""

SMALLEST = 50
"""Passages of a collection that is large enough to be sampled. A smaller one is a small corpus itself."""

CORPORA = {5: 40, 50: 8, 500: 2}
"""Number of corpora by size."""

_PASSAGE_CHARACTERS = 1000
"""Characters of a passage, about."""


def evaluate_small_corpora(
    folder: Path, limit: int | None, min_confidence: float, models: Models, work: Path, progress: Progress
) -> EvaluationResult:
    """Ask small corpora of a collection, and measure quotes and refusals by size.

    Args:
        folder: Folder of the collection.
        limit: Maximum number of questions per size; None asks all that belong to the documents.
        min_confidence: Minimum confidence of an answered question.
        models: Models to ask with.
        work: Folder for indexes.
        progress: Receives progress.

    Raises:
        CollectionUnusable: If the collection cannot be read or is too small.
    """
    options = QaOptions(own_documents=False, hold_out=0.0, limit=None, min_confidence=min_confidence)
    outcomes: dict[int, list[Outcome]] = {}
    for size, corpus in small_corpora(read_questions(folder), limit):
        judged = ask_all(corpus, options, models, work, progress)
        outcomes.setdefault(size, []).extend(answer.outcome for answer in judged)
    if not outcomes:
        raise CollectionUnusable(
            f"{folder} has fewer than {SMALLEST} passages, so no small corpora can be drawn from it.",
            "Leave out --small.",
        )
    measured = {f"{size} passages": measure_answers(own) for size, own in outcomes.items()}
    return EvaluationResult(
        {name: figures for name, (figures, _) in measured.items()},
        {name: intervals for name, (_, intervals) in measured.items()},
        [outcome for own in outcomes.values() for outcome in own],
    )


def small_corpora(questions: QuestionSet, limit: int | None) -> Iterator[tuple[int, QuestionSet]]:
    """Yield small corpora with their sizes, the smallest first, drawn with a fixed seed.

    Half of the questions of a corpus belong to its documents. Sizes that would need the whole collection are
    left out.

    Args:
        questions: The collection.
        limit: Maximum number of questions per size; None asks all that belong to the documents.
    """
    available = sum(map(_passages, questions.documents))
    if available < SMALLEST:
        return
    for size in SIZES:
        if size >= available:
            return
        per_corpus = None if limit is None else max(2, limit // CORPORA[size])
        for number in range(CORPORA[size]):
            yield size, _small_corpus(questions, size, per_corpus, random.Random(1000 * size + number))  # noqa: S311


def _small_corpus(questions: QuestionSet, size: int, limit: int | None, chance: random.Random) -> QuestionSet:
    documents = []
    passages = 0
    for document in chance.sample(questions.documents, len(questions.documents)):
        if passages >= size:
            break
        documents.append(document)
        passages += _passages(document)
    ids = {document.id for document in documents}
    inside: list[JudgedQuestion] = []
    outside: list[JudgedQuestion] = []
    for question in chance.sample(questions.questions, len(questions.questions)):
        (outside if ids.isdisjoint(question.documents) else inside).append(question)
    inside = inside if limit is None else inside[: limit // 2]
    asked = sorted(inside + outside[: len(inside)], key=lambda question: question.id)
    kept = tuple(sorted(documents, key=lambda document: document.id))
    return QuestionSet(questions.name, kept, tuple(asked))


def _passages(document: Document) -> int:
    return 1 + document.characters // _PASSAGE_CHARACTERS
