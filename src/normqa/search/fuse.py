"""Fuse dense and lexical scores by convex combination.

Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval" (doi:10.1145/3596512):
scale the scores of each retriever from the theoretical minimum, here 0 for both, to the observed maximum.
Unlike rank fusion, this keeps the distances between scores.
"""

from collections.abc import Mapping

DENSE_WEIGHT = 0.5
"""Weight of the dense scores. Both retrievers count equally for every collection."""


def convex_combination(
    dense: Mapping[int, float], lexical: Mapping[int, float], dense_weight: float = DENSE_WEIGHT
) -> dict[int, float]:
    """Merge the scores of two retrievers.

    Args:
        dense: Scores by passage number; negative scores count as 0.
        lexical: Scores by passage number, at least 0.
        dense_weight: Weight of the dense scores, from 0 to 1.

    Returns:
        Scores from 0 to 1 by passage number. A passage that one retriever did not find gets 0 from it.
    """
    dense_top, lexical_top = (max(scores.values(), default=0.0) for scores in (dense, lexical))
    dense_factor = dense_weight / dense_top if dense_top > 0 else 0.0
    lexical_factor = (1 - dense_weight) / lexical_top if lexical_top > 0 else 0.0
    return {
        number: dense_factor * max(0.0, dense.get(number, 0.0)) + lexical_factor * lexical.get(number, 0.0)
        for number in dense.keys() | lexical.keys()
    }
