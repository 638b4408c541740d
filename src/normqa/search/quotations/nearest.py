"""Find the place in the documents that resembles a text most, sentence by sentence."""

from collections import Counter
from collections.abc import Iterator

from normqa.datatypes import Passage, Span
from normqa.index.analyzer import tokenize
from normqa.index.backend import Backend
from normqa.models.protocols import Vectors
from normqa.search.filters import Filters, select
from normqa.search.retrieve import retrieve
from normqa.search.verify import Match

SEARCHED = 1000
"""Characters of a text that decide which passages are compared with it."""

_PASSAGES = 5
"""Passages that are compared."""


def nearest_place(text: str, vector: Vectors, generation: Backend) -> Match | None:
    """Return the sentences that share most content words with a text; None if there are no documents.

    Args:
        text: The text.
        vector: Its unit vector, shape (1, dimension), or that of its start.
        generation: The index to search.
    """
    shown = select(Filters(), generation.store)
    hits = list(retrieve(generation, text[:SEARCHED], vector, _PASSAGES, shown))
    wanted = Counter(tokenize(text))
    best: tuple[float, Match] | None = None
    for hit in hits:
        document = generation.store.document(hit.passage.document_id)
        sentences = list(_around(hit.passage, hit.number, len(text), generation))
        share, span = _best_run(
            wanted, [(span, Counter(tokenize(span.of(document.text)))) for span in sentences]
        )
        if best is None or share > best[0]:
            best = share, Match(document.id, span)
    return best[1] if best else None


def _around(passage: Passage, number: int, length: int, generation: Backend) -> Iterator[Span]:
    """Yield the sentences of a passage and of its neighbours, as far as the text could reach."""
    [own] = generation.store.passages_of([passage.document_id])
    reach = length // max(1, len(passage.span))
    for other in range(max(own.start, number - reach), min(own.stop, number + reach + 1)):
        yield from generation.store.passage(other).sentences


def _best_run(wanted: Counter[str], sentences: list[tuple[Span, Counter[str]]]) -> tuple[float, Span]:
    """Return the consecutive sentences with the most similar words, and how similar they are, from 0 to 1."""
    first = last = max(range(len(sentences)), key=lambda place: _similarity(wanted, sentences[place][1]))
    words = sentences[first][1]
    share = _similarity(wanted, words)
    while True:
        wider = [place for place in (first - 1, last + 1) if 0 <= place < len(sentences)]
        shares = {place: _similarity(wanted, words + sentences[place][1]) for place in wider}
        place = max(shares, key=lambda place: shares[place], default=None)
        if place is None or shares[place] <= share:
            return share, Span(sentences[first][0].start, sentences[last][0].end)
        share, words = shares[place], words + sentences[place][1]
        first, last = min(first, place), max(last, place)


def _similarity(one: Counter[str], other: Counter[str]) -> float:
    """Return the Dice coefficient of two texts, by their content words."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
