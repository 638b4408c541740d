"""Quotes, or a refusal with near misses; and the last check of both."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from normqa.answer.compose import NEAR_MISSES, check, compose
from normqa.answer.confidence import PROVISIONAL_MIN_SCORE
from normqa.answer.read import Reading
from normqa.datatypes import Answer, Document, Quote, Span
from normqa.errors import Misquote
from tests.answer.reading import a_document, a_reading, texts

GENERATION = "20260101T000000.000000Z"
BUILT_AT = "2026-01-01T00:00:00+00:00"
LISTED = a_document("Strategies include:\n\n1. Treaties\n2. Dialogue\n3. Hotlines\n\nAll.", "listed")
SECTIONS = a_document("\n\n".join(f"# {name}\n\nParagraph {name}." for name in "ABCDE"), "sections")


def composed(readings: list[Reading], top_k: int = 3) -> Answer:
    return compose("Which?  ", "Which?", readings, top_k, GENERATION, BUILT_AT)


def in_sections(*scores: float) -> list[Reading]:
    return [a_reading(SECTIONS, f"Paragraph {'ABCDE'[n]}", score) for n, score in enumerate(scores)]


def find(document_id: str) -> Document:
    return {"listed": LISTED, "sections": SECTIONS}[document_id]


def test_an_answer_says_what_was_asked_and_what_answered() -> None:
    answer = composed(in_sections(0.9))
    assert (answer.question, answer.searched_as) == ("Which?  ", "Which?")
    assert (answer.generation, answer.built_at) == (GENERATION, BUILT_AT)
    assert answer.confidence is None


def test_what_scores_enough_is_quoted_and_the_rest_is_not() -> None:
    answer = composed(in_sections(0.9, PROVISIONAL_MIN_SCORE, PROVISIONAL_MIN_SCORE - 0.0001))
    assert (answer.status, answer.kind) == ("answered", "passages")
    assert texts(answer.quotes) == ["Paragraph A.", "Paragraph B."]
    assert answer.near_misses == ()


def test_no_more_than_top_k_are_quoted() -> None:
    answer = composed(in_sections(0.9, 0.8, 0.7, 0.6), top_k=2)
    assert texts(answer.quotes) == ["Paragraph A.", "Paragraph B."]


def test_a_refusal_shows_at_most_three_near_misses_best_first() -> None:
    answer = composed(in_sections(0.19, 0.18, 0.17, 0.16), top_k=9)
    assert NEAR_MISSES == 3
    assert (answer.status, answer.kind, answer.quotes) == ("not_found", "passages", ())
    assert texts(answer.near_misses) == ["Paragraph A.", "Paragraph B.", "Paragraph C."]


def test_what_scores_nothing_is_no_near_miss() -> None:
    assert texts(composed(in_sections(0.1, 0.0)).near_misses) == ["Paragraph A."]
    assert composed(in_sections(0.0)).near_misses == ()
    assert composed([]).status == "not_found"


def test_a_lead_in_is_answered_by_its_whole_list_whatever_top_k() -> None:
    """The list alone, though other readings are good too."""
    answer = composed([a_reading(LISTED, "Strategies include", 0.9), *in_sections(0.8)], top_k=1)
    assert (answer.status, answer.kind) == ("answered", "list")
    assert texts(answer.quotes) == ["Strategies include:", "1. Treaties", "2. Dialogue", "3. Hotlines"]


def test_a_lead_in_that_is_not_the_best_is_a_quote_like_any_other() -> None:
    answer = composed([*in_sections(0.9), a_reading(LISTED, "Strategies include", 0.8)])
    assert answer.kind == "passages"
    assert texts(answer.quotes) == ["Paragraph A.", "Strategies include:"]


def test_a_lead_in_that_scores_too_little_is_a_near_miss_without_its_list() -> None:
    answer = composed([a_reading(LISTED, "Strategies include", 0.1)])
    assert (answer.status, answer.kind) == ("not_found", "passages")
    assert texts(answer.near_misses) == ["Strategies include:"]


@pytest.fixture
def answers() -> list[Answer]:
    """One with quotes, one with a list, one with near misses."""
    return [
        composed(in_sections(0.9, 0.8)),
        composed([a_reading(LISTED, "Strategies include", 0.9)]),
        composed(in_sections(0.1)),
    ]


def test_quotes_that_hold_pass_the_check(answers: list[Answer]) -> None:
    for answer in answers:
        check(answer, find)


def tampered(quote: Quote) -> list[Quote]:
    """The quote, changed in one way after another."""
    start, end = quote.span.start, quote.span.end
    return [
        replace(quote, text=quote.text[:-1] + "!"),
        replace(quote, text=quote.text + " "),
        replace(quote, text=quote.text.upper()),
        replace(quote, span=Span(start + 1, end + 1)),
        replace(quote, span=Span(start, end + 1)),
        replace(quote, sha256="0" * 64),
        replace(quote, answer=Span(start, end + 1)),
        replace(quote, answer=Span(end, end + 3)),
    ]


def tampered_answers(answer: Answer) -> Iterator[tuple[str, Answer]]:
    """The answer with one quote or near miss changed, and the document that this one is from."""
    for number, quote in enumerate(answer.quotes):
        for each in tampered(quote):
            quotes = (*answer.quotes[:number], each, *answer.quotes[number + 1 :])
            yield quote.citation.document_id, replace(answer, quotes=quotes)
    for number, quote in enumerate(answer.near_misses):
        for each in tampered(quote):
            near_misses = (*answer.near_misses[:number], each, *answer.near_misses[number + 1 :])
            yield quote.citation.document_id, replace(answer, near_misses=near_misses)


def test_one_tampered_quote_among_others_is_a_misquote_that_names_its_document(answers: list[Answer]) -> None:
    """Eight changes each to two quotes, to a list of four and to one near miss."""
    cases = [case for answer in answers for case in tampered_answers(answer)]
    assert len(cases) == 8 * (2 + 4 + 1)
    for document_id, answer in cases:
        with pytest.raises(Misquote, match=f"A quote from '{document_id}'") as fault:
            check(answer, find)
        assert fault.value.hint == "Run normqa build --full."


def test_a_quote_of_a_text_that_has_changed_is_a_misquote(answers: list[Answer]) -> None:
    """Even where the quoted words still stand at their place."""
    edited = replace(SECTIONS, text=SECTIONS.text + " More.")
    with pytest.raises(Misquote):
        check(answers[0], lambda _: edited)
