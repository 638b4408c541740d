"""Quotes of several parts, put together."""

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.parts import fill_gaps, join_quotes, prefer_shared
from normqa.answer.searches import SearchResult
from normqa.datatypes import Quote
from tests.answer.documents import a_document, candidates, texts

BIRDS = a_document("Herons wade. They fish. Storks nest. Storks clap.", "birds")
WADE, FISH, NEST, CLAP = candidates(BIRDS, "Herons wade", "They fish", "Storks nest", "Storks clap")


def quote(first: Candidate, answer: Candidate) -> Quote:
    """Quote from one sentence to another, which answers."""
    span = first.span.__class__(first.span.start, answer.span.end)
    return BIRDS.quote(span, answer.span)


def test_quote_of_two_parts_is_shown_once() -> None:
    quotes, places = join_quotes(
        [[quote(WADE, WADE)], [quote(NEST, NEST), quote(WADE, WADE)], []], lambda _: BIRDS
    )
    assert texts(quotes) == ["Herons wade.", "Storks nest."]
    assert places == ((0,), (1, 0), ())


def test_repeated_context_is_cut_off() -> None:
    quotes, places = join_quotes([[quote(WADE, WADE)], [quote(WADE, FISH)]], lambda _: BIRDS)
    assert texts(quotes) == ["Herons wade.", "They fish."]
    assert places == ((0,), (1,))


def test_candidate_that_answers_the_whole_question_is_preferred_as_second() -> None:
    assert prefer_shared([WADE, FISH, NEST], FISH) == [FISH, WADE, NEST]
    assert prefer_shared([WADE, FISH, NEST], NEST) == [WADE, FISH, NEST]
    assert prefer_shared([WADE], WADE) == [WADE]


def result(*found: Candidate) -> SearchResult:
    return SearchResult("?", list(found), 0.5, 1)


def test_whole_question_answers_the_parts_without_an_answer() -> None:
    answered, missing, whole = result(WADE), result(FISH), result(NEST)
    assert fill_gaps([answered, missing], [answered], whole) == [answered, whole]
    assert fill_gaps([answered, missing], [answered], result(WADE)) == [answered, missing]
