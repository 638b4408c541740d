"""Conversations in addresses."""

from starlette.datastructures import QueryParams

from normqa.serve.pages.conversation import MAX_HISTORY_BYTES, Conversation


def test_conversation_round_trips_through_its_address() -> None:
    conversation = Conversation("How & why?", ("What?", "Who=he?"))
    assert conversation.address == "/?q=How+%26+why%3F&after=What%3F&after=Who%3Dhe%3F"
    assert Conversation.read(QueryParams(conversation.query)) == conversation


def test_blank_questions_are_ignored() -> None:
    assert Conversation.read(QueryParams("after=What%3F")) is None
    assert Conversation.read(QueryParams("q=%20&after=What%3F")) is None
    assert Conversation.read(QueryParams("q=How%3F&after=%20&after=What%3F")) == Conversation(
        "How?", ("What?",)
    )


def test_earlier_questions_are_conversations_of_their_own() -> None:
    assert Conversation("c", ("a", "b")).before == [Conversation("a"), Conversation("b", ("a",))]


def test_history_includes_the_question_itself() -> None:
    conversation = Conversation("b", ("a",))
    assert conversation.history == ("a", "b")
    assert conversation.next_query == "after=a&after=b"
    assert conversation.as_written == Conversation("b", exact=True)


def test_history_contains_at_most_twenty_questions() -> None:
    asked = tuple(str(number) for number in range(30))
    assert Conversation("new", asked).history == (*asked[11:], "new")


def test_history_in_an_address_has_a_maximum_length() -> None:
    long = "x" * 1500
    conversation = Conversation(long, (long,) * 9)
    assert len(conversation.history) == 3  # 1500 characters and "after=" per question, and "&" between them
    assert len(conversation.next_query) == 3 * 1506 + 2 <= MAX_HISTORY_BYTES
    assert Conversation("🐦" * 2000, ("a",)).history == ("🐦" * 2000,)  # one there always is
