"""Sample small corpora from a collection: a few documents, and questions that they do or do not answer.

In a small corpus something always comes first, so a confidence that was fitted on large collections alone is
too high there.
"""

import random
from collections.abc import Iterator

from normqa.datatypes import Document
from normqa.evaluate.questions import JudgedQuestion, QuestionSet

SIZES = (5, 50, 500)
"""Passages of a small corpus, about."""

SMALLEST = 50
"""Passages of a collection that is large enough to be sampled. A smaller one is a small corpus itself."""

CORPORA = {5: 40, 50: 8, 500: 2}
"""Number of corpora by size."""

_PASSAGE_CHARACTERS = 1000
"""Characters of a passage, about."""


def small_corpora(questions: QuestionSet, limit: int | None) -> Iterator[QuestionSet]:
    """Yield small corpora, the smallest first, drawn with a fixed seed.

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
            yield _small_corpus(questions, size, per_corpus, random.Random(1000 * size + number))  # noqa: S311


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
