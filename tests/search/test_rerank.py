"""How well single sentences answer, as written arithmetic."""

from collections.abc import Mapping, Sequence
from math import log
from pathlib import Path

import numpy as np
import pytest

from normqa.embed.encoder import Advance, Vectors
from normqa.embed.hashing import HashingEncoder
from normqa.index.lexical import LexicalEntry, LexicalIndex
from normqa.search.rerank import SimilarityReranker


class Given(HashingEncoder):
    """Gives the vectors it was told to."""

    def __init__(self, vectors: Mapping[str, Sequence[float]]) -> None:
        super().__init__()
        self._vectors = vectors

    def encode_passages(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Vectors:  # noqa: ARG002
        return np.array([self._vectors[text] for text in texts], dtype=np.float32)


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    """Three passages: all speak of norms, one of hotlines."""
    texts = ["norms and hotlines", "norms", "norms"]
    LexicalIndex.build(tmp_path, [LexicalEntry("", "", text) for text in texts])
    return LexicalIndex.open(tmp_path)


NORM = log(1 + (3 - 3 + 0.5) / (3 + 0.5))
"""Rarity of what all three passages have."""

HOTLINE = log(1 + (3 - 1 + 0.5) / (1 + 0.5))
"""Rarity of what one has."""


def test_the_score_is_the_mean_of_cosine_and_of_the_share_of_rare_words(lexical: LexicalIndex) -> None:
    encoder = Given({"norms, hotlines?": [1, 0], "A hotline.": [0.6, 0.8], "Some norm.": [0.8, 0.6]})
    scores = SimilarityReranker(encoder, lexical).scores("norms, hotlines?", ["A hotline.", "Some norm."])
    assert scores == [
        round((0.6 + HOTLINE / (HOTLINE + NORM)) / 2, 4),
        round((0.8 + NORM / (HOTLINE + NORM)) / 2, 4),
    ]


def test_a_text_that_says_what_was_asked_has_one_and_a_text_apart_has_nothing(lexical: LexicalIndex) -> None:
    scores = SimilarityReranker(HashingEncoder(), lexical).scores("hotlines", ["Hotlines", "treaties"])
    assert scores == [1.0, 0.0]


def test_an_opposite_meaning_is_worth_no_less_than_none(lexical: LexicalIndex) -> None:
    encoder = Given({"hotlines": [1, 0], "opposite": [-1, 0], "opposite hotline": [-1, 0]})
    scores = SimilarityReranker(encoder, lexical).scores("hotlines", ["opposite", "opposite hotline"])
    assert scores == [0.0, 0.5]


def test_a_question_of_stop_words_is_scored_by_meaning_alone(lexical: LexicalIndex) -> None:
    encoder = Given({"what is it": [1, 0], "It is.": [0.6, 0.8]})
    assert SimilarityReranker(encoder, lexical).scores("what is it", ["It is."]) == [0.3]


def test_how_often_a_word_is_said_does_not_matter(lexical: LexicalIndex) -> None:
    encoder = Given({"norm norm hotline": [1, 0], "Norms, norms, norms.": [0, 1]})
    [score] = SimilarityReranker(encoder, lexical).scores("norm norm hotline", ["Norms, norms, norms."])
    assert score == round(NORM / (NORM + HOTLINE) / 2, 4)


def test_no_texts_are_not_even_encoded(lexical: LexicalIndex) -> None:
    encoder = HashingEncoder()
    assert SimilarityReranker(encoder, lexical).scores("norms", []) == []
    assert encoder.encoded == 0


def test_scores_come_in_the_order_of_the_texts(lexical: LexicalIndex) -> None:
    texts = ["norms", "hotlines", "neither", "norms hotlines"]
    together = SimilarityReranker(HashingEncoder(), lexical).scores("norms hotlines", texts)
    alone = [SimilarityReranker(HashingEncoder(), lexical).scores("norms hotlines", [t])[0] for t in texts]
    assert together == alone
