"""Names and numbers of a question that a text does not mention."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.search.question.names import absent_names


@pytest.mark.parametrize(
    ("question", "text", "absent"),
    [
        ("How many members did the club have in 2031?", "In 2022 the club had 219 members.", ("2031",)),
        ("What did A/RES/73/27 set up?", "A/RES/70/25 set up a working group.", ("A/RES/73/27",)),
        ("What did the Tallinn Manual 7.0 add?", "Tallinn Manual 2.0 adds peacetime law.", ("7.0",)),
        ("Who chaired the seventh GGE?", "Six UN GGEs met.", ("seventh",)),
        ("How many attacks hit Norway?", "Attacks hit Sweden.", ("Norway",)),
        ("Did Austria join?", "Australia joined.", ("Austria",)),
        ("Who runs CVE-2021-44228?", "CVE-2021-44229 is a flaw.", ("CVE-2021-44228",)),
    ],
)
def test_absent_name_or_number_is_found(question: str, text: str, absent: tuple[str, ...]) -> None:
    assert absent_names(question, text) == absent


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What do Estonians think?", "Estonia thinks so."),
        ("What did Moscow say?", "Russian officials said no."),
        ("Did the U.S. vote?", "The United States voted."),
        ("What is Britain's plan?", "The UK has none."),
        ("How did the Dutch vote?", "The Netherlands abstained."),
        ("List the 11 norms", "There are eleven norms."),
        ("Who led the 5th GGE?", "The fifth GGE had a chair."),
        ("What is the OEWG?", "The Open-ended Working Group is a forum."),
        ("How many GGE were there?", "Six GGEs met."),
        ("What happened in 2021?", "The talks of 2019-2021 ended."),
        ("What costs 1,000 euros?", "The pump costs 1000 euros."),
        ("Peruvian ferries, how old?", "The ferries of Peru are old."),
    ],
)
def test_other_forms_of_a_name_count(question: str, text: str) -> None:
    assert absent_names(question, text) == ()


@pytest.mark.parametrize(
    "question",
    [
        "Herons wade where?",
        "WHO CHAIRED THE LAST MEETING?",
        "What Is the Norm Cascade?",
        "Where do I go in May?",
        "Why? Because herons wade.",
        "What was the first or second step?",
        "",
    ],
)
def test_capitals_that_name_nothing_are_ignored(question: str) -> None:
    assert absent_names(question, "") == ()


def test_question_in_capitals_still_has_numbers() -> None:
    assert absent_names("WHO CHAIRED THE MEETING OF 2010?", "Ada chaired it.") == ("2010",)


@given(st.text(max_size=60))
def test_a_text_mentions_its_own_names(text: str) -> None:
    assert absent_names(text, text) == ()
