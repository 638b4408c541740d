"""Retrieve passages by dense and lexical search over one generation."""

from collections.abc import Iterator, Mapping
from itertools import groupby, islice

from normqa.datatypes import Hit
from normqa.index.backend import Backend
from normqa.models.protocols import Vectors
from normqa.search.filters import Selection
from normqa.search.fuse import convex_combination

DEPTH = 100
"""Passages that each retriever contributes."""

_MAX_COSINE = 1.01
"""Unit vectors in half precision have no larger cosine."""


def retrieve(
    generation: Backend, question: str, vector: Vectors, top_k: int, within: Selection | None = None
) -> Iterator[Hit]:
    """Find the passages that are likely to answer a question.

    The dense score of a passage is the mean of its own cosine and the cosine of its best sentence.

    Args:
        generation: The index to search.
        question: Text for the lexical index.
        vector: The question's unit vector, shape (1, dimension), for the dense index.
        top_k: Maximum number of hits.
        within: The documents to search; None searches everything.

    Yields:
        Hits, best first; ties by document id and start. Passages are read lazily.
    """
    depth = max(DEPTH, top_k)
    documents, numbers = (within.documents, within.passages) if within else (None, None)
    lexical = generation.lexical.search(question, depth, documents)
    dense = generation.dense.search(vector, depth, numbers)
    # Passages that only the lexical index found get exact dense scores.
    dense |= generation.dense.scores(vector, sorted(lexical.keys() - dense.keys()))
    best = generation.sentences.best(vector, sorted(dense))
    if not all(abs(cosine) <= _MAX_COSINE for cosine in (*dense.values(), *best.values())):
        raise ValueError("a cosine is out of range")  # also if it is not a number
    dense = {number: (score + best.get(number, score)) / 2 for number, score in dense.items()}
    scores = {number: round(score, 4) for number, score in convex_combination(dense, lexical).items()}
    hits = _in_order(scores, generation)
    yield from islice(hits, top_k)


def _in_order(scores: Mapping[int, float], generation: Backend) -> Iterator[Hit]:
    """Yield hits, best first; ties by document id and start."""
    best_first = sorted(scores, key=lambda number: (-scores[number], number))
    for score, numbers in groupby(best_first, key=lambda number: scores[number]):
        hits = [Hit(number, generation.store.passage(number), score) for number in numbers]
        yield from sorted(hits, key=lambda hit: (hit.passage.document_id, hit.passage.span))
