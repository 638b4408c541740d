"""Composition of answers, and the final check of quotes."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.comparison import compose_comparison
from normqa.answer.quotes.compose import Composition, check_quotes, compose
from normqa.datatypes import Document, Quote, Span
from normqa.errors import Misquote
from tests.answer.documents import a_candidate, a_document, candidates, texts

LISTED = a_document("Strategies include:\n\n1. Treaties\n2. Dialogue\n3. Hotlines\n\nAll.", "listed")
SECTIONS = a_document("\n\n".join(f"# {name}\n\nParagraph {name}." for name in "ABCDE"), "sections")


def composed(found: list[Candidate], top_k: int = 3, *, asks_for_list: bool = False) -> Composition:
    return compose(found, top_k, asks_for_list=asks_for_list)


def in_sections(names: str) -> list[Candidate]:
    return candidates(SECTIONS, *(f"Paragraph {name}" for name in names))


def find(document_id: str) -> Document:
    return {"listed": LISTED, "sections": SECTIONS}[document_id]


def test_candidates_are_quoted_best_first_up_to_top_k() -> None:
    answer = composed(in_sections("BADC"), top_k=2)
    assert answer.kind == "passages"
    assert texts(answer.quotes) == ["Paragraph B.", "Paragraph A."]


@pytest.mark.parametrize("asks_for_list", [True, False])
def test_best_lead_in_is_answered_by_its_whole_list(asks_for_list: bool) -> None:
    """The list alone, even if other candidates are good and whatever the question asks for."""
    found = [a_candidate(LISTED, "Strategies include"), *in_sections("A")]
    answer = composed(found, top_k=1, asks_for_list=asks_for_list)
    assert answer.kind == "list"
    assert texts(answer.quotes) == ["Strategies include:", "1. Treaties", "2. Dialogue", "3. Hotlines"]


def test_two_list_items_give_the_whole_list_if_a_list_is_asked_for() -> None:
    found = candidates(LISTED, "3. Hotlines", "1. Treaties")
    answer = composed(found, top_k=1, asks_for_list=True)
    assert answer.kind == "list"
    assert texts(answer.quotes) == ["Strategies include:", "1. Treaties", "2. Dialogue", "3. Hotlines"]
    answer = composed(found, asks_for_list=False)
    assert answer.kind == "passages"
    assert texts(answer.quotes) == ["3. Hotlines", "1. Treaties"]


def test_lead_in_that_is_not_the_best_is_not_quoted() -> None:
    answer = composed([*in_sections("A"), a_candidate(LISTED, "Strategies include")])
    assert answer.kind == "passages"
    assert texts(answer.quotes) == ["Paragraph A."]


def test_comparison_quotes_both_sides_grouped_by_document() -> None:
    """Every side gets two of four quotes; the document of the best quote comes first."""
    first = [*in_sections("A"), a_candidate(LISTED, "1. Treaties"), *in_sections("B")]
    second = [*in_sections("C"), *in_sections("D"), a_candidate(LISTED, "3. Hotlines")]
    answer = compose_comparison([first, second], 4)
    assert answer.kind == "comparison"
    assert texts(answer.quotes) == ["Paragraph A.", "Paragraph C.", "Paragraph D.", "1. Treaties"]


def test_comparison_with_top_k_one_quotes_every_side_once() -> None:
    answer = compose_comparison([in_sections("AB"), in_sections("CD")], 1)
    assert texts(answer.quotes) == ["Paragraph A.", "Paragraph C."]


def test_quote_for_both_sides_is_shown_once() -> None:
    answer = compose_comparison([in_sections("A"), in_sections("A")], 4)
    assert texts(answer.quotes) == ["Paragraph A."]


def test_comparison_quotes_do_not_overlap_in_context() -> None:
    document = a_document("States agree. It helps.")
    sides = [[a_candidate(document, "It helps", refers_to="States")], candidates(document, "States")]
    for ordered in (sides, sides[::-1]):
        quotes = compose_comparison(ordered, 4).quotes
        spans = sorted(quote.span for quote in quotes)
        assert all(before.end <= after.start for before, after in pairwise(spans)), texts(quotes)


def test_comparison_quotes_a_side_whose_best_candidate_is_a_lead_in() -> None:
    sides = [candidates(LISTED, "Strategies include"), in_sections("A")]
    for ordered in (sides, sides[::-1]):
        quotes = compose_comparison(ordered, 4).quotes
        assert {quote.citation.document_id for quote in quotes} == {"listed", "sections"}


@pytest.fixture
def quoted() -> list[Quote]:
    """Quotes from two documents, some of them from a list."""
    listed = composed([a_candidate(LISTED, "Strategies include")])
    return [*composed(in_sections("AB")).quotes, *listed.quotes]


def test_intact_quotes_pass_the_check(quoted: list[Quote]) -> None:
    assert len(quoted) == 2 + 4
    check_quotes(quoted, find)
    check_quotes([], find)


def tampered(quote: Quote) -> list[Quote]:
    """Copies of the quote, each changed in another way."""
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


def with_one_tampered(quotes: list[Quote]) -> Iterator[tuple[str, list[Quote]]]:
    """The quotes with one of them changed, and the document of the changed one."""
    for number, quote in enumerate(quotes):
        for changed in tampered(quote):
            yield quote.citation.document_id, [*quotes[:number], changed, *quotes[number + 1 :]]


def test_misquote_names_the_document_of_the_tampered_quote(quoted: list[Quote]) -> None:
    """Six quotes are changed in eight ways."""
    cases = list(with_one_tampered(quoted))
    assert len(cases) == 8 * 6
    for document_id, quotes in cases:
        with pytest.raises(Misquote, match=f"A quote from '{document_id}'") as fault:
            check_quotes(quotes, find)
        assert fault.value.hint == "Rebuild the whole index."


def test_quote_of_a_changed_text_is_a_misquote(quoted: list[Quote]) -> None:
    """Even if the quoted words are still in their place."""
    edited = replace(SECTIONS, text=SECTIONS.text + " More.")
    with pytest.raises(Misquote):
        check_quotes(quoted[:1], lambda _: edited)
