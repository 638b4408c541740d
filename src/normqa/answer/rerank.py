"""Ranks passages anew by what the reranker made of their sentences."""

from collections.abc import Sequence
from dataclasses import replace

from normqa.answer.sentences import Candidate
from normqa.datatypes import Hit, Passage

RELEVANCE_WEIGHT = 0.02
"""A logit of the reranker (-11 to 11) counts so much beside the score of a passage (0 to 1)."""


def rerank_hits(hits: Sequence[Hit], readings: Sequence[Candidate]) -> list[Hit]:
    """Adds the relevance of its best sentence to the score of every passage.

    Args:
        hits: Those that were read, best first.
        readings: What was read of them.

    Returns:
        The same passages, best first; where there is no reranker, as they came. A passage of which nothing
        was worth reading counts like the worst that was read.
    """
    relevance: dict[Passage, float] = {}
    for reading in readings:
        if reading.evidence.relevance is not None:
            known = relevance.get(reading.passage, reading.evidence.relevance)
            relevance[reading.passage] = max(known, reading.evidence.relevance)
    if not relevance:
        return list(hits)
    least = min(relevance.values())
    scored = [
        replace(hit, score=round(hit.score + RELEVANCE_WEIGHT * relevance.get(hit.passage, least), 4))
        for hit in hits
    ]
    return sorted(scored, key=lambda hit: (-hit.score, hit.passage.document_id, hit.passage.span))
