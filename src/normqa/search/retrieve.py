"""Dense and lexical retrieval over one generation, fused."""

from heapq import nlargest

from normqa.datatypes import Hit
from normqa.embed.encoder import Vectors
from normqa.index.generation import Generation
from normqa.search.filters import Selection
from normqa.search.fuse import convex_combination

DEPTH = 100
"""How many passages each retriever contributes."""


def retrieve(
    generation: Generation, question: str, vector: Vectors, top_k: int, within: Selection | None = None
) -> list[Hit]:
    """Finds the passages that are likely to answer.

    A passage is as near to the question as the mean of its own vector and of its nearest sentence's.

    Args:
        generation: Where to search.
        question: In words, for the lexical index.
        vector: The question's unit vector, shape (1, dimension), for the dense index.
        top_k: How many at most.
        within: What is searched; None for everything.

    Returns:
        Hits, best first; ties by document id and start.
    """
    depth = max(DEPTH, top_k)
    documents, numbers = (within.documents, within.passages) if within else (None, None)
    lexical = generation.lexical.search(question, depth, documents)
    dense = generation.dense.search(vector, depth, numbers)
    # What only the lexical index found has a dense score too, and it is exact.
    dense |= generation.dense.scores(vector, sorted(lexical.keys() - dense.keys()))
    best = generation.sentences.best(vector, sorted(dense))
    dense = {number: (score + best.get(number, score)) / 2 for number, score in dense.items()}
    scores = {number: round(score, 4) for number, score in convex_combination(dense, lexical).items()}
    # Ties with the last place go by document and start, so they are read too; the rest is not.
    least = min(nlargest(top_k, scores.values()), default=0.0)
    hits = [Hit(n, generation.store.passage(n), score) for n, score in scores.items() if score >= least]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.document_id, hit.passage.span))[:top_k]
