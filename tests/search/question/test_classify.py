"""Questions that ask for lists or comparisons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.search.question.classify import asks_for_list, comparison_sides


@pytest.mark.parametrize(
    "question",
    [
        "List the members of the group.",
        "Please list all members",
        "Can you name three rivers?",
        "Could you please outline the steps?",
        "enumerate the duties of a ferryman",
        "Give me a list of the bridges.",
        "Please show us the full list of bridges",
        "What are the main strategies for building norms?",
        "Which are the oldest bridges?",
        "WHAT ARE THE DUTIES?",
        "  What are the duties?  ",
        "Which measures exist against floods?",
        "What kinds of birds are there in the delta?",
        "Which states have ratified the treaty?",
        "What steps should a town take after a flood?",
        "Which confidence-building measures did the states agree on?",
        "Which four towns sent a boat?",
        "By which five rules does the ferry run?",
        "What were the first two bridges?",
        "Give me the town's eleven bridges in short form",
        "Which states act against floods, and how?",
        "Which towns stay outside the union?",
    ],
)
def test_question_for_several_things_asks_for_a_list(question: str) -> None:
    assert asks_for_list(question)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "What is a norm?",
        "Who signed the treaty?",
        "When did the group list its members?",
        "How many states are there?",
        "What are you?",
        "What are we to do?",
        "Which bridge is the oldest?",
        "Which glass does the museum show?",
        "Which was built first?",
        "Which has more arches?",
        "Which status applies here?",
        "Listen, what is a norm?",
        "Is the name of the river known?",
        "Why are there so many bridges?",
        "What does the list of members say?",
        "What happens after a flood?",
        "Liste der Mitglieder",
        "Which 1 is it?",
        "Which fourfold arch stands longest?",
        "In which town is the bridge?",
        "Give me the 1949 treaty",
    ],
)
def test_question_for_one_thing_asks_for_no_list(question: str) -> None:
    assert not asks_for_list(question)


@pytest.mark.parametrize(
    "question",
    [
        "How do herons and storks differ?",
        "How are herons and storks different from each other?",
        "How do herons differ from storks?",
        "How are herons different from storks?",
        "How do herons compare to storks?",
        "How did herons compare with storks?",
        "How do herons and storks compare?",
        "What is the difference between herons and storks?",
        "What are the main differences between herons and storks?",
        "What's the difference between herons and storks?",
        "What’s the difference between herons and storks?",
        "the key distinction between herons and storks",
        "Compare herons and storks.",
        "Please compare and contrast herons with storks!",
        "Contrast herons to storks",
        "herons vs storks",
        "herons vs. storks?",
        "herons versus storks",
        "herons compared to storks",
        "  HOW DO herons AND storks DIFFER ?! ",
    ],
)
def test_comparison_sides_use_the_words_of_the_question(question: str) -> None:
    assert comparison_sides(question) == ("herons", "storks")


def test_comparison_sides_may_have_several_words() -> None:
    assert comparison_sides("How do the grey herons of Ghent differ from U.S. storks?") == (
        "the grey herons of Ghent",
        "U.S. storks",
    )


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "What is a heron?",
        "What are herons and storks?",
        "How do herons differ?",
        "How do herons and storks build nests?",
        "What is the difference?",
        "What is the difference between herons?",
        "Compare herons.",
        "and",
        "vs",
        "herons versus",
        "Who compared herons?",
        "Vergleiche Reiher und Störche",
    ],
)
def test_other_questions_have_no_sides(question: str) -> None:
    assert comparison_sides(question) is None


NAMES = st.lists(
    st.sampled_from(["herons", "the", "Ghent", "U.N.", "norms,", "2015", "états", "(GGE)"]),
    min_size=1,
    max_size=4,
).map(" ".join)


@given(NAMES, NAMES.filter(lambda name: not name.endswith(".")))
def test_any_compared_words_are_found(one: str, other: str) -> None:
    assert comparison_sides(f"What is the difference between {one} and {other}?") == (one, other)
    assert comparison_sides(f"How does {one} differ from {other}") == (one, other)
    assert comparison_sides(f"{one} versus {other}?") == (one, other)


PIECES = st.lists(
    st.sampled_from(
        [
            "what",
            "are",
            "the",
            "list",
            "compare",
            "how do",
            "and",
            "vs",
            "differ",
            "from",
            "?",
            ".",
            "\n",
            "\t",
        ]
    )
    | st.text(max_size=5),
    max_size=12,
).map(" ".join)


@given(st.text() | PIECES)
def test_any_text_is_classified(question: str) -> None:
    assert asks_for_list(question) in {True, False}
    sides = comparison_sides(question)
    assert sides is None or all(side and side in question for side in sides)


def test_long_near_match_takes_little_time() -> None:
    """A backtracking pattern would run into the time limit."""
    words = "which and different compared " * 400
    assert not asks_for_list(f"which {words}")
    assert comparison_sides(f"how do {words} agree") is None
