"""Which questions lean on earlier ones, and what those lend them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.search.followup import is_followup, rewrite_followup

QUOTES = [
    "Tide mills\nMost tide mills of Brittany ground wheat twice a day.",
    "Tide mills\nThe tide mills on the coast of Brittany were built by monks.",
]


@pytest.mark.parametrize(
    "question",
    [
        "When did they disband?",
        "What is its capital?",
        "Is it made of oak?",
        "Who paid him for the second bridge over the Rhine?",
        "What's their oldest lighthouse?",
        "Did Ada like them?",
        "Does the ferry company own it?",
    ],
)
def test_a_pronoun_that_stands_for_nothing_in_the_question_leans(question: str) -> None:
    assert is_followup(question)


@pytest.mark.parametrize(
    "question",
    [
        "Do cows chew their food?",
        "When did Zappa break up his band?",
        "How does a virus copy itself inside human cells?",
        "Can most old printers lose their saved network settings?",
        "Does Ada Byron still swim, or did she stop after the accident?",
        "Why do salmon return to rivers when they spawn?",
        "Where did Zheng-He grow wheat, barley and rice?",
    ],
)
def test_a_pronoun_that_stands_for_something_in_the_question_does_not_lean(question: str) -> None:
    assert not is_followup(question)


@pytest.mark.parametrize(
    "question",
    [
        "Is it possible to repaint an old wooden boat?",
        "It is true that Norway exports electricity to Denmark, right?",
        "What is it called when glaciers drop icebergs into seas?",
        "How long does it take to charge electric buses overnight?",
        "Is there any bakery open on Sunday in Ghent?",
        "How many harbours are there in Iceland?",
        "Which towns flooded this year near Lisbon?",
        "What does this document say about fire doors in Leeds?",
        "Did anyone prove that glass flows slowly downwards over centuries?",
    ],
)
def test_words_that_only_look_like_pronouns_do_not_lean(question: str) -> None:
    assert not is_followup(question)


@pytest.mark.parametrize(
    "question",
    [
        "Why was that?",
        "What happened after that in northern Norway?",
        "Who designed these bridges for Lisbon?",
        "Which one is older, Ghent or Bruges?",
        "What crops do farmers grow there?",
    ],
)
def test_a_demonstrative_leans(question: str) -> None:
    assert is_followup(question)


@pytest.mark.parametrize(
    "question", ["Why?", "And then?", "Tell me more.", "Yes, please!", "What else?", "How so?"]
)
def test_a_question_without_content_words_leans(question: str) -> None:
    assert is_followup(question)


@pytest.mark.parametrize(
    "question",
    [
        "What about Denmark?",
        "Okay, how about in Ghent?",
        "And for children?",
        "What are the drawbacks?",
        "Are there any other methods?",
        "I would like to know more about the second version.",
    ],
)
def test_a_short_question_for_something_known_or_for_more_leans(question: str) -> None:
    assert is_followup(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Denmark?",
        "Are there any other castles in Ghent?",
        "What are the drawbacks of heating old brick houses with wood pellets?",
        "What about the rules for replacing lead pipes under public schools, can you explain?",
        "How do glaciers move?",
        "Who was elected in the 1998 vote?",
    ],
)
def test_a_question_that_names_what_it_asks_about_does_not_lean(question: str) -> None:
    assert not is_followup(question)


@pytest.mark.parametrize(
    "question",
    ["", "?!", "...", "¿Qué he hecho yo?", "Wo kommt der Name her?", "他们什么时候解散?", "Où est-ce?"],
)
def test_what_is_not_english_does_not_lean(question: str) -> None:
    assert not is_followup(question)


@given(
    st.lists(st.sampled_from(["how", "do", "glaciers", "carve", "valleys", "many", "Alps", "?"]), max_size=30)
)
def test_a_text_without_words_that_point_back_leans_only_if_it_has_no_content(words: list[str]) -> None:
    has_words = any(word != "?" for word in words)
    has_content = any(word in {"glaciers", "carve", "valleys", "Alps"} for word in words)
    assert is_followup(" ".join(words)) == (has_words and not has_content)


@given(st.text())
def test_any_text_can_be_asked(question: str) -> None:
    assert is_followup(question) in {True, False}


def resolve(question: str, previous: str, quotes: Sequence[str]) -> str:
    """The likeliest resolution."""
    return rewrite_followup(question, previous, quotes, allow_unconfirmed=False)[0]


def test_lent_are_the_words_that_the_previous_question_and_both_best_quotes_have() -> None:
    """Only the first quote grinds wheat, and only the question speaks of profit."""
    assert (
        resolve("Who built them?", "Did the tide mills of Brittany profit from wheat?", QUOTES)
        == "Who built them? (tide mills, Brittany)"
    )


def test_a_third_quote_has_no_say() -> None:
    assert resolve("Who built them?", "Where are tide mills?", [*QUOTES, "Nothing."]).endswith("(tide mills)")


def test_one_quote_is_enough_where_there_is_no_other() -> None:
    assert resolve("How often?", "Do mills grind wheat?", QUOTES[:1]) == "How often? (mills, wheat)"


@pytest.mark.parametrize("quotes", [[], ["Something else."], [QUOTES[0], "Something else."]])
def test_where_the_quotes_do_not_agree_with_the_previous_question_it_alone_lends(quotes: list[str]) -> None:
    asked = "Who built them?", "Where are the tide mills of old Kent?", quotes
    assert rewrite_followup(*asked, allow_unconfirmed=True) == ["Who built them? (tide mills, old Kent)"]
    assert rewrite_followup(*asked, allow_unconfirmed=False) == []


def test_the_previous_question_alone_is_the_second_way_to_lend() -> None:
    asked = "Who built them?", "Did the tide mills of Brittany profit from wheat?", QUOTES
    assert rewrite_followup(*asked, allow_unconfirmed=True) == [
        "Who built them? (tide mills, Brittany)",
        "Who built them? (tide mills, Brittany profit, wheat)",
    ]


def test_a_previous_question_that_says_nothing_more_lends_nothing() -> None:
    assert (
        rewrite_followup(
            "Which tides fill the mill?", "Where are tide mills?", QUOTES, allow_unconfirmed=True
        )
        == []
    )


def test_what_the_question_has_itself_is_not_lent_in_any_number_or_case() -> None:
    assert (
        resolve("How old is that Mill?", "Where are tide mills?", QUOTES)
        == "How old is that Mill? (tide mills)"
    )


def test_a_name_keeps_its_small_words_and_loses_its_possessive() -> None:
    quote = "The Mothers of Invention were led by Frank Zappa."
    assert (
        resolve(
            "When did they disband?", "Who left the Mothers of Invention on Frank Zappa's advice?", [quote]
        )
        == "When did they disband? (Mothers of Invention, Frank Zappa)"
    )


def test_words_that_do_not_stand_side_by_side_are_lent_apart() -> None:
    assert resolve("Why?", "Which mills of the tide, in Brittany?", QUOTES) == "Why? (mills, tide, Brittany)"


def test_what_was_lent_once_is_lent_on_while_the_quotes_speak_of_it() -> None:
    first = resolve("Who built them?", "Where are tide mills?", QUOTES)
    assert resolve("And when?", first, QUOTES[1:]) == "And when? (tide mills, built)"


def test_what_is_said_twice_is_lent_once() -> None:
    assert resolve("Why?", "Are tide mills like other mills?", QUOTES) == "Why? (tide mills)"


WORDS = st.lists(st.sampled_from(["tide", "Mills", "of", "the", "Brittany's", "it", "wheat", ",", "("])).map(
    " ".join
)


@given(question=st.text(), previous=WORDS | st.text(), quotes=st.lists(WORDS | st.text()))
def test_a_resolved_question_begins_with_the_question_and_adds_only_what_was_said(
    question: str, previous: str, quotes: list[str]
) -> None:
    for resolved in rewrite_followup(question, previous, quotes, allow_unconfirmed=True):
        assert resolved.startswith(question)
        lent = resolved[len(question) :]
        assert lent.startswith(" (")
        assert lent.endswith(")")
        said = " ".join(previous.split())
        assert all(phrase in said for phrase in lent[2:-1].split(", "))
