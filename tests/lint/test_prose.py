"""Linting of prose."""

import pytest

from normqa.lint.prose import SECTION_WORDS, SENTENCE_WORDS
from tests.lint.conftest import Found

HERON = "A heron eats fish."


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("It eats fish.\n", 1),
        (f"{HERON}\n\n## What does a heron eat?\n\nThis bird eats fish.\n", 5),
        ("## What does a heron eat?\n\n- These fish.\n- Frogs.\n", 3),
        ("## What does a heron eat?\n\n| Such food | when |\n|---|---|\n| fish | always |\n", 3),
        ("## What does a heron eat?\n### Fish\n*They* are eaten.\n", 3),
        (f"{HERON}\n\nThese are its fish:\n\n- Carp\n- Bream\n", 3),
        (f"{HERON}\n\nThey compare so:\n\n| a | b |\n|---|---|\n| c | d |\n", 3),
        (f"- {HERON}\n- Its fish are:\n  - Carp\n", 2),
    ],
)
def test_opening_that_refers_back_is_reported(found: Found, body: str, line: int) -> None:
    [(where, rule, what)] = found(body)
    assert (where, rule) == (line, "pronoun")
    assert what.endswith("opens with a word that refers back, so it cannot be quoted alone")


@pytest.mark.parametrize(
    "body",
    [
        f"{HERON} It also eats frogs.\n\nIts nest is high.\n",
        f"{HERON}\n\n- Those that nest.\n- Those that wade.\n",
        "## This heading is not quoted\n\nHerons wade.\n",
        "## Codes\n\n    It is code.\n",
        f"{HERON}\n\n| its food | when |\n|---|---|\n| fish | always |\n",
    ],
)
def test_sentence_may_refer_to_the_one_before_it(found: Found, body: str) -> None:
    assert found(body) == []


def _words(count: int) -> str:
    """Return a sentence with this number of words."""
    return " ".join(["Herons", *["wade"] * (count - 1)]) + "."


def test_section_has_at_most_150_words(found: Found) -> None:
    """The heading does not count; a section before the first heading starts at the first line."""
    sentences = [_words(25)] * 6
    assert SECTION_WORDS == 6 * 25
    paragraph = " ".join(sentences)
    assert (
        found(f"{paragraph}\n\n## A heading of five words\n\n{paragraph}\n\n## More\n\n{paragraph}\n") == []
    )
    what = "this section has 151 words, too many for one passage"
    assert found(f"{paragraph}\n\n- Fish\n") == [(-7, "section-length", what)]
    assert found(f"{HERON}\n\n## Food\n\n{paragraph} Yes.\n\n## Nests\n\nHigh.\n") == [
        (3, "section-length", what)
    ]
    rows = "".join(f"| {_words(5)} | {_words(5)} |\n" for _ in range(15))
    assert found(f"## Food\n\n| Fish | x |\n|---|---|\n{rows}\n") == [
        (1, "section-length", what.replace("151", "152"))
    ]


def test_sentence_has_at_most_40_words(found: Found) -> None:
    assert SENTENCE_WORDS == 40
    assert found(f"{_words(40)} {_words(40)}\n\n- {_words(40)}\n") == []
    what = 'the sentence "Herons wade wade wade wade wade wade …" has 41 words, too many for a quote'
    assert found(f"{HERON}\n\n{HERON} {_words(41)}\n") == [(3, "sentence-length", what)]
    assert found(f"{HERON}\n\n1. {HERON}\n2. {_words(41)}\n") == [(4, "sentence-length", what)]
