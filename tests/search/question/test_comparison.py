"""The sides of a comparison as questions."""

import pytest

from normqa.search.question.comparison import side_questions


@pytest.mark.parametrize(
    ("sides", "questions"),
    [
        (
            ("herons", "grey storks"),
            [["What is herons?", "What is herons storks?"], ["What is grey storks?"]],
        ),
        (("the herons", "the storks"), [["What is the herons?"], ["What is the storks?"]]),
        (
            ("the 2011", "2015 versions of the code"),
            [
                ["What is the 2011?", "What is the 2011 versions of the code?"],
                ["What is 2015 versions of the code?"],
            ],
        ),
        (
            ("the 2015 rowing code", "the 2011 one"),
            [
                ["What is the 2015 rowing code?"],
                ["What is the 2011 one?", "What is the 2011 one (rowing code)?"],
            ],
        ),
        (("what Ada wants", "Ivo"), [["what Ada wants?"], ["What is Ivo?", "What is Ivo Ada wants?"]]),
    ],
)
def test_side_gets_the_noun_that_only_the_other_side_has(
    sides: tuple[str, str], questions: list[list[str]]
) -> None:
    assert side_questions(sides) == questions
