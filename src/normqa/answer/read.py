"""Picks the sentences that answer out of the passages that were found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from normqa.datatypes import Document, Hit, Passage, Span

FindDocument = Callable[[str], Document]
"""Gives a document by its id."""

Score = Callable[[str, Sequence[str]], list[float]]
"""Scores texts against a question; higher is better."""

SENTENCES_A_HIT = 5
"""How many sentences for each hit are scored at most; hits with few leave room for those with more."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence, list item or table row, and how well it answers."""

    document: Document
    passage: Passage
    span: Span
    score: float


def read(question: str, hits: Sequence[Hit], find_document: FindDocument, score: Score) -> list[Reading]:
    """Scores the sentences of the hits.

    Each is scored with the headings above it, which may name what it speaks of.

    Returns:
        Best first; ties by document id and start.
    """
    candidates = [
        (find_document(hit.passage.document_id), hit.passage, span)
        for hit in hits
        for span in hit.passage.sentences
    ][: SENTENCES_A_HIT * len(hits)]
    texts = [
        "\n".join([*passage.heading_path, span.of(document.text)]) for document, passage, span in candidates
    ]
    readings = [Reading(*each, value) for each, value in zip(candidates, score(question, texts), strict=True)]
    return sorted(readings, key=lambda reading: (-reading.score, reading.document.id, reading.span))
