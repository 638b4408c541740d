"""Dense and lexical retrieval over one generation, fused."""

from normqa.datatypes import Hit
from normqa.embed.encoder import Vectors
from normqa.index.generation import Generation
from normqa.search.fuse import reciprocal_rank_fusion

DEPTH = 50
"""How many passages each retriever contributes."""


def retrieve(generation: Generation, question: str, vector: Vectors, top_k: int) -> list[Hit]:
    """Finds the passages that are likely to answer.

    Args:
        generation: Where to search.
        question: In words, for the lexical index.
        vector: The question's unit vector, shape (1, dimension), for the dense index.
        top_k: How many at most.

    Returns:
        Hits, best first; ties by document id and start.
    """
    depth = max(DEPTH, top_k)
    fused = reciprocal_rank_fusion(
        [generation.dense.search(vector, depth), generation.lexical.search(question, depth)]
    )
    hits = [Hit(generation.store.passage(number), round(score, 4)) for number, score in fused.items()]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.document_id, hit.passage.span))[:top_k]
