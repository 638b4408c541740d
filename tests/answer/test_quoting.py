"""From the sentence that answers to a quote that reads whole."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.answer.quoting import QUOTE_CHARACTERS, list_led_by, quote_list, quote_passages
from normqa.answer.read import Reading
from normqa.datatypes import Quote
from tests.answer.reading import a_document, a_reading, answers, passages, readings, texts


def a_sentence(opening: str, length: int) -> str:
    """A sentence of so many characters."""
    return f"{opening} {'x' * (length - len(opening) - 2)}."


def check_that_none_overlap(quotes: tuple[Quote, ...]) -> None:
    for first, second in combinations(quotes, 2):
        apart = first.span.end <= second.span.start or second.span.end <= first.span.start
        assert first.citation.document_id != second.citation.document_id or apart


def test_a_paragraph_under_the_limit_is_quoted_whole() -> None:
    paragraph = "States agree. Hotlines help them. So do meetings."
    quotes = quote_passages(readings(a_document(f"# H\n\n{paragraph}\n\n# I\n\nMore."), "Hotlines"), 3)
    assert texts(quotes) == [paragraph]
    assert answers(quotes) == ["Hotlines help them."]


def test_the_limit_itself_is_over_the_limit() -> None:
    """599 characters stay whole; of 600 the last sentence is left out."""
    assert QUOTE_CHARACTERS == 600
    for length in (599, 600):
        sentences = [a_sentence(name, 149) for name in ("One", "Two", "Three")]
        paragraph = " ".join([*sentences, a_sentence("Four", length - 3 * 150)])
        assert len(paragraph) == length
        [quote] = quote_passages(readings(a_document(paragraph), "One"), 3)
        assert quote.text == (paragraph if length == 599 else " ".join(sentences))


def test_a_long_paragraph_is_quoted_around_the_sentence_that_answers() -> None:
    """Of six sentences of 150 and five blanks, four would be 603: three are quoted, the next one first."""
    names = ["One", "Two", "Three", "Four", "Five", "Six"]
    sentences = {name: a_sentence(name, 150) for name in names}
    document = a_document(" ".join(sentences.values()))
    for answering, quoted in {
        "One": ["One", "Two", "Three"],
        "Three": ["Two", "Three", "Four"],
        "Six": ["Four", "Five", "Six"],
    }.items():
        quotes = quote_passages(readings(document, answering), 3)
        assert texts(quotes) == [" ".join(sentences[name] for name in quoted)]
        assert answers(quotes) == [sentences[answering]]
        assert len(quotes[0].text) < QUOTE_CHARACTERS


def test_a_sentence_over_the_limit_is_quoted_whole_and_alone() -> None:
    long = a_sentence("Long", 800)
    quotes = quote_passages(readings(a_document(f"Before it. {long} After it."), "Long"), 3)
    assert texts(quotes) == answers(quotes) == [long]


def test_sentences_of_one_paragraph_are_one_quote_that_answers_with_the_best() -> None:
    paragraph = "States agree. Hotlines help them. So do meetings."
    quotes = quote_passages(readings(a_document(paragraph), "So do", "States", "Hotlines"), 3)
    assert texts(quotes) == [paragraph]
    assert answers(quotes) == ["So do meetings."]


@pytest.mark.parametrize("order", [("First", "Second"), ("Second", "First")])
def test_consecutive_paragraphs_of_one_section_are_one_quote(order: tuple[str, str]) -> None:
    document = a_document("# H\n\nFirst one.\n\nSecond one.\n\nThird one.")
    quotes = quote_passages(readings(document, *order), 3)
    assert texts(quotes) == ["First one.\n\nSecond one."]
    assert answers(quotes) == [f"{order[0]} one."]


@pytest.mark.parametrize("order", [("First", "Third", "Second"), ("Third", "First", "Second")])
def test_a_paragraph_that_joins_two_quotes_makes_them_one(order: tuple[str, str, str]) -> None:
    document = a_document("# H\n\nFirst one.\n\nSecond one.\n\nThird one.")
    quotes = quote_passages(readings(document, *order), 3)
    assert texts(quotes) == ["First one.\n\nSecond one.\n\nThird one."]
    assert answers(quotes) == [f"{order[0]} one."]


def test_paragraphs_of_two_sections_stay_two_quotes() -> None:
    document = a_document("# H\n\nFirst one.\n\n## I\n\nSecond one.")
    quotes = quote_passages(readings(document, "First", "Second"), 3)
    assert texts(quotes) == ["First one.", "Second one."]
    assert [quote.citation.section for quote in quotes] == [(), ("I",)]


def test_paragraphs_that_are_not_consecutive_stay_two_quotes() -> None:
    document = a_document("First one.\n\nSecond one.\n\nThird one.")
    assert texts(quote_passages(readings(document, "Third", "First"), 3)) == ["Third one.", "First one."]


def test_paragraphs_that_are_too_long_together_stay_two_quotes() -> None:
    """299 and 2 and 299 make 600; one character less is one quote."""
    for length, count in ((299, 2), (298, 1)):
        document = a_document(f"{a_sentence('First', 299)}\n\n{a_sentence('Second', length)}")
        assert len(quote_passages(readings(document, "First", "Second"), 3)) == count


def test_the_same_paragraph_in_two_documents_is_quoted_from_both() -> None:
    found = [a_reading(a_document("Same words.", name), "Same") for name in ("a", "b")]
    quotes = quote_passages(found, 3)
    assert [quote.citation.document_id for quote in quotes] == ["a", "b"]


def test_list_items_are_quoted_whole_and_never_joined() -> None:
    document = a_document("- Hotlines. They help.\n- Meetings. They help too.\n- Treaties.")
    quotes = quote_passages(readings(document, "Meetings", "Hotlines"), 3)
    assert texts(quotes) == ["Meetings. They help too.", "Hotlines. They help."]


def test_an_item_is_quoted_with_all_that_is_nested_in_it() -> None:
    document = a_document("1. Channels:\n   - hotlines\n   - meetings\n2. Treaties")
    quotes = quote_passages(readings(document, "1. Channels"), 3)
    assert texts(quotes) == ["1. Channels:\nhotlines\nmeetings"]
    assert answers(quotes) == ["1. Channels:"]


def test_an_outer_item_does_not_repeat_the_nested_one_that_is_quoted_already() -> None:
    document = a_document("1. Channels:\n   - hotlines\n   - meetings\n2. Treaties")
    assert texts(quote_passages(readings(document, "hotlines", "1. Channels"), 3)) == [
        "hotlines",
        "1. Channels:",
    ]
    assert texts(quote_passages(readings(document, "1. Channels", "hotlines"), 3)) == [
        "1. Channels:\nhotlines\nmeetings"
    ]


def test_an_item_over_the_limit_is_quoted_whole() -> None:
    item = f"1. {a_sentence('Long', 400)} {a_sentence('Longer', 400)}"
    assert texts(quote_passages(readings(a_document(f"{item}\n2. Short."), "1. Long"), 3)) == [item]


def test_rows_and_code_are_quoted_whole_and_never_joined() -> None:
    table = "| State | Hotlines |\n|---|---|\n| A | two |\n| B | three |"
    document = a_document(f"{table}\n\n```\na = 1\nb = 2\n```\n")
    quotes = quote_passages(readings(document, "A", "B", "a ="), 3)
    assert texts(quotes) == ["A\ttwo", "B\tthree", "a = 1\nb = 2"]


def test_no_more_than_top_k_quotes_are_made_and_readings_that_join_one_take_no_place() -> None:
    document = a_document("# A\n\nFirst one. First two.\n\n# B\n\nSecond one.\n\n# C\n\nThird one.")
    found = readings(document, "First one", "First two", "Second", "Third")
    quoted = ["First one. First two.", "Second one.", "Third one."]
    for top_k in (1, 2, 3, 9):
        assert texts(quote_passages(found, top_k)) == quoted[:top_k]


def test_a_reading_past_top_k_may_still_join_a_quote() -> None:
    document = a_document("# A\n\nFirst one.\n\nFirst two.\n\n# B\n\nSecond one.")
    found = readings(document, "First one", "Second", "First two")
    assert texts(quote_passages(found, 1)) == ["First one.\n\nFirst two."]


def test_no_readings_give_no_quotes() -> None:
    assert quote_passages([], 3) == ()


def test_a_window_that_grew_over_two_others_repeats_neither() -> None:
    """Long sentences before and after stop the first two windows; the third reaches over both."""
    names = ["Long", "One", "Two", "Three", "Four", "Five", "Six", "Longer"]
    sentences = [a_sentence(name, 590 if name.startswith("Long") else 40) for name in names]
    document = a_document(" ".join(sentences))
    for order in (("Five", "One", "Three"), ("One", "Five", "Three"), ("Six", "One", "Four", "Two")):
        check_that_none_overlap(quote_passages(readings(document, *order), 3))


@given(
    st.lists(st.integers(10, 650), min_size=1, max_size=12).flatmap(
        lambda lengths: st.tuples(st.just(lengths), st.permutations(range(len(lengths))))
    ),
    st.sets(st.integers(0, 11)),
    st.integers(1, 6),
)
def test_whatever_is_read_in_whatever_order_no_two_quotes_overlap(
    case: tuple[list[int], list[int]], ends_of_paragraph: set[int], top_k: int
) -> None:
    """Each stays under the limit unless it is one sentence, and holds its answer."""
    lengths, order = case
    sentences = [a_sentence(f"{chr(ord('A') + n)}a", length) for n, length in enumerate(lengths)]
    markdown = "".join(s + ("\n\n" if n in ends_of_paragraph else " ") for n, s in enumerate(sentences))
    document = a_document(markdown)
    units = sorted((unit, passage) for passage in passages(document) for unit in passage.sentences)
    assert [unit.of(document.text) for unit, _ in units] == sentences
    found = [Reading(document, units[n][1], units[n][0], 0.5) for n in order]
    quotes = quote_passages(found, top_k)
    check_that_none_overlap(quotes)
    assert 1 <= len(quotes) <= top_k
    assert answers(quotes)[0] == sentences[order[0]]
    for quote in quotes:
        assert len(quote.text) < QUOTE_CHARACTERS or quote.text in sentences


def test_a_list_is_quoted_with_its_lead_in_first_and_every_item_in_order() -> None:
    document = a_document("Strategies include:\n\n1. Treaties\n2. Dialogue\n   - hotlines\n3. Norms\n\nAll.")
    led = list_led_by(a_reading(document, "Strategies include"))
    assert led is not None
    quotes = quote_list(document, led)
    assert texts(quotes) == ["Strategies include:", "1. Treaties", "2. Dialogue\nhotlines", "3. Norms"]
    assert answers(quotes) == texts(quotes)


def test_a_heading_leads_the_list_right_under_it() -> None:
    document = a_document("# Title\n\n## Strategies\n\n- Treaties\n- Dialogue")
    led = list_led_by(a_reading(document, "Strategies"))
    assert led is not None
    assert texts(quote_list(document, led)) == ["Strategies", "Treaties", "Dialogue"]


def test_an_item_leads_the_list_nested_in_it() -> None:
    document = a_document("- Channels:\n  - hotlines\n  - meetings\n- Treaties")
    led = list_led_by(a_reading(document, "Channels"))
    assert led is not None
    assert texts(quote_list(document, led)) == ["Channels:", "hotlines", "meetings"]


def test_only_the_last_sentence_of_a_lead_in_leads_its_list() -> None:
    document = a_document("Norms matter. Strategies include:\n\n- Treaties\n- Dialogue")
    assert list_led_by(a_reading(document, "Norms matter")) is None
    led = list_led_by(a_reading(document, "Strategies include"))
    assert led is not None
    assert texts(quote_list(document, led))[0] == "Norms matter. Strategies include:"


def test_an_item_or_a_paragraph_apart_leads_no_list() -> None:
    document = a_document("Strategies include:\n\n- Treaties\n- Dialogue\n\nThat is all.")
    assert list_led_by(a_reading(document, "Treaties")) is None
    assert list_led_by(a_reading(document, "That is all")) is None
