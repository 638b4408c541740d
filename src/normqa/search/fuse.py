"""Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009, doi:10.1145/1571941.1572114)."""

from collections import defaultdict
from collections.abc import Sequence

RANK_CONSTANT = 60
"""The paper's k: how little the very first ranks outweigh those after them."""


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], constant: int = RANK_CONSTANT
) -> dict[int, float]:
    """Merges rankings.

    Args:
        rankings: Each holds numbers, best first, none twice.
        constant: The paper's k.

    Returns:
        For each number the sum over the rankings that hold it of ``1 / (constant + rank)``, rank from 1.
    """
    scores: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            scores[number] += 1 / (constant + rank)
    return dict(scores)
