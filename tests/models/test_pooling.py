"""Sentence vectors are means of token states."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.datatypes import Span
from normqa.models.pooling import pool_sentences, unit

STATES = np.array([[9, 9], [3, 0], [1, 0], [0, 4], [0, 0], [9, -9]], dtype=np.float32)
OFFSETS = np.array([[0, 0], [0, 3], [3, 5], [6, 9], [9, 10], [0, 0]], dtype=np.int64)
"""A special token, "sta", "tes", "ask", "?", and another special token."""


def pooled(*sentences: Span) -> list[list[float]]:
    vectors = pool_sentences(STATES, OFFSETS, sentences)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(sentences), 2)
    return [[float(number) for number in vector] for vector in vectors]


def test_sentence_is_unit_mean_of_its_tokens() -> None:
    """The mean of (3, 0), (1, 0) and (0, 4) is (4/3, 4/3), and of (0, 4) and (0, 0) it is (0, 2)."""
    assert pooled(Span(0, 5), Span(6, 10), Span(0, 9)) == [
        [1, 0],
        [0, 1],
        [pytest.approx(2**-0.5), pytest.approx(2**-0.5)],
    ]


def test_token_across_a_boundary_belongs_to_both_sentences() -> None:
    """The mean of (1, 0) and (0, 4) is (1/2, 2)."""
    length = (0.5**2 + 2**2) ** 0.5
    assert pooled(Span(0, 4), Span(4, 9)) == [
        [1, 0],
        [pytest.approx(0.5 / length), pytest.approx(2 / length)],
    ]


def test_adjacent_tokens_do_not_belong_to_a_sentence() -> None:
    assert pooled(Span(3, 6)) == [[1, 0]]
    assert pooled(Span(5, 9)) == [[0, 1]]


def test_special_tokens_belong_to_no_sentence() -> None:
    assert pooled(Span(0, 1)) == [[1, 0]]


def test_sentence_without_tokens_gets_the_mean_of_all() -> None:
    """The sums are 9 + 3 + 1 + 9 and 9 + 4 - 9."""
    length = (22**2 + 4**2) ** 0.5
    assert pooled(Span(20, 30)) == [[pytest.approx(22 / length), pytest.approx(4 / length)]]


def test_no_sentences_give_no_rows() -> None:
    assert pooled() == []


def test_zero_vector_stays_zero() -> None:
    assert pooled(Span(9, 10)) == [[0, 0]]
    assert unit(np.zeros((2, 3), dtype=np.float32)).tolist() == [[0, 0, 0]] * 2


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12), st.data())
def test_means_of_a_partition_add_up_to_the_sum(lengths: list[int], data: st.DataObject) -> None:
    """Every sentence vector is the scaled sum of its token states."""
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
