"""Make candidates of the whole lists and tables that the best sentences are part of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.candidates.reading import read_listings
from normqa.answer.candidates.sentences import coverage_of, question_idfs, sort_candidates
from normqa.datatypes import ItemList, Span
from normqa.index.backend import Backend
from normqa.models.protocols import Reranker
from normqa.search.question.classify import asks_for_list

ASKED_MARGIN = 0.4
"""A list that is asked for answers if its score is at most this far below that of the best sentence."""

ITEM_MARGIN = 2.0
"""A list that is not asked for answers instead of its best item if its score is higher by this."""

LISTINGS_READ = 3
"""Lists and tables that the reranker reads for one question."""

BEST = 3
"""A list or table that is not asked for is read only if one of this many best sentences introduces it or is
one of its items."""

READ_CHARACTERS = 600
"""Characters of a list or table that the reranker reads, around its best item."""


def best_listing(candidates: Sequence[Candidate], *, asks_for_list: bool) -> Candidate | None:
    """Return the best list or table, if it answers at least as well as the best sentence.

    Args:
        candidates: Best first, with at least one sentence.
        asks_for_list: Whether the question asks for a list.
    """
    listing = next((candidate for candidate in candidates if candidate.listing), None)
    best = next(candidate for candidate in candidates if candidate.listing is None)
    if listing is None:
        return None
    margin = 0.0
    if asks_for_list:
        margin = -ASKED_MARGIN
    elif _is_item(best, listing):
        margin = ITEM_MARGIN
    return listing if listing.signals.score >= best.signals.score + margin else None


def with_listings(
    question: str, ranked: Sequence[Candidate], generation: Backend, reranker: Reranker | None
) -> list[Candidate]:
    """Add whole lists and tables to the ranked sentences. Without a reranker there are none.

    Args:
        question: The text to answer.
        ranked: Sentences, best first.
        generation: The index that they come from.
        reranker: Reads the lists and tables.
    """
    found: dict[tuple[str, ItemList], Candidate] = {}
    near = ranked if asks_for_list(question) else ranked[:BEST]
    for candidate in near if reranker else ():
        for listing in candidate.structure.listings_at(candidate.span):
            found.setdefault((candidate.document.id, listing), candidate)
    if reranker is None or not found:
        return list(ranked)
    idfs = question_idfs(question, generation)
    read = [_listing(listing, best, idfs) for (_, listing), best in list(found.items())[:LISTINGS_READ]]
    return sort_candidates([*ranked, *read_listings(question, read, ranked[0].signals.score, reranker)])


def _is_item(sentence: Candidate, whole: Candidate) -> bool:
    """Return whether a sentence is part of an item of a list, or of a row of a table."""
    items = whole.listing.items if whole.listing else ()
    return sentence.document.id == whole.document.id and any(sentence.span in item for item in items)


def _listing(listing: ItemList, best: Candidate, idfs: Mapping[str, float]) -> tuple[Candidate, str]:
    document = best.document
    window = _window(listing, best.span)
    text = "\n".join(span.of(document.text) for span in window)
    whole = Span(min(span.start for span in window), max(span.end for span in window))
    signals = replace(best.signals, coverage=round(coverage_of(text, idfs), 4), relevance=None, answer=None)
    return replace(best, span=whole, context=whole, signals=signals, outside=(), listing=listing), text


def _window(listing: ItemList, best: Span) -> list[Span]:
    """Return the lead-in and the items around the best one, as many as are read."""
    lead_in = [listing.lead_in] if listing.lead_in else []
    first = next((n for n, item in enumerate(listing.items) if best in item), 0)
    end, left = first + 1, READ_CHARACTERS - sum(map(len, lead_in)) - len(listing.items[first])
    while True:
        sizes = {}
        if end < len(listing.items):
            sizes[end] = len(listing.items[end])
        if first:
            sizes[first - 1] = len(listing.items[first - 1])
        number = min((n for n in sizes if sizes[n] <= left), key=lambda n: (n < first, n), default=None)
        if number is None:
            return [*lead_in, *listing.items[first:end]]
        left -= sizes[number]
        first, end = min(first, number), max(end, number + 1)
