"""Convex combination of scores, checked by written arithmetic."""

import pytest

from normqa.search.fuse import convex_combination


def test_scores_are_scaled_by_the_highest_and_averaged() -> None:
    fused = convex_combination({7: 0.8, 8: 0.4}, {7: 3.0, 9: 12.0})
    assert fused == {
        7: pytest.approx(0.5 * 0.8 / 0.8 + 0.5 * 3 / 12),
        8: pytest.approx(0.5 * 0.4 / 0.8),
        9: pytest.approx(0.5 * 12 / 12),
    }


def test_dense_weight_can_be_changed() -> None:
    fused = convex_combination({1: 0.5, 2: 0.25}, {2: 4.0}, dense_weight=0.8)
    assert fused == {1: pytest.approx(0.8), 2: pytest.approx(0.8 * 0.25 / 0.5 + 0.2)}


def test_negative_dense_scores_count_as_zero() -> None:
    assert convex_combination({1: -0.3, 2: 0.6}, {}) == {1: 0, 2: 0.5}


def test_retriever_without_hits_leaves_the_other_unchanged() -> None:
    assert convex_combination({}, {5: 2.0, 6: 1.0}) == {5: 0.5, 6: 0.25}
    assert convex_combination({5: -0.1}, {6: 1.0}) == {5: 0, 6: 0.5}


def test_no_scores_give_no_result() -> None:
    assert convex_combination({}, {}) == {}
