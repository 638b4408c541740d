"""What a question tells normqa to do is no word to search for."""

import pytest

from normqa.search.question.instruction import without_instruction


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("List the eleven norms", "the eleven norms"),
        ("please list all members of the GFCE", "all members of the GFCE"),
        ("Could you please name three treaties?", "three treaties?"),
        ("explain norm cascade", "norm cascade"),
        ("Hi, can you describe how norms spread?", "how norms spread?"),
        ("Tell me about the Paris Call", "about the Paris Call"),
        ("give us an overview of the OEWG", "an overview of the OEWG"),
        ("PLEASE OUTLINE the life cycle", "the life cycle"),
    ],
)
def test_words_that_only_ask_are_set_aside(question: str, topic: str) -> None:
    assert without_instruction(question) == topic


@pytest.mark.parametrize(
    "question",
    [
        "",
        "List",
        "explain",
        "please explain?",
        "What does the list contain?",
        "name and shame campaigns",
        "list of members",
        "Listing the norms",
        "Names of the members",
        "Who can list the norms?",
        "show of force in cyberspace",
        "tell-tale signs",
    ],
)
def test_everything_else_stays(question: str) -> None:
    assert without_instruction(question) == question
