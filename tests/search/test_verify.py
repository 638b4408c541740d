"""Finding a text in the documents, word for word."""

# ruff: noqa: RUF001 - characters that look alike are the point

from collections.abc import Iterator

import pytest

from normqa.datatypes import Span
from normqa.search.verify import MAX_MATCHES, Match, Verification, verify

DOCUMENTS = [
    ("a", "States agree.\nStates  differ. (Cost: $5.00?)"),
    ("b", "All states agree. States agree.\u00a0States\n\tdiffer."),
]


def test_exact_text_is_found_everywhere_in_order() -> None:
    assert verify("States agree.", lambda: DOCUMENTS) == Verification(
        "exact", (Match("a", Span(0, 13)), Match("b", Span(18, 31)))
    )


def test_text_with_other_whitespace_is_reported_as_such() -> None:
    assert verify("agree. States differ.", lambda: DOCUMENTS) == Verification(
        "whitespace", (Match("a", Span(7, 29)), Match("b", Span(25, 47)))
    )


def test_exact_matches_hide_looser_ones() -> None:
    assert verify("States  differ.", lambda: DOCUMENTS) == Verification("exact", (Match("a", Span(14, 29)),))


def test_surrounding_whitespace_is_ignored() -> None:
    assert verify("\n  (Cost: ", lambda: DOCUMENTS) == Verification("exact", (Match("a", Span(30, 36)),))


@pytest.mark.parametrize("text", ["", " \n", "“”", "-", "…"])
def test_text_without_words_is_not_found(text: str) -> None:
    """An empty text would appear everywhere."""
    assert verify(text, lambda: DOCUMENTS) == Verification("not_found", ())


@pytest.mark.parametrize("text", ["states disagree", "tatesagree", "agree States"])
def test_other_words_or_parts_of_words_do_not_match(text: str) -> None:
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
def test_pattern_characters_are_literal(text: str, status: str) -> None:
    assert verify(text, lambda: DOCUMENTS).status == status


def test_at_most_a_hundred_matches_are_reported() -> None:
    documents = [("a", "no " * 70), ("b", "no " * 70)]
    found = verify("no", lambda: documents)
    assert MAX_MATCHES == 100
    assert [match.document_id for match in found.matches] == ["a"] * 70 + ["b"] * 30
    assert found.matches[99].span == Span(29 * 3, 29 * 3 + 2)


def test_spans_count_code_points() -> None:
    text = "👩‍🚀 検証 e\u0301: 検証。"
    found = verify("検証", lambda: [("u", text)])
    assert [match.span.of(text) for match in found.matches] == ["検証", "検証"]


def test_no_documents_have_no_matches() -> None:
    assert verify("States", list) == Verification("not_found", ())


def test_documents_may_be_an_iterator() -> None:
    assert verify("agree. States differ.", lambda: iter(DOCUMENTS)).status == "whitespace"


def test_repetitive_text_takes_linear_time() -> None:
    """As a regular expression, this search took minutes."""
    documents = [("a", "a\n\n" * 200_000)]
    assert verify("a " * 30_000 + "b", lambda: documents) == Verification("not_found", ())


def test_whitespace_match_spans_the_original_text() -> None:
    found = verify("two  three\nfo", lambda: [("a", "one two\n\nthree\tfour")])
    assert found == Verification("whitespace", (Match("a", Span(4, 17)),))


def test_stops_reading_after_enough_matches() -> None:
    def texts() -> Iterator[tuple[str, str]]:
        yield "a", "no " * 100
        raise AssertionError("reads on")

    assert len(verify("no", texts).matches) == 100


@pytest.mark.parametrize(
    ("text", "canonical", "found"),
    [
        ("The fire office is on the first floor.", "The ﬁre oﬃce is on the ﬁrst ﬂoor.", None),
        ("The ﬁre oﬃce", "Go to: The fire office.", "The fire office"),
        ('He said "no" and didn\'t go.', "He said “no” and didn’t go.", None),
        ("He said “no”.", 'He said "no".', None),
        ("A/RES/70-237", "See A/RES/70\u2011237!", "A/RES/70\u2011237"),
        ("soft hyphen", "a so\u00adft hy\u00adphen b", "so\u00adft hy\u00adphen"),
        ("zero width", "\ufeffzero wi\u200bdth\u200b.", "zero wi\u200bdth"),
        ("5 % of\nH2O", "5\u00a0% of H₂O", None),
        ("wi\u200bdth", "the width", "width"),
        ("ガス", "ｶﾞｽの値段", "ｶﾞｽ"),
        ("full 12", "Ｆｕｌｌ: ｆｕｌｌ　１２", "ｆｕｌｌ　１２"),
        ("wait ... here", "wait … here", None),
        ("of", "the oﬃce", "oﬃ"),
    ],
)
def test_presentation_variants_are_found_as_such(text: str, canonical: str, found: str | None) -> None:
    verification = verify(text, lambda: [("a", canonical)])
    assert verification.status == "presentation"
    assert [match.span.of(canonical) for match in verification.matches] == [found or canonical]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("106 litres", "10⁶ litres"),
        ("51/2 cups", "5½ cups"),
        ("log25", "log₂5"),
        ("\u200b", "no"),
    ],
)
def test_other_numbers_and_words_are_no_variants(text: str, canonical: str) -> None:
    assert verify(text, lambda: [("a", canonical)]).status == "not_found"


def test_long_texts_are_folded_in_linear_time() -> None:
    documents = [("a", "ﬁ\u00ad\n\n" * 100_000)]
    assert verify("fi " * 30_000 + "b", lambda: documents).status == "not_found"
    assert len(verify("fi fi", lambda: documents).matches) == 100


@pytest.mark.parametrize(
    ("text", "canonical", "status", "found"),
    [
        ("STATES agree", "All states Agree.", "case", "states Agree"),
        ("Fire", "ﬁre", "case", "ﬁre"),
        ("die STRASSE", "Die Straße.", "case", "Die Straße"),
        ("“no”\nmeans No", 'So "No"  means no!', "case", '"No"  means no'),
        ("Cyber security", "On cyber-security.", "separators", "cyber-security"),
        ("cybersecurity", "On Cyber Security.", "separators", "Cyber Security"),
        ("cyber-security", "On cybersecurity", "separators", "cybersecurity"),
        ("'a norm'", "It is a “norm”.", "separators", "a “norm"),
        ("hyphen ated word", "a hyphen-\nated word", "separators", "hyphen-\nated word"),
        ("States' duty", "the states duty", "separators", "states duty"),
        ("COVID19", "COVID-19", "separators", "COVID-19"),
        ("10-20 km", "of 10–20\u00a0km", "presentation", "10–20\u00a0km"),
        ("10 20 km", "of 10-20 km", "separators", "10-20 km"),
        ("1020", "10-20", "not_found", None),
        ("it is -5 degrees", "it is 5 degrees", "not_found", None),
        ("it is -5 degrees now", "It is -5 degrees, now", "not_found", None),
        ("it-is -5", "It is -5", "separators", "It is -5"),
        ("art is", "the artist", "not_found", None),
        ("is a", "This 'is-a' thing", "separators", "is-a"),
        ("' - '", "a - b", "not_found", None),
        ("検証検証", "検証\n検証する", "separators", "検証\n検証"),
    ],
)
def test_case_and_separators_are_reported_as_such(
    text: str, canonical: str, status: str, found: str | None
) -> None:
    verification = verify(text, lambda: [("d", canonical)])
    assert verification.status == status
    assert [match.span.of(canonical) for match in verification.matches] == ([found] if found else [])
    assert verification.is_verbatim == (status == "presentation")
