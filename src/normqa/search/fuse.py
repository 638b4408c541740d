"""Fusion of dense and lexical scores by convex combination.

Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval" (doi:10.1145/3596512): the
scores of each retriever are scaled between the least that is possible in theory, here 0 for both, and the
highest that was reached. That keeps how far apart scores are, which fusion of ranks throws away.
"""

from collections.abc import Mapping

DENSE_WEIGHT = 0.5
"""Share of the dense scores. Both retrievers count alike, for every collection."""


def convex_combination(
    dense: Mapping[int, float], lexical: Mapping[int, float], dense_weight: float = DENSE_WEIGHT
) -> dict[int, float]:
    """Merges the scores of two retrievers.

    Args:
        dense: Score of each passage, by number; below 0 counts as 0.
        lexical: Likewise.
        dense_weight: Share of the dense scores, from 0 to 1.

    Returns:
        For each passage that either found, a score from 0 to 1; not to be found by one adds nothing.
    """
    dense_top, lexical_top = (max(scores.values(), default=0.0) for scores in (dense, lexical))
    dense_factor = dense_weight / dense_top if dense_top > 0 else 0.0
    lexical_factor = (1 - dense_weight) / lexical_top if lexical_top > 0 else 0.0
    return {
        number: dense_factor * max(0.0, dense.get(number, 0.0)) + lexical_factor * lexical.get(number, 0.0)
        for number in dense.keys() | lexical.keys()
    }
