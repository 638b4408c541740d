"""The score that combines the two numbers of a reranker."""

from normqa.models.protocols import PairScore


def test_combined_score_is_the_mean_of_relevance_and_log_odds() -> None:
    assert PairScore(relevance=5.0, answer=-1.0).combined == 2.0


def test_combined_score_without_log_odds_is_the_relevance() -> None:
    assert PairScore(relevance=5.0).combined == 5.0
