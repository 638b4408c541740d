"""Answer a comparison: a sentence that names both sides, then each side by itself."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.judge import Judge
from normqa.answer.question import Question
from normqa.answer.quotes.compose import Composition
from normqa.answer.quotes.lists import FoundList, introduced_list
from normqa.answer.quotes.quoting import quote_all, without_lead_ins
from normqa.answer.resolve import Resolver
from normqa.answer.searches import SearchResult
from normqa.datatypes import Quote
from normqa.index.analyzer import tokenize
from normqa.search.question.classify import comparison_sides
from normqa.search.question.comparison import side_questions


def answer_comparison(
    text: str, question: Question, resolver: Resolver, judge: Judge
) -> tuple[SearchResult, Composition] | None:
    """Answer a comparison as a whole and by its sides; None if it is none, or a side is missing."""
    sides = comparison_sides(text)
    if sides is None:
        return None
    ways = side_questions(sides)
    if not resolver.can_afford(text, *(plain for plain, *_ in ways)):
        return None
    whole = resolver.search_if_affordable(text)
    first, second = (resolver.search(plain, others) for plain, *others in ways)
    if not all(judge.answers(side, question.min_confidence) for side in (first, second)):
        return None
    quotable = [judge.quotable(side, question.min_confidence) for side in (first, second)]
    lead = None
    if whole and judge.answers(whole, question.min_confidence):
        candidates = judge.quotable(whole, question.min_confidence)
        lead = find_lead(candidates, sides, (quotable[0][0], quotable[1][0]))
    composition = compose_comparison(quotable, question.top_k, lead)
    searched = [whole, first, second] if whole and lead else [first, second]
    result = whole if whole and lead else min(first, second, key=lambda side: side.confidence or 0.0)
    return replace(result, searched_as=" ".join(part.searched_as for part in searched)), composition


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
        quotes = [*whole, *(quote for quote in quotes if not _overlaps(quote, whole))]
    documents = list(dict.fromkeys(quote.citation.document_id for quote in quotes))
    quotes.sort(key=lambda quote: documents.index(quote.citation.document_id))
    return Composition("comparison", tuple(quotes))


def _list_of(lead: Candidate) -> FoundList | None:
    """Return the list or table that a candidate is or introduces."""
    return FoundList.of(lead) if lead.listing else introduced_list(lead)


def _overlaps(quote: Quote, others: Sequence[Quote]) -> bool:
    return any(
        quote.citation.document_id == other.citation.document_id and quote.span.overlaps(other.span)
        for other in others
    )


def _own_terms(first: str, second: str) -> tuple[set[str], set[str]]:
    """Return the content words that only one of two texts has."""
    terms = set(tokenize(first)), set(tokenize(second))
    return terms[0] - terms[1], terms[1] - terms[0]
