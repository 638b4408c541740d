"""Dense and lexical retrieval over one generation, fused."""

from collections.abc import Iterator, Mapping
from itertools import groupby, islice

from normqa.datatypes import Hit
from normqa.index.generation import Generation
from normqa.models.protocols import Vectors
from normqa.search.filters import Selection
from normqa.search.fuse import convex_combination

DEPTH = 100
"""How many passages each retriever contributes."""


def retrieve(
    generation: Generation, question: str, vector: Vectors, top_k: int, within: Selection | None = None
) -> Iterator[Hit]:
    """Finds the passages that are likely to answer.

    A passage is as near to the question as the mean of its own vector and of its nearest sentence's.

    Args:
        generation: Where to search.
        question: In words, for the lexical index.
        vector: The question's unit vector, shape (1, dimension), for the dense index.
        top_k: How many at most.
        within: What is searched; None for everything.

    Yields:
        Hits, best first; ties by document id and start. Passages are read as they are asked for.
    """
    depth = max(DEPTH, top_k)
    documents, numbers = (within.documents, within.passages) if within else (None, None)
    lexical = generation.lexical.search(question, depth, documents)
    dense = generation.dense.search(vector, depth, numbers)
    # What only the lexical index found has a dense score too, and it is exact.
    dense |= generation.dense.scores(vector, sorted(lexical.keys() - dense.keys()))
    best = generation.sentences.best(vector, sorted(dense))
    generation.release_mapped_pages()
    dense = {number: (score + best.get(number, score)) / 2 for number, score in dense.items()}
    scores = {number: round(score, 4) for number, score in convex_combination(dense, lexical).items()}
    hits = _in_order(scores, generation)
    yield from islice(hits, top_k)


def _in_order(scores: Mapping[int, float], generation: Generation) -> Iterator[Hit]:
    """Hits, best first; of those that are equally good, the passages decide."""
    best_first = sorted(scores, key=lambda number: (-scores[number], number))
    for score, numbers in groupby(best_first, key=lambda number: scores[number]):
        hits = [Hit(number, generation.store.passage(number), score) for number in numbers]
        yield from sorted(hits, key=lambda hit: (hit.passage.document_id, hit.passage.span))
