"""Example questions."""

from normqa.datatypes import Metadata
from normqa.serve.pages.corpus.examples import example_questions


def test_examples_are_spread_over_the_corpus() -> None:
    documents = [Metadata(questions=(f"Question {number}?", "Another?")) for number in range(12)]
    assert example_questions(documents) == [f"Question {number}?" for number in (0, 2, 4, 6, 8, 10)]


def test_title_that_is_a_question_is_an_example() -> None:
    title, other = Metadata(title="Who eats herring?"), Metadata(title="Herons")
    assert example_questions([title, other, Metadata(questions=("Who eats herring?",))]) == [
        "Who eats herring?"
    ]
    assert example_questions([other]) == []
