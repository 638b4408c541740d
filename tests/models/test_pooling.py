"""Vectors of sentences out of the states of a passage's tokens, as written arithmetic."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import Span
from normqa.models.pooling import pool_sentences, unit

STATES = np.array([[9, 9], [3, 0], [1, 0], [0, 4], [0, 0], [9, -9]], dtype=np.float32)
OFFSETS = np.array([[0, 0], [0, 3], [3, 5], [6, 9], [9, 10], [0, 0]], dtype=np.int64)
"""Of a special token, "sta" and "tes", "ask" and "?", and another special token."""


def pooled(*sentences: Span) -> list[list[float]]:
    vectors = pool_sentences(STATES, OFFSETS, sentences)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(sentences), 2)
    return [[float(number) for number in vector] for vector in vectors]


def test_a_sentence_is_the_mean_of_its_tokens_scaled_to_length_one() -> None:
    """The mean of (3, 0), (1, 0) and (0, 4) is (4/3, 4/3), and of (0, 4) and (0, 0) it is (0, 2)."""
    assert pooled(Span(0, 5), Span(6, 10), Span(0, 9)) == [
        [1, 0],
        [0, 1],
        [pytest.approx(2**-0.5), pytest.approx(2**-0.5)],
    ]


def test_a_token_that_lies_in_two_sentences_belongs_to_both() -> None:
    """The mean of (1, 0) and (0, 4) is (1/2, 2)."""
    length = (0.5**2 + 2**2) ** 0.5
    assert pooled(Span(0, 4), Span(4, 9)) == [
        [1, 0],
        [pytest.approx(0.5 / length), pytest.approx(2 / length)],
    ]


def test_tokens_that_only_touch_a_sentence_do_not_belong_to_it() -> None:
    assert pooled(Span(3, 6)) == [[1, 0]]
    assert pooled(Span(5, 9)) == [[0, 1]]


def test_special_tokens_belong_to_no_sentence_though_they_stand_at_its_start() -> None:
    assert pooled(Span(0, 1)) == [[1, 0]]


def test_a_sentence_without_tokens_gets_the_mean_of_all_special_ones_included() -> None:
    """The sums are 9 + 3 + 1 + 9 and 9 + 4 - 9."""
    length = (22**2 + 4**2) ** 0.5
    assert pooled(Span(20, 30)) == [[pytest.approx(22 / length), pytest.approx(4 / length)]]


def test_no_sentences_give_no_rows() -> None:
    assert pooled() == []


def test_a_vector_of_zeros_stays_one_and_is_no_nan() -> None:
    assert pooled(Span(9, 10)) == [[0, 0]]
    assert unit(np.zeros((2, 3), dtype=np.float32)).tolist() == [[0, 0, 0]] * 2


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12), st.data())
def test_sentences_that_share_out_the_tokens_add_up_to_the_whole(
    lengths: list[int], data: st.DataObject
) -> None:
    """Each mean, times how many tokens it is of, adds up to the sum of all states."""
    ends = np.cumsum(lengths)
    offsets = np.stack([ends - lengths, ends], axis=1)
    states = np.random.default_rng(len(lengths)).normal(size=(len(lengths), 4)).astype(np.float32)
    cuts = sorted(data.draw(st.sets(st.sampled_from(range(1, len(lengths)))))) if len(lengths) > 1 else []
    bounds = [0, *cuts, len(lengths)]
    parts = list(pairwise(bounds))
    sentences = [Span(int(offsets[first][0]), int(offsets[last - 1][1])) for first, last in parts]
    vectors = pool_sentences(states, offsets, sentences)
    sums = np.stack([states[first:last].sum(0) for first, last in parts])
    expected = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    assert np.allclose(vectors, expected, atol=1e-4)
