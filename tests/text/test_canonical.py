"""Canonical text and list markers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.text.canonical import (
    has_list_marker,
    has_number,
    normalise,
    one_line,
    sentence_line,
    strip_list_marker,
)


@given(st.text())
def test_canonical_text_is_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert unicodedata.is_normalized("NFC", normalise(text))
    assert "\r" not in normalise(text)


def test_one_line_collapses_white_space() -> None:
    assert one_line(" Why\t so \n\n long? ") == "Why so long?"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("1. Treaties", "Treaties"),
        ("12) Treaties", "Treaties"),
        ("- Treaties", "Treaties"),
        ("•\tTreaties", "Treaties"),
        ("1. - Treaties", "- Treaties"),
    ],
)
def test_a_list_marker_is_found_and_stripped(text: str, rest: str) -> None:
    assert has_list_marker(text)
    assert strip_list_marker(text) == rest
    assert has_number(text) == text[0].isdigit()


@pytest.mark.parametrize("text", ["Treaties", "1.5 million", "-5 degrees", "2024. A year", "", "–"])
def test_other_text_has_no_list_marker(text: str) -> None:
    assert not has_list_marker(text)
    assert not has_number(text)
    assert strip_list_marker(text) == text


def test_sentence_line_skips_empty_parts_and_keeps_end_marks() -> None:
    assert sentence_line(["A", None, "b"], [None, ""], ["Who?"], ["c"]) == "A, b. Who? c."
    assert sentence_line() == ""
