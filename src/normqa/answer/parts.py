"""Answer the parts of a question in turn, and show every quote once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.confidence import STRONG, confidence_level
from normqa.answer.judge import Judge
from normqa.answer.question import Question
from normqa.answer.quotes.compose import Composition, compose
from normqa.answer.resolve import Resolver
from normqa.answer.searches import SearchResult
from normqa.datatypes import AnswerPart, Document, Quote, Span
from normqa.search.question.classify import asks_for_list
from normqa.search.question.parts import question_parts

QUOTES_OF_PART = 2
"""Maximum quotes of a part that is not a list."""


def answer_parts(
    text: str,
    history: Sequence[str],
    question: Question,
    resolver: Resolver,
    judge: Judge,
    find_document: Callable[[str], Document],
) -> tuple[SearchResult, Composition] | None:
    """Answer the parts of a question in order; None if it has one part, or no part has an answer.

    Later parts are follow-up questions of the earlier ones.
    """
    parts = question_parts(text)
    if len(parts) == 1 or not resolver.can_afford(*parts):
        return None
    results = [resolver.follow(parts[0], history, len(parts) - 1)]
    for place, part in enumerate(parts[1:], 1):
        earlier = [*history, *parts[:place]]
        results.append(resolver.follow(part, earlier, len(parts) - place - 1, is_part=True))
    answered = [result for result in results if judge.answers(result, question.min_confidence)]
    if not answered:
        return None
    whole = resolver.search_if_affordable(text)
    if whole and judge.answers(whole, question.min_confidence):
        results = fill_gaps(results, answered, whole)
        answered = [result for result in results if result in answered or result is whole]
    quotes, places = join_quotes(
        [
            _quote_part(part, result, whole, question, judge) if result in answered else ()
            for part, result in zip(parts, results, strict=True)
        ],
        find_document,
    )
    shown = tuple(
        AnswerPart(part, result.searched_as, result.confidence, confidence_level(result.confidence), own)
        for part, result, own in zip(parts, results, places, strict=True)
    )
    least_sure = min(answered, key=lambda result: result.confidence or 0.0)
    searched_as = " ".join(result.searched_as for result in results)
    composition = Composition("passages", quotes, parts=shown)
    return replace(least_sure, searched_as=searched_as), composition


def _quote_part(
    part: str, result: SearchResult, whole: SearchResult | None, question: Question, judge: Judge
) -> Sequence[Quote]:
    """Quote one part: the best candidate, and another one if the answer is not strong."""
    candidates: Sequence[Candidate] = judge.quotable(result, question.min_confidence)
    top_k = 1
    if (result.confidence or 0.0) < STRONG:
        top_k = min(QUOTES_OF_PART, question.top_k)
        if whole and whole.candidates:
            candidates = prefer_shared(candidates, whole.candidates[0])
    return compose(candidates, top_k, asks_for_list=asks_for_list(part)).quotes


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
