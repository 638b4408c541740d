"""Whether a text stands in the documents, word for word."""

import pytest

from normqa.datatypes import Span
from normqa.search.verify import MAX_MATCHES, Match, Verification, verify

DOCUMENTS = [
    ("a", "States agree.\nStates  differ. (Cost: $5.00?)"),
    ("b", "All states agree. States agree.\u00a0States\n\tdiffer."),
]


def test_an_exact_text_is_found_wherever_it_stands_in_order() -> None:
    assert verify("States agree.", lambda: DOCUMENTS) == Verification(
        "exact", (Match("a", Span(0, 13)), Match("b", Span(18, 31)))
    )


def test_a_text_that_differs_in_blanks_only_is_found_as_such() -> None:
    assert verify("agree. States differ.", lambda: DOCUMENTS) == Verification(
        "whitespace", (Match("a", Span(7, 29)), Match("b", Span(25, 47)))
    )


def test_where_it_stands_exactly_looser_places_do_not_count() -> None:
    assert verify("States  differ.", lambda: DOCUMENTS) == Verification("exact", (Match("a", Span(14, 29)),))


def test_blanks_around_it_do_not_count() -> None:
    assert verify("\n  (Cost: ", lambda: DOCUMENTS) == Verification("exact", (Match("a", Span(30, 36)),))


@pytest.mark.parametrize("text", ["states disagree", "STATES AGREE.", "Statesagree.", "agree States"])
def test_other_words_case_or_joins_are_not_found(text: str) -> None:
    assert verify(text, lambda: DOCUMENTS) == Verification("not_found", ())


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("$5.00?)", "exact"),
        ("(Cost: $5.00?)", "exact"),
        ("(Cost:\n$5.00?)", "whitespace"),
        ("$5x00?)", "not_found"),
        (".*", "not_found"),
        ("States?", "not_found"),
        ("[A-Z]tates", "not_found"),
        ("(", "exact"),
        ("\\", "not_found"),
        ("^States", "not_found"),
        ("a{1}", "not_found"),
    ],
)
def test_characters_that_mean_something_in_a_pattern_mean_themselves(text: str, status: str) -> None:
    assert verify(text, lambda: DOCUMENTS).status == status


def test_no_more_than_a_hundred_places_are_told() -> None:
    documents = [("a", "no " * 70), ("b", "no " * 70)]
    found = verify("no", lambda: documents)
    assert MAX_MATCHES == 100
    assert [match.document_id for match in found.matches] == ["a"] * 70 + ["b"] * 30
    assert found.matches[99].span == Span(29 * 3, 29 * 3 + 2)


def test_the_spans_are_the_text_in_code_points() -> None:
    text = "👩‍🚀 検証 e\u0301: 検証。"
    found = verify("検証", lambda: [("u", text)])
    assert [match.span.of(text) for match in found.matches] == ["検証", "検証"]


def test_nothing_stands_in_no_documents() -> None:
    assert verify("States", list) == Verification("not_found", ())


def test_documents_may_be_an_iterator() -> None:
    assert verify("agree. States differ.", lambda: iter(DOCUMENTS)).status == "whitespace"


def test_a_repetitive_text_takes_time_in_proportion_to_its_length() -> None:
    """As a regular expression this search took minutes."""
    documents = [("a", "a\n\n" * 200_000)]
    assert verify("a " * 30_000 + "b", lambda: documents) == Verification("not_found", ())


def test_a_match_that_differs_in_blanks_is_told_where_it_stands_in_the_document() -> None:
    found = verify("two  three\nfo", lambda: [("a", "one two\n\nthree\tfour")])
    assert found == Verification("whitespace", (Match("a", Span(4, 17)),))
