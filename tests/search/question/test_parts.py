"""Questions that ask several things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.search.question.parts import MAX_PARTS, question_parts


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "What is the treaty, who proposed it and when?",
            ("What is the treaty?", "Who proposed it?", "When?"),
        ),
        (
            "What is the ferry and how many seats does it have?",
            ("What is the ferry?", "How many seats does it have?"),
        ),
        ("Where is the office and is it open?", ("Where is the office?", "Is it open?")),
        (
            "Is it binding, and does the treaty apply to firms?",
            ("Is it binding?", "Does the treaty apply to firms?"),
        ),
        (
            "Who leads the club? How many members does it have?",
            ("Who leads the club?", "How many members does it have?"),
        ),
        ("What is the fee; who pays it?", ("What is the fee?", "Who pays it?")),
        ("Who founded the club, and in what year?", ("Who founded the club?", "In what year?")),
        ("Do you collect data? If yes, why?", ("Do you collect data?", "Why?")),
    ],
)
def test_every_question_is_a_part(question: str, parts: tuple[str, ...]) -> None:
    assert question_parts(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "What are norms and rules?",
        "Who keeps peace and security?",
        "When and where did the forum start?",
        "How and why do states adopt norms?",
        "Who signed and who ratified the treaty?",
        "Which talks delivered something and which came home empty-handed?",
        "Which state signed the treaty and is a member of the club?",
        "When a body exerts a force, what happens?",
        "What is the share when there is no treatment?",
        "Does the museum have a shop or is it closed?",
        "What did they decide in 2015, and in 2021?",
        "norms and who makes them",
        "Was ist das und wer hat es gemacht?",
        "What is it?",
        "",
        "?",
    ],
)
def test_one_question_stays_whole(question: str) -> None:
    assert question_parts(question) == (question,)


WORDS = ["what", "who", "is", "it", "and", ",", "?", "when", "which", "herons", "does", "the", ";", "if yes"]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join) | st.text())
def test_parts_use_the_words_of_any_question(question: str) -> None:
    parts = question_parts(question)
    assert 1 <= len(parts) <= MAX_PARTS
    assert parts == (question,) or all(part[1:-1] in question for part in parts)
