"""Compose the answer to a comparison: a sentence that names both sides, then each side by itself."""

from collections.abc import Sequence
from itertools import zip_longest

from normqa.answer.compose import Composition
from normqa.answer.lists import FoundList, introduced_list
from normqa.answer.quoting import quote_all, without_lead_ins
from normqa.answer.sentences import Candidate
from normqa.datatypes import Quote
from normqa.index.analyzer import tokenize


def find_lead(
    candidates: Sequence[Candidate], sides: tuple[str, str], best: tuple[Candidate, Candidate]
) -> Candidate | None:
    """Return the best candidate that names both sides.

    Args:
        candidates: Candidates for the comparison as a whole, best first.
        sides: The sides, as the question names them.
        best: The best candidate of each side. The title of its document also names the side.
    """
    names = _own_terms(*sides), _own_terms(best[0].document.title, best[1].document.title)
    first, second = (
        {term for own in names for term in own[side]} - {term for own in names for term in own[1 - side]}
        for side in (0, 1)
    )
    for candidate in candidates:
        terms = set(tokenize(candidate.text))
        if terms & first and terms & second:
            return candidate
    return None


def compose_comparison(
    sides: Sequence[Sequence[Candidate]], top_k: int, lead: Candidate | None = None
) -> Composition:
    """Quote what names both sides, then the candidates of all sides in turn, grouped by document.

    Args:
        sides: The candidates of every side, best first, at least one per side.
        top_k: Maximum number of quotes, shared equally among the sides. Without a lead, every side gets at
            least one.
        lead: A candidate that names both sides. If it introduces a list, the whole list is quoted.
    """
    in_turn = [
        candidate
        for turn in zip_longest(*map(without_lead_ins, sides))
        for candidate in turn
        if candidate is not None
    ]
    listed = _list_of(lead) if lead else None
    leads = [] if lead is None or listed else [lead]
    left = max(0, top_k - 1) // len(sides) if lead else max(1, top_k // len(sides))
    quotes = list(quote_all([*leads, *in_turn], len(leads) + left * len(sides)))
    if listed:
        whole = listed.around(lead).quotes() if lead else ()
        quotes = [*whole, *(quote for quote in quotes if not _is_quoted(quote, whole))]
    documents = list(dict.fromkeys(quote.citation.document_id for quote in quotes))
    quotes.sort(key=lambda quote: documents.index(quote.citation.document_id))
    return Composition("comparison", tuple(quotes))


def _list_of(lead: Candidate) -> FoundList | None:
    """Return the list or table that a candidate is or introduces."""
    return FoundList.of(lead) if lead.listing else introduced_list(lead)


def _is_quoted(quote: Quote, others: Sequence[Quote]) -> bool:
    return any(
        quote.citation.document_id == other.citation.document_id and quote.answer in other.span
        for other in others
    )


def _own_terms(first: str, second: str) -> tuple[set[str], set[str]]:
    """Return the content words that only one of two texts has."""
    terms = set(tokenize(first)), set(tokenize(second))
    return terms[0] - terms[1], terms[1] - terms[0]
