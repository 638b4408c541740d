"""Dense and lexical retrieval together, over a small generation of known vectors and words."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from normqa.datatypes import Document, Metadata, Passage, Section, Span
from normqa.index.dense import DenseIndex
from normqa.index.generation import Generation
from normqa.index.lexical import LexicalEntry, LexicalIndex
from normqa.index.manifest import FORMAT, Manifest, Recipe
from normqa.index.store import Store
from normqa.search.retrieve import retrieve

QUESTION_VECTOR = np.array([[1, 0]], dtype=np.float32)


def a_document(document_id: str, text: str) -> Document:
    return Document(
        id=document_id,
        title=document_id,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        metadata=Metadata(),
        blocks=(),
        lists=(),
        sections=(Section((), Span(0, len(text))),),
    )


def a_generation(folder: Path, passages: Sequence[tuple[str, Span, str, float]]) -> Generation:
    """A generation of passages, each with its document, span, words, and cosine with the question."""
    documents = [a_document(name, "x" * 1000) for name in sorted({name for name, _, _, _ in passages})]
    stored = [Passage(name, span, (), None, (span,)) for name, span, _, _ in passages]
    vectors = np.array([[cosine, (1 - cosine**2) ** 0.5] for *_, cosine in passages], dtype=np.float32)
    Store.build(folder, documents, stored)
    DenseIndex.build(folder, vectors)
    LexicalIndex.build(folder, [LexicalEntry("", "", words) for _, _, words, _ in passages])
    manifest = Manifest(
        format=FORMAT,
        generation="20260101T000000.000000Z",
        built_at="2026-01-01T00:00:00+00:00",
        encoder_name="given",
        recipe=Recipe(encoder="", splitter="", loader="", files={}),
        documents={},
        passages=len(passages),
        dimension=2,
        problems=[],
        parts={},
    )
    return Generation(manifest, Store.open(folder), DenseIndex.open(folder), LexicalIndex.open(folder))


def found(generation: Generation, question: str, top_k: int = 10) -> list[tuple[str, int, float]]:
    hits = retrieve(generation, question, QUESTION_VECTOR, top_k)
    return [(hit.passage.document_id, hit.passage.span.start, hit.score) for hit in hits]


def test_hits_are_fused_from_both_retrievers_best_first(tmp_path: Path) -> None:
    """The two that hold the word differ by their BM25 scores; the third has its dense score alone."""
    generation = a_generation(
        tmp_path,
        [
            ("a", Span(0, 9), "hotlines", 0.8),
            ("b", Span(0, 9), "hotlines for states in crises", 0.6),
            ("c", Span(0, 9), "norms", 1.0),
        ],
    )
    bm25 = generation.lexical.search("hotlines", 10)
    assert found(generation, "hotlines") == [
        ("a", 0, round(0.5 * 0.8 / 1.0 + 0.5, 4)),
        ("b", 0, pytest.approx(0.5 * 0.6 / 1.0 + 0.5 * bm25[1] / bm25[0], abs=1e-4)),
        ("c", 0, 0.5),
    ]


def test_a_passage_that_only_words_find_still_counts_with_its_meaning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("normqa.search.retrieve.DEPTH", 1)
    generation = a_generation(tmp_path, [("a", Span(0, 9), "norms", 1.0), ("b", Span(0, 9), "hotlines", 0.4)])
    assert found(generation, "hotlines", top_k=1) == [("b", 0, round(0.5 * 0.4 / 1.0 + 0.5, 4))]


def test_a_question_without_content_words_goes_by_meaning_alone(tmp_path: Path) -> None:
    generation = a_generation(
        tmp_path, [("a", Span(0, 9), "what is it", 0.1), ("b", Span(0, 9), "norms", 0.9)]
    )
    assert found(generation, "what is it?") == [
        ("b", 0, 0.5),
        ("a", 0, round(0.5 * 0.1 / 0.9, 4)),
    ]


def test_equal_scores_go_by_document_and_then_by_place(tmp_path: Path) -> None:
    passages = [
        ("z", Span(0, 9), "hotlines", 0.5),
        ("a", Span(50, 60), "hotlines", 0.5),
        ("a", Span(0, 9), "hotlines", 0.5),
    ]
    generation = a_generation(tmp_path, passages)
    assert found(generation, "hotlines") == [("a", 0, 1.0), ("a", 50, 1.0), ("z", 0, 1.0)]


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_no_more_than_top_k_are_found(top_k: int, tmp_path: Path) -> None:
    generation = a_generation(
        tmp_path, [(name, Span(0, 9), "norms", 1 - number / 10) for number, name in enumerate("abc")]
    )
    assert [name for name, _, _ in found(generation, "norms", top_k)] == list("abc")[:top_k]


def test_more_than_the_usual_depth_is_found_where_it_is_asked_for(tmp_path: Path) -> None:
    generation = a_generation(tmp_path, [("a", Span(n, n + 1), "norms", 1 - n / 200) for n in range(130)])
    assert len(found(generation, "norms", 60)) == 60
    assert len(found(generation, "norms", 120)) == 120
