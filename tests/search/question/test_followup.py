"""Detection and rewriting of follow-up questions."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.search.question.followup import is_followup, rewrite_followup

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
def test_pronoun_without_referent_is_a_followup(question: str) -> None:
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
def test_pronoun_with_referent_is_no_followup(question: str) -> None:
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
def test_expletives_and_lookalikes_are_no_followups(question: str) -> None:
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
def test_demonstrative_is_a_followup(question: str) -> None:
    assert is_followup(question)


@pytest.mark.parametrize(
    "question", ["Why?", "And then?", "Tell me more.", "Yes, please!", "What else?", "How so?"]
)
def test_question_without_content_words_is_a_followup(question: str) -> None:
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
def test_short_question_for_something_known_or_more_is_a_followup(question: str) -> None:
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
def test_question_that_names_its_topic_is_no_followup(question: str) -> None:
    assert not is_followup(question)


@pytest.mark.parametrize(
    "question",
    ["", "?!", "...", "¿Qué he hecho yo?", "Wo kommt der Name her?", "他们什么时候解散?", "Où est-ce?"],
)
def test_other_languages_are_never_followups(question: str) -> None:
    assert not is_followup(question)


@given(
    st.lists(st.sampled_from(["how", "do", "glaciers", "carve", "valleys", "many", "Alps", "?"]), max_size=30)
)
def test_text_without_references_is_a_followup_only_without_content(words: list[str]) -> None:
    has_words = any(word != "?" for word in words)
    has_content = any(word in {"glaciers", "carve", "valleys", "Alps"} for word in words)
    assert is_followup(" ".join(words)) == (has_words and not has_content)


@given(st.text())
def test_any_text_is_classified(question: str) -> None:
    assert is_followup(question) in {True, False}


def rewrite(question: str, previous: str, quotes: Sequence[str]) -> str:
    """Return the first rewrite."""
    return rewrite_followup(question, previous, quotes, allow_unconfirmed=False)[0]


def test_terms_shared_by_question_and_best_quotes_are_borrowed() -> None:
    """Only the first quote mentions wheat, and only the question mentions profit."""
    assert (
        rewrite("Who built them?", "Did the tide mills of Brittany profit from wheat?", QUOTES)
        == "Who built them? (tide mills, Brittany)"
    )


def test_third_quote_is_ignored() -> None:
    assert rewrite("Who built them?", "Where are tide mills?", [*QUOTES, "Nothing."]).endswith("(tide mills)")


def test_one_quote_is_enough_if_there_is_only_one() -> None:
    assert rewrite("How often?", "Do mills grind wheat?", QUOTES[:1]) == "How often? (mills, wheat)"


@pytest.mark.parametrize("quotes", [[], ["Something else."], [QUOTES[0], "Something else."]])
def test_unconfirmed_terms_are_borrowed_only_if_allowed(quotes: list[str]) -> None:
    asked = "Who built them?", "Where are the tide mills of old Kent?", quotes
    assert rewrite_followup(*asked, allow_unconfirmed=True) == ["Who built them? (tide mills, old Kent)"]
    assert rewrite_followup(*asked, allow_unconfirmed=False) == []


def test_unconfirmed_terms_are_the_second_choice() -> None:
    asked = "Who built them?", "Did the tide mills of Brittany profit from wheat?", QUOTES
    assert rewrite_followup(*asked, allow_unconfirmed=True) == [
        "Who built them? (tide mills, Brittany)",
        "Who built them? (tide mills, Brittany profit, wheat)",
    ]


def test_previous_question_without_new_terms_gives_no_rewrite() -> None:
    assert (
        rewrite_followup(
            "Which tides fill the mill?", "Where are tide mills?", QUOTES, allow_unconfirmed=True
        )
        == []
    )


def test_terms_of_the_question_are_not_borrowed() -> None:
    assert (
        rewrite("How old is that Mill?", "Where are tide mills?", QUOTES)
        == "How old is that Mill? (tide mills)"
    )


def test_name_keeps_small_words_and_drops_possessive() -> None:
    quote = "The Mothers of Invention were led by Frank Zappa."
    assert (
        rewrite(
            "When did they disband?", "Who left the Mothers of Invention on Frank Zappa's advice?", [quote]
        )
        == "When did they disband? (Mothers of Invention, Frank Zappa)"
    )


def test_separate_words_are_borrowed_separately() -> None:
    assert rewrite("Why?", "Which mills of the tide, in Brittany?", QUOTES) == "Why? (mills, tide, Brittany)"


def test_borrowed_terms_are_borrowed_again() -> None:
    first = rewrite("Who built them?", "Where are tide mills?", QUOTES)
    assert rewrite("And when?", first, QUOTES[1:]) == "And when? (tide mills, built)"


def test_repeated_term_is_borrowed_once() -> None:
    assert rewrite("Why?", "Are tide mills like other mills?", QUOTES) == "Why? (tide mills)"


WORDS = st.lists(st.sampled_from(["tide", "Mills", "of", "the", "Brittany's", "it", "wheat", ",", "("])).map(
    " ".join
)


@given(question=st.text(), previous=WORDS | st.text(), quotes=st.lists(WORDS | st.text()))
def test_rewrite_starts_with_the_question_and_adds_only_known_phrases(
    question: str, previous: str, quotes: list[str]
) -> None:
    for rewritten in rewrite_followup(question, previous, quotes, allow_unconfirmed=True):
        assert rewritten.startswith(question)
        borrowed = rewritten[len(question) :]
        assert borrowed.startswith(" (")
        assert borrowed.endswith(")")
        said = " ".join(previous.split())
        assert all(phrase in said for phrase in borrowed[2:-1].split(", "))
