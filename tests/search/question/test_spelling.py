"""Typos, corrected towards the words of the documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.search.question.spelling import correct_spelling

VOCABULARY = {
    "countries": 9, "counties": 2, "convention": 5, "cybersecurity": 7, "budapest": 4, "which": 3, "with": 50,
    "norway": 2, "australia": 3, "government": 6, "hanoi": 2, "signed": 4,
}  # fmt: skip


def spellings(prefix: str) -> dict[str, int]:
    return {word: count for word, count in VOCABULARY.items() if word.startswith(prefix)}


def corrected(question: str) -> str:
    return correct_spelling(question, spellings, lambda word: word.lower() in VOCABULARY)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("contries signed hanoi convntion", "countries signed hanoi convention"),
        ("wich convension", "which convention"),
        ("cybersecuirty", "cybersecurity"),
        ("Budapset Convention", "Budapest Convention"),
        ("Who runs Norwey?", "Who runs Norway?"),
        ("goverment's", "goverment's"),
        ("governmnet, signd", "government, signed"),
    ],
)
def test_typo_becomes_the_nearest_word(typed: str, meant: str) -> None:
    assert corrected(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Did Austria sign?",
        "HANOY CONVNTION",
        "hanoy2 A/RES/70/25 convntion-7",
        "signed hanoi convention",
        "oat for pizza",
        "",
        "wann wurde die konvention in budapest unterzeichnet",
    ],
)
def test_names_codes_known_and_foreign_words_stay(question: str) -> None:
    assert corrected(question) == question


@given(st.text(max_size=60))
def test_known_words_are_never_changed(question: str) -> None:
    assert correct_spelling(question, spellings, lambda _: True) == question
