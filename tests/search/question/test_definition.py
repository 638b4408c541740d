"""Terms that a question wants defined, and the sentences that define them."""

import pytest

from normqa.index.analyzer import tokenize
from normqa.search.question.definition import defined_term, defines


@pytest.mark.parametrize(
    "question",
    [
        "What is a tide mill?",
        "What are tide mills?",
        "what's a tide mill",
        "What is the tide mill about?",
        "hey can you tell me what the tide mill is about",
        "What does tide mill mean?",
        "What is meant by tide mill?",
        "Explain the tide mill.",
        "pls explain tide mill",
        "Define tide mill",
        "Tell me about tide mills",
        "the meaning of tide mill",
    ],
)
def test_question_asks_for_a_definition(question: str) -> None:
    assert defined_term(question) == set(tokenize("tide mill"))


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "Who built the tide mill?",
        "When was the tide mill built?",
        "tide mill",
        "What did the monks of Brittany do with all of the flour from the tide mills of the bay?",
    ],
)
def test_other_questions_ask_for_no_definition(question: str) -> None:
    assert not defined_term(question)


@pytest.mark.parametrize(
    "sentence",
    [
        "A tide mill is a mill that the sea drives.",
        "The Tide Mill of Olhão Bay was one of the last in the country.",
        "Tide mill means a mill at the coast.",
        "Tide mills are the oldest machines of the coast.",
    ],
)
def test_sentence_defines_its_subject(sentence: str) -> None:
    assert defines(sentence, defined_term("What is a tide mill?"))


@pytest.mark.parametrize(
    "sentence",
    [
        "The tide mill stands in Brittany.",
        "Brittany is the home of the tide mill.",
        "The tide mill was built by monks.",
        "In the long years before the harbour, the road and the railway came, the tide mill was a ruin.",
        "",
    ],
)
def test_sentence_that_says_something_else_defines_nothing(sentence: str) -> None:
    assert not defines(sentence, defined_term("What is a tide mill?"))


def test_nothing_is_defined_where_no_definition_is_asked_for() -> None:
    assert not defines("A tide mill is a mill.", defined_term("Who built the tide mill?"))
