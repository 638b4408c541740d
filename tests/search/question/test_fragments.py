"""Later questions without a verb, completed from the question before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.search.question.fragments import complete_fragment, fragment_of

MEMBERS = "How many members did the chess club have in 2020?"
OPENED = "When did the Lisbon office open for visitors?"


@pytest.mark.parametrize(
    ("question", "completed"),
    [
        ("and in 2021?", "How many members did the chess club have in 2021?"),
        ("In 2021?", "How many members did the chess club have in 2021?"),
        ("2021?", "How many members did the chess club have in 2021?"),
        ("What about 2022?", "How many members did the chess club have in 2022?"),
        ("Since 2019?", "How many members did the chess club have since 2019?"),
        ("And the rowing club?", "How many members did the rowing club have in 2020?"),
        ("OK, and under the treaty?", "How many members did the chess club have in 2020 under the treaty?"),
    ],
)
def test_fragment_replaces_what_it_corresponds_to(question: str, completed: str) -> None:
    fragment = fragment_of(question)
    assert fragment is not None
    assert complete_fragment(fragment, MEMBERS) == completed


@pytest.mark.parametrize(
    ("question", "completed"),
    [
        ("What about Oslo?", "When did the Oslo office open for visitors?"),
        ("And for children?", "When did the Lisbon office open for children?"),
        ("And on Sundays?", "When did the Lisbon office open for visitors on Sundays?"),
        ("How about the treasurer?", None),
    ],
)
def test_name_replaces_a_name_and_a_phrase_is_appended(question: str, completed: str | None) -> None:
    fragment = fragment_of(question)
    assert fragment is not None
    assert complete_fragment(fragment, OPENED) == completed


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "Who else?",
        "Any others?",
        "And its director?",
        "And when?",
        "Paris Call",
        "tide tables 2021",
        "Ok and what is a norm?",
        "",
        "?",
        "And a question with far too many words in it?",
    ],
)
def test_other_questions_are_no_fragments(question: str) -> None:
    assert fragment_of(question) is None


@given(st.text(max_size=40), st.text(max_size=60))
def test_any_texts_are_handled(question: str, previous: str) -> None:
    fragment = fragment_of(question)
    if fragment is not None:
        assert (complete_fragment(fragment, previous) or fragment).find(fragment[1:]) >= 0
