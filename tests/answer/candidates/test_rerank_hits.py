"""Passages reranked by the relevance of their sentences."""

from dataclasses import replace

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.candidates.sentences import rerank_hits
from normqa.datatypes import Hit, Passage
from tests.answer.documents import a_candidate, a_document, passages

DOCUMENT = a_document("# A\n\nHerons wade. They fish.\n\n# B\n\nTerns dive.\n\n# C\n\nOtters dive too.\n")
A, B, C = (
    passage
    for opening in ("Herons", "Terns", "Otters")
    for passage in passages(DOCUMENT)
    if opening in passage.span.of(DOCUMENT.text)
)


def read(opening: str, relevance: float | None) -> Candidate:
    candidate = a_candidate(DOCUMENT, opening)
    return replace(candidate, signals=replace(candidate.signals, relevance=relevance))


def ranked(hits: list[Hit], *candidates: Candidate) -> list[tuple[Passage, float]]:
    return [(hit.passage, hit.score) for hit in rerank_hits(hits, candidates)]


def test_passage_score_adds_a_fiftieth_of_its_best_relevance() -> None:
    hits = [Hit(0, A, 0.9), Hit(1, B, 0.8)]
    assert ranked(hits, read("They", -10.0), read("Herons", -5.0), read("Terns", 5.0)) == [
        (B, round(0.8 + 5 / 50, 4)),
        (A, round(0.9 - 5 / 50, 4)),
    ]


def test_passage_without_candidates_gets_the_lowest_relevance() -> None:
    hits = [Hit(0, A, 0.9), Hit(1, B, 0.8), Hit(2, C, 0.7)]
    assert ranked(hits, read("Terns", 10.0), read("Otters", -10.0)) == [
        (B, round(0.8 + 10 / 50, 4)),
        (A, round(0.9 - 10 / 50, 4)),
        (C, round(0.7 - 10 / 50, 4)),
    ]


def test_hits_are_unchanged_without_a_reranker() -> None:
    hits = [Hit(0, A, 0.9), Hit(1, B, 0.8)]
    assert rerank_hits(hits, [read("Terns", None)]) == hits
    assert rerank_hits(hits, []) == hits
    assert rerank_hits([], []) == []


def test_equal_hits_are_ordered_by_document_and_start() -> None:
    hits = [Hit(1, B, 0.8), Hit(0, A, 0.7)]
    assert [hit.passage for hit in rerank_hits(hits, [read("Terns", 0.0), read("Herons", 5.0)])] == [A, B]
