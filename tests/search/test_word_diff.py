"""Comparing a text with the place where it was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.search.verify import verify
from normqa.search.word_diff import DiffPart, word_diff


@pytest.mark.parametrize(
    ("sent", "document", "parts"),
    [
        ("a b c", "a b c", [("a b c", "a b c")]),
        (
            "The Norm applies",
            "The norm applies",
            [("The ", "The "), ("Norm ", "norm "), ("applies", "applies")],
        ),
        (
            "on cyber security now",
            "on cyber-security now",
            [("on ", "on "), ("cyber security ", "cyber-security "), ("now", "now")],
        ),
        ("cybersecurity", "Cyber\nSecurity", [("cybersecurity", "Cyber\nSecurity")]),
        ("a b", "a  b", [("a ", "a  "), ("b", "b")]),
        ("it's “so”", "its so", [("it's ", "its "), ("“so”", "so")]),
        ("a - b", "a b", [("a ", "a "), ("- b", "b")]),
        ("a b", "a - b", [("a ", "a "), ("b", "- b")]),
        ("Straße", "STRASSE", [("Straße", "STRASSE")]),
        ("a", "a -", [("a", "a "), ("", "-")]),
    ],
)
def test_parts_pair_the_words_that_correspond(sent: str, document: str, parts: list[tuple[str, str]]) -> None:
    assert word_diff(sent, document) == tuple(DiffPart(*part) for part in parts)


texts = st.text("aB ß\n-'“9", max_size=40).filter(str.strip)


@given(texts, texts)
def test_parts_together_are_both_texts(sent: str, document: str) -> None:
    parts = word_diff(sent, document)
    assert "".join(part.sent for part in parts) == sent
    assert "".join(part.document for part in parts) == document


def test_an_exact_match_has_no_diff() -> None:
    assert verify("a", lambda: [("d", "a b")]).diff("a") == ()
