"""Fused retrieval over a small generation with known vectors and words."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from normqa.datatypes import Document, Metadata, Passage, Section, Span
from normqa.index.generation import Generation
from normqa.index.lexical import LexicalEntry, LexicalIndex
from normqa.index.passages import PassageStore
from normqa.index.vectors.dense import DenseIndex
from normqa.index.vectors.sentences import SentenceVectors
from normqa.search.filters import Selection
from normqa.search.retrieve import retrieve
from tests.conftest import open_parts

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


def unit_vectors(cosines: Sequence[float]) -> NDArray[np.float32]:
    """Return a vector per cosine with the question; half precision must represent the cosine exactly."""
    return np.array([[cosine, (1 - cosine**2) ** 0.5] for cosine in cosines], dtype=np.float32)


def a_generation(
    folder: Path,
    passages: Sequence[tuple[str, Span, str, float]],
    sentences: Mapping[int, Sequence[float]] | None = None,
) -> Generation:
    """A generation of passages with known document, span, words and cosine.

    Passages of one document are adjacent and numbered in the given order. A passage has sentences with
    the cosines given for its number, else one sentence with its own cosine.
    """
    documents = [a_document(name, "x" * 1000) for name in dict.fromkeys(name for name, _, _, _ in passages)]
    stored = [
        [Passage(name, span, (), None, (span,)) for name, span, _, _ in passages if name == document.id]
        for document in documents
    ]
    own = [(sentences or {}).get(number, [cosine]) for number, (*_, cosine) in enumerate(passages)]
    PassageStore.build(folder, documents, stored)
    DenseIndex.build(folder, unit_vectors([cosine for *_, cosine in passages]))
    SentenceVectors.build(
        folder, unit_vectors([cosine for some in own for cosine in some]), [len(some) for some in own]
    )
    LexicalIndex.build(folder, [LexicalEntry(name, "", "", words) for name, _, words, _ in passages])
    return open_parts(folder, len(documents), len(passages))


def found(generation: Generation, question: str, top_k: int = 10) -> list[tuple[str, int, float]]:
    hits = list(retrieve(generation, question, QUESTION_VECTOR, top_k))
    return [(hit.passage.document_id, hit.passage.span.start, hit.score) for hit in hits]


def test_hits_from_both_retrievers_are_fused_best_first(tmp_path: Path) -> None:
    """The two with the word differ in their BM25 scores; the third has only a dense score."""
    generation = a_generation(
        tmp_path,
        [
            ("a", Span(0, 9), "hotlines", 0.75),
            ("b", Span(0, 9), "hotlines for states in crises", 0.5),
            ("c", Span(0, 9), "norms", 1.0),
        ],
    )
    bm25 = generation.lexical.search("hotlines", 10)
    assert found(generation, "hotlines") == [
        ("a", 0, round(0.5 * 0.75 / 1.0 + 0.5, 4)),
        ("b", 0, pytest.approx(0.5 * 0.5 / 1.0 + 0.5 * bm25[1] / bm25[0], abs=1e-4)),
        ("c", 0, 0.5),
    ]


def test_dense_score_is_the_mean_of_passage_and_best_sentence(tmp_path: Path) -> None:
    """A passage without sentences keeps its own cosine."""
    generation = a_generation(
        tmp_path,
        [("a", Span(0, 9), "norms", 0.5), ("b", Span(0, 9), "norms", 0.75), ("c", Span(0, 9), "norms", 0.25)],
        {0: [0.25, 1.0, 0.0], 1: [0.5, 0.125], 2: []},
    )
    nearness = {"a": (0.5 + 1.0) / 2, "b": (0.75 + 0.5) / 2, "c": 0.25}
    assert found(generation, "hotlines") == [
        (name, 0, round(0.5 * near / nearness["a"], 4)) for name, near in nearness.items()
    ]


def test_lexical_hit_gets_its_dense_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.search.retrieve.DEPTH", 1)
    generation = a_generation(
        tmp_path, [("a", Span(0, 9), "norms", 1.0), ("b", Span(0, 9), "hotlines", 0.375)]
    )
    assert found(generation, "hotlines", top_k=1) == [("b", 0, round(0.5 * 0.375 / 1.0 + 0.5, 4))]


def test_question_without_content_words_uses_dense_scores_only(tmp_path: Path) -> None:
    generation = a_generation(
        tmp_path, [("a", Span(0, 9), "what is it", 0.125), ("b", Span(0, 9), "norms", 0.875)]
    )
    assert found(generation, "what is it?") == [
        ("b", 0, 0.5),
        ("a", 0, round(0.5 * 0.125 / 0.875, 4)),
    ]


def test_equal_scores_are_ordered_by_document_and_start(tmp_path: Path) -> None:
    passages = [
        ("a", Span(0, 9), "hotlines", 0.5),
        ("a", Span(50, 60), "hotlines", 0.5),
        ("z", Span(0, 9), "hotlines", 0.5),
    ]
    generation = a_generation(tmp_path, passages)
    assert found(generation, "hotlines") == [("a", 0, 1.0), ("a", 50, 1.0), ("z", 0, 1.0)]


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_at_most_top_k_hits_are_returned(top_k: int, tmp_path: Path) -> None:
    generation = a_generation(
        tmp_path, [(name, Span(0, 9), "norms", 1 - number / 8) for number, name in enumerate("abc")]
    )
    assert [name for name, _, _ in found(generation, "norms", top_k)] == list("abc")[:top_k]


def test_top_k_beyond_the_usual_depth_is_honoured(tmp_path: Path) -> None:
    generation = a_generation(tmp_path, [("a", Span(n, n + 1), "norms", 1 - n / 256) for n in range(130)])
    assert len(found(generation, "norms", 60)) == 60
    assert len(found(generation, "norms", 120)) == 120


def test_hit_carries_its_passage_number(tmp_path: Path) -> None:
    generation = a_generation(
        tmp_path, [(name, Span(0, 9), "norms", n / 8) for n, name in enumerate("abc", 1)]
    )
    hits = list(retrieve(generation, "norms", QUESTION_VECTOR, 10))
    assert [hit.number for hit in hits] == [2, 1, 0]
    assert all(generation.store.passage(hit.number) == hit.passage for hit in hits)


def test_only_the_selection_is_searched_and_scaled(tmp_path: Path) -> None:
    generation = a_generation(
        tmp_path,
        [
            ("a", Span(0, 9), "hotlines", 1.0),
            ("b", Span(0, 9), "hotlines", 0.75),
            ("b", Span(10, 19), "norms", 0.375),
            ("c", Span(0, 9), "norms", 0.875),
        ],
    )
    within = Selection.of(["b"], generation.store)
    hits = list(retrieve(generation, "hotlines", QUESTION_VECTOR, 10, within))
    assert [(hit.number, hit.score) for hit in hits] == [(1, 1.0), (2, round(0.5 * 0.375 / 0.75, 4))]


def test_empty_selection_has_no_hits(tmp_path: Path) -> None:
    generation = a_generation(tmp_path, [("a", Span(0, 9), "hotlines", 1.0)])
    within = Selection.of([], generation.store)
    assert list(retrieve(generation, "hotlines", QUESTION_VECTOR, 10, within)) == []
