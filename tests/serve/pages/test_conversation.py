"""A conversation as an address carries it."""

from starlette.datastructures import QueryParams

from normqa.serve.pages.conversation import MAX_HISTORY_BYTES, Conversation


def test_an_address_and_the_conversation_in_it_are_one() -> None:
    conversation = Conversation("How & why?", ("What?", "Who=he?"))
    assert conversation.address == "/?q=How+%26+why%3F&after=What%3F&after=Who%3Dhe%3F"
    assert Conversation.read(QueryParams(conversation.query)) == conversation


def test_an_address_without_a_question_has_no_conversation_and_blank_questions_were_not_asked() -> None:
    assert Conversation.read(QueryParams("after=What%3F")) is None
    assert Conversation.read(QueryParams("q=%20&after=What%3F")) is None
    assert Conversation.read(QueryParams("q=How%3F&after=%20&after=What%3F")) == Conversation(
        "How?", ("What?",)
    )


def test_each_earlier_question_is_a_conversation_that_ended_there() -> None:
    assert Conversation("c", ("a", "b")).before == [Conversation("a"), Conversation("b", ("a",))]


def test_the_next_question_comes_after_all_and_what_is_asked_alone_after_none() -> None:
    conversation = Conversation("b", ("a",))
    assert conversation.history == ("a", "b")
    assert conversation.next_query == "after=a&after=b"
    assert conversation.without_history == Conversation("b")


def test_only_the_last_twenty_questions_are_carried_on() -> None:
    asked = tuple(str(number) for number in range(30))
    assert Conversation("new", asked).history == (*asked[11:], "new")


def test_long_questions_are_carried_on_as_far_as_an_address_may_be_long() -> None:
    long = "x" * 1500
    conversation = Conversation(long, (long,) * 9)
    assert len(conversation.history) == 3  # each takes 1500 characters, "after=" and, but for the first, "&"
    assert len(conversation.next_query) == 3 * 1506 + 2 <= MAX_HISTORY_BYTES
    assert Conversation("🐦" * 2000, ("a",)).history == ("🐦" * 2000,)  # one there always is
