"""Reciprocal rank fusion, as written arithmetic."""

import pytest

from normqa.search.fuse import reciprocal_rank_fusion


def test_each_ranking_adds_one_over_sixty_plus_rank() -> None:
    scores = reciprocal_rank_fusion([[7, 8, 9], [9, 7]])
    assert scores == {
        7: pytest.approx(1 / (60 + 1) + 1 / (60 + 2)),
        8: pytest.approx(1 / (60 + 2)),
        9: pytest.approx(1 / (60 + 3) + 1 / (60 + 1)),
    }


def test_the_constant_may_be_another() -> None:
    assert reciprocal_rank_fusion([[5], [6, 5]], constant=0) == {5: 1 / 1 + 1 / 2, 6: 1 / 1}


def test_second_in_both_beats_first_in_one() -> None:
    scores = reciprocal_rank_fusion([[1, 2], [3, 2]])
    assert scores[2] > scores[1] == scores[3]


def test_nothing_ranked_is_nothing_fused() -> None:
    assert reciprocal_rank_fusion([]) == {}
    assert reciprocal_rank_fusion([[], []]) == {}
