"""Answer the parts of a question in turn, and show every quote once."""

from collections.abc import Callable, Sequence

from normqa.answer.searches import SearchResult
from normqa.answer.sentences import Candidate
from normqa.datatypes import Document, Quote, Span

QUOTES_OF_PART = 2
"""Maximum quotes of a part that is not a list."""


def prefer_shared(candidates: Sequence[Candidate], best_of_whole: Candidate) -> Sequence[Candidate]:
    """Move the best candidate of the whole question to the front of a part, if it is second there.

    Args:
        candidates: The candidates of the part, best first, at least one.
        best_of_whole: The best candidate of the whole question, which may answer several parts at once.
    """
    first, *others = candidates
    if others and _place(others[0]) == _place(best_of_whole):
        return [others[0], first, *others[1:]]
    return candidates


def fill_gaps(
    results: Sequence[SearchResult], answered: Sequence[SearchResult], whole: SearchResult
) -> list[SearchResult]:
    """Let the whole question answer the parts without an answer, unless its answer is given already.

    Args:
        results: The results of all parts.
        answered: Those that answer.
        whole: The result of the whole question, which answers.
    """
    best = whole.candidates[0]
    if any(_place(candidate) == _place(best) for result in answered for candidate in result.candidates[:1]):
        return list(results)
    return [result if result in answered else whole for result in results]


def _place(candidate: Candidate) -> tuple[str, Span]:
    return candidate.document.id, candidate.span


def join_quotes(
    parts: Sequence[Sequence[Quote]], find_document: Callable[[str], Document]
) -> tuple[tuple[Quote, ...], tuple[tuple[int, ...], ...]]:
    """Return the distinct quotes of all parts in order, and for every part the positions of its quotes.

    A quote that already stands inside an earlier one is not repeated, and no two quotes overlap.

    Args:
        parts: The quotes of every part.
        find_document: Returns a document by its id.
    """
    quotes: list[Quote] = []
    positions = []
    for part in parts:
        own = []
        for quote in part:
            earlier = [
                place
                for place, other in enumerate(quotes)
                if other.citation.document_id == quote.citation.document_id
                and other.span.overlaps(quote.span)
            ]
            if not earlier:
                own.append(len(quotes))
                quotes.append(quote)
                continue
            place = next((place for place in earlier if quote.answer in quotes[place].span), None)
            if place is None:  # only the context is repeated
                place = len(quotes)
                quotes.append(find_document(quote.citation.document_id).quote(quote.answer))
            own.append(place)
        positions.append(tuple(dict.fromkeys(own)))
    return tuple(quotes), tuple(positions)
