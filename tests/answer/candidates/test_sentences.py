"""Ranking of the sentences of hits."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from normqa.answer.candidates.candidate import RETRIEVAL_WEIGHT, Candidate, Signals
from normqa.answer.candidates.sentences import SENTENCES_RERANKED, rank_sentences
from normqa.datatypes import Document, Hit
from normqa.index.generation import Generation
from normqa.index.lexical import LexicalEntry, LexicalIndex
from normqa.index.passages import PassageStore
from normqa.index.vectors.dense import DenseIndex
from normqa.index.vectors.sentences import SentenceVectors
from normqa.models.protocols import PairScore
from tests.answer.documents import a_document, passages
from tests.conftest import open_parts

QUESTION_VECTOR = np.array([[1, 0]], dtype=np.float32)
MakeSearched = Callable[..., "Searched"]


@dataclass
class Scores:
    """A reranker that scores texts by a function and records its calls."""

    of: Callable[[str], float]
    asked: list[tuple[str, list[str]]] = field(default_factory=list)
    name = fingerprint = "scores"

    def scores(self, question: str, texts: Sequence[str], *_: object) -> list[PairScore]:
        self.asked.append((question, list(texts)))
        return [PairScore(self.of(text)) for text in texts]


@dataclass
class Searched:
    """A generation of some documents, and hits for all their passages."""

    generation: Generation
    hits: list[Hit]

    def read(self, question: str = "", reranker: Scores | None = None, top_k: int = 1) -> list[Candidate]:
        return rank_sentences(question, QUESTION_VECTOR, self.hits, self.generation, reranker, top_k)


@pytest.fixture
def searched(tmp_path: Path) -> MakeSearched:
    """Index documents and return hits with equal scores.

    The cosine of a sentence's vector and the question's is given by the sentence's first word, else 0.5; it
    should be a number that half precision holds exactly.
    """

    def make(*documents: Document, cosines: Mapping[str, float] | None = None) -> Searched:
        split = [passages(document) for document in documents]
        flat = [
            (document, passage) for document, own in zip(documents, split, strict=True) for passage in own
        ]
        cosine = [
            (cosines or {}).get(span.of(document.text).split()[0], 0.5)
            for document, passage in flat
            for span in passage.sentences
        ]
        vectors = np.array([[value, math.sqrt(1 - value**2)] for value in cosine], dtype=np.float32)
        PassageStore.build(tmp_path, documents, split)
        DenseIndex.build(tmp_path, np.eye(len(flat), 2, dtype=np.float32))
        SentenceVectors.build(tmp_path, vectors, [len(passage.sentences) for _, passage in flat])
        LexicalIndex.build(
            tmp_path,
            [LexicalEntry(document.id, "", "", passage.span.of(document.text)) for document, passage in flat],
        )
        generation = open_parts(tmp_path, len(documents), len(flat))
        return Searched(generation, [Hit(number, passage, 1.0) for number, (_, passage) in enumerate(flat)])

    return make


def said(found: Sequence[Candidate]) -> list[str]:
    return [candidate.span.of(candidate.document.text) for candidate in found]


def test_sentences_items_and_rows_are_candidates(searched: MakeSearched) -> None:
    """Column names are no candidate: without a row they answer nothing."""
    document = a_document(
        "# Norms\n\nStates agree. Others differ.\n\n## Channels\n\n- Hotlines.\n- Meetings.\n\n"
        "| A | B |\n|---|---|\n| 1 | 2 |\n"
    )
    assert said(searched(document).read()) == [
        "States agree.",
        "Others differ.",
        "Channels",
        "Hotlines.",
        "Meetings.",
        "1\t2",
    ]


def test_signals_are_passage_score_cosine_and_idf_coverage(
    searched: MakeSearched,
) -> None:
    """One of three passages has hotlines and two have states; rare words weigh more."""
    documents = [
        a_document("Hotlines help. States agree.", "a"),
        a_document("States differ.", "b"),
        a_document("Treaties bind.", "c"),
    ]
    found = searched(*documents, cosines={"Hotlines": 0.75, "States": 0.625, "Treaties": 0.0})
    hotline, state = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5)), math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    candidates = found.read("Which states have hotlines?")
    assert {
        text: candidate.signals for text, candidate in zip(said(candidates), candidates, strict=True)
    } == {
        "Hotlines help.": Signals(1.0, 0.75, round(hotline / (hotline + state), 4)),
        "States agree.": Signals(1.0, 0.625, round(state / (hotline + state), 4)),
        "States differ.": Signals(1.0, 0.625, round(state / (hotline + state), 4)),
        "Treaties bind.": Signals(1.0, 0.0, 0.0),
    }


def test_question_without_content_words_has_no_coverage(searched: MakeSearched) -> None:
    candidates = searched(a_document("It is what it is.")).read("What is it?")
    assert [candidate.signals.coverage for candidate in candidates] == [0.0]


def test_score_without_a_reranker_is_the_sum_of_signals() -> None:
    assert Signals(passage=0.9, similarity=0.31234, coverage=0.5).score == round(0.9 + 0.31234 + 0.5, 4)


def test_score_with_a_reranker_adds_weighted_signals() -> None:
    signals = Signals(passage=0.9, similarity=0.3, coverage=0.5, relevance=-4.25)
    assert signals.score == round(-4.25 + RETRIEVAL_WEIGHT * (0.9 + 0.3 + 0.5), 4)


def test_best_candidates_come_first(searched: MakeSearched) -> None:
    document = a_document("Hotlines help. States agree. Treaties bind.")
    found = searched(document, cosines={"Hotlines": 0.25, "States": 0.875, "Treaties": 0.5})
    assert said(found.read()) == ["States agree.", "Treaties bind.", "Hotlines help."]


def test_reranker_decides_the_order(searched: MakeSearched) -> None:
    document = a_document("Hotlines help. States agree. Treaties bind.")
    found = searched(document, cosines={"Hotlines": 0.25, "States": 0.875, "Treaties": 0.5})
    candidates = found.read("Which?", Scores(lambda text: 5.0 if "Hotlines" in text else -5.0))
    assert said(candidates) == ["Hotlines help.", "States agree.", "Treaties bind."]
    assert [candidate.signals for candidate in candidates] == [
        Signals(1.0, 0.25, 0.0, 5.0),
        Signals(1.0, 0.875, 0.0, -5.0),
        Signals(1.0, 0.5, 0.0, -5.0),
    ]


def test_reranker_reads_sentences_below_title_and_headings(searched: MakeSearched) -> None:
    document = a_document("# Norms\n\nStates agree.\n\n## Channels\n\n### Fast\n\nHotlines help.\n")
    reranker = Scores(lambda _: 0.0)
    searched(document).read("Which?", reranker)
    assert reranker.asked == [
        ("Which?", ["Norms\nStates agree.", "Norms\nChannels\nFast\nHotlines help."]),
    ]


def test_sentence_that_refers_back_gets_the_mean_of_both_readings(
    searched: MakeSearched,
) -> None:
    document = a_document("# Norms\n\nHotlines help. They are cheap.")
    scores = {
        "Norms\nHotlines help.": 1.0,
        "Norms\nThey are cheap.": -3.0,
        "Norms\nHotlines help. They are cheap.": 4.0,
    }
    candidates = searched(document).read("Which?", Scores(scores.__getitem__))
    assert {
        text: candidate.signals.relevance
        for text, candidate in zip(said(candidates), candidates, strict=True)
    } == {
        "Hotlines help.": 1.0,
        "They are cheap.": (-3.0 + 4.0) / 2,
    }


def test_context_covers_all_sentences_that_are_referred_to(searched: MakeSearched) -> None:
    document = a_document("States agree. They meet. However, it is slow.\n\nThis is new. Norms matter.")
    contexts = {
        candidate.span.of(document.text): candidate.context.of(document.text)
        for candidate in searched(document).read()
    }
    assert contexts == {
        "States agree.": "States agree.",
        "They meet.": "States agree. They meet.",
        "However, it is slow.": "States agree. They meet. However, it is slow.",
        "This is new.": "This is new.",
        "Norms matter.": "Norms matter.",
    }


def test_equal_scores_are_ordered_by_document_and_start(searched: MakeSearched) -> None:
    documents = [a_document(f"{name}a here. {name}b here.", name.lower()) for name in ("B", "A")]
    found = searched(*documents)
    for reranker in (None, Scores(lambda _: 0.0)):
        assert [(candidate.document.id, candidate.span.start) for candidate in found.read("", reranker)] == [
            ("a", 0),
            ("a", 9),
            ("b", 0),
            ("b", 9),
        ]


def test_repeated_sentences_are_ranked_once(
    searched: MakeSearched,
) -> None:
    """Of equal sentences, the first by document and start is kept."""
    documents = [
        a_document("Hotlines help. States agree.", "b"),
        a_document("Hotlines help. Hotlines help too.", "a"),
        a_document("# T\n\n## A\n\nHotlines help.\n\n## B\n\nHotlines help.", "c"),
    ]
    found = searched(*documents)
    candidates = found.read("", Scores(lambda _: 0.0))
    assert [
        (candidate.document.id, text) for candidate, text in zip(candidates, said(candidates), strict=True)
    ] == [
        ("a", "Hotlines help."),
        ("a", "Hotlines help too."),
        ("b", "States agree."),
    ]
    found.hits[0] = replace(found.hits[0], score=2.0)
    assert [(candidate.document.id, candidate.span.start) for candidate in found.read()] == [
        ("b", 0),
        ("b", 15),
        ("a", 15),
    ]


def test_larger_top_k_ranks_more_sentences(searched: MakeSearched) -> None:
    words = [f"X{chr(ord('a') + n)}" for n in range(15)]
    found = searched(a_document(" ".join(f"{word} stands here." for word in words)))
    assert [len(found.read(top_k=top_k)) for top_k in (1, 12, 14, 20)] == [12, 12, 14, 15]


def test_reranker_reads_only_the_most_promising_sentences(searched: MakeSearched) -> None:
    """Of fifteen sentences the later ones have higher signals, and the reranker prefers the earlier ones."""
    words = [f"X{chr(ord('a') + n)}" for n in range(15)]
    document = a_document(" ".join(f"{word} stands here." for word in words))
    found = searched(document, cosines={word: n / 16 for n, word in enumerate(words)})
    assert len(found.hits[0].passage.sentences) == 15
    likeliest = [f"{word} stands here." for word in words[: 15 - SENTENCES_RERANKED - 1 : -1]]
    assert said(found.read("Which?")) == likeliest
    reranker = Scores(lambda text: -1.0 * ord(text.rpartition("X")[2][0]))
    assert said(found.read("Which?", reranker)) == likeliest[::-1]
    [(_, asked)] = reranker.asked
    assert len(asked) == SENTENCES_RERANKED


def test_further_sentences_of_a_passage_are_penalised(
    searched: MakeSearched,
) -> None:
    """Thirteen equal sentences of one passage, and one of another passage.

    The twelfth has eleven before it: the other is read instead if it falls short by less than 11 * 0.1.
    """
    many = a_document(" ".join(f"X{chr(ord('a') + n)} stands here." for n in range(13)), "many")
    one = a_document("Y stands there.", "one")
    found = searched(many, one)
    for short, is_read in ((1.0, True), (1.2, False)):
        found.hits[1] = replace(found.hits[1], score=1.0 - short)
        candidates = found.read("", Scores(lambda _: 0.0))
        assert len(candidates) == SENTENCES_RERANKED
        assert ("one" in {candidate.document.id for candidate in candidates}) is is_read


def test_no_hits_give_no_candidates(searched: MakeSearched) -> None:
    found = searched(a_document("States agree."))
    found.hits.clear()
    assert found.read() == []
    assert found.read("Which?", Scores(lambda _: 0.0)) == []


def test_candidate_keeps_its_passage(searched: MakeSearched) -> None:
    document = a_document(
        "# Norms\n\nStates agree. They differ.\n\n## Channels\n\n- Hotlines.\n- Meetings.\n"
    )
    found = searched(document).read()
    assert len(found) == 5
    for candidate in found:
        assert candidate.span in candidate.passage.sentences
        assert candidate.span in candidate.context
        assert candidate.context in candidate.passage.span
