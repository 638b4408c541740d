"""Quotes made from candidates."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.answer.candidates.candidate import Candidate, Signals
from normqa.answer.quotes.quoting import QUOTE_CHARACTERS, quote_apart, quote_passages
from normqa.datatypes import Quote, Span
from normqa.structure import Structure
from tests.answer.documents import a_candidate, a_document, answers, candidates, passages, texts


def a_sentence(opening: str, length: int) -> str:
    """Return a sentence with this number of characters."""
    return f"{opening} {'x' * (length - len(opening) - 2)}."


def check_that_none_overlap(quotes: tuple[Quote, ...]) -> None:
    for first, second in combinations(quotes, 2):
        apart = first.span.end <= second.span.start or second.span.end <= first.span.start
        assert first.citation.document_id != second.citation.document_id or apart


def test_sentence_of_a_paragraph_is_quoted_alone() -> None:
    document = a_document("# H\n\nStates agree. Hotlines help them. So do meetings.\n\n# I\n\nMore.")
    quotes = quote_passages(candidates(document, "Hotlines"), 3)
    assert texts(quotes) == answers(quotes) == ["Hotlines help them."]


def test_sentence_that_refers_back_is_quoted_in_context() -> None:
    document = a_document("States agree. Hotlines help. However, they differ. So do meetings.")
    quotes = quote_passages([a_candidate(document, "However", refers_to="Hotlines")], 3)
    assert texts(quotes) == ["Hotlines help. However, they differ."]
    assert answers(quotes) == ["However, they differ."]


@pytest.mark.parametrize(("length", "is_whole"), [(599, True), (600, False)])
def test_context_is_dropped_if_the_quote_gets_too_long(length: int, is_whole: bool) -> None:
    assert QUOTE_CHARACTERS == 600
    first, second = a_sentence("First", 300), a_sentence("It", length - 301)
    document = a_document(f"{first} {second}")
    quotes = quote_passages([a_candidate(document, "It", refers_to="First")], 3)
    assert texts(quotes) == [f"{first} {second}" if is_whole else second]
    assert answers(quotes) == [second]


def test_long_sentence_is_quoted_whole_and_alone() -> None:
    long = a_sentence("Long", 800)
    quotes = quote_passages(candidates(a_document(f"Before it. {long} After it."), "Long"), 3)
    assert texts(quotes) == answers(quotes) == [long]


def test_sentences_that_follow_each_other_are_one_quote() -> None:
    """The best one answers first."""
    document = a_document("States agree. Hotlines help them. So do meetings.")
    [quote] = quote_passages(candidates(document, "So do", "States", "Hotlines"), 3)
    assert quote.text == "States agree. Hotlines help them. So do meetings."
    assert answers((quote,)) == ["So do meetings."]
    others = [span.of(document.text) for span in quote.other_answers]
    assert others == ["States agree.", "Hotlines help them."]


def test_sentences_of_a_paragraph_with_another_between_them_are_separate_quotes() -> None:
    document = a_document("States agree. Hotlines help them. So do meetings.")
    quotes = quote_passages(candidates(document, "So do", "States"), 3)
    assert texts(quotes) == answers(quotes) == ["So do meetings.", "States agree."]
    assert not any(quote.other_answers for quote in quotes)


def test_sentences_can_be_quoted_apart() -> None:
    document = a_document("States agree. Hotlines help them.")
    assert texts(quote_apart(candidates(document, "Hotlines", "States"), 3)) == [
        "Hotlines help them.",
        "States agree.",
    ]


def test_context_of_another_quote_is_not_quoted_again() -> None:
    document = a_document("States agree. It helps. They meet.")
    referring, alone = a_candidate(document, "It helps", refers_to="States"), a_candidate(document, "States")
    assert texts(quote_passages([referring, alone], 3)) == ["States agree. It helps."]


def test_context_is_dropped_if_another_quote_contains_it() -> None:
    document = a_document("States agree. It helps. They meet.")
    referring, alone = a_candidate(document, "It helps", refers_to="States"), a_candidate(document, "States")
    assert texts(quote_apart([alone, referring], 3)) == ["States agree.", "It helps."]
    both = [referring, a_candidate(document, "They", refers_to="States")]
    assert texts(quote_apart(both, 3)) == ["States agree. It helps.", "They meet."]


@pytest.mark.parametrize("order", [("First", "Second"), ("Second", "First")])
def test_consecutive_paragraphs_of_a_section_are_merged(order: tuple[str, str]) -> None:
    document = a_document("# H\n\nFirst one.\n\nSecond one.\n\nThird one.")
    quotes = quote_passages(candidates(document, *order), 3)
    assert texts(quotes) == ["First one.\n\nSecond one."]
    assert answers(quotes) == [f"{order[0]} one."]


@pytest.mark.parametrize("order", [("First", "Third", "Second"), ("Third", "First", "Second")])
def test_paragraph_between_two_quotes_merges_them(order: tuple[str, str, str]) -> None:
    document = a_document("# H\n\nFirst one.\n\nSecond one.\n\nThird one.")
    quotes = quote_passages(candidates(document, *order), 3)
    assert texts(quotes) == ["First one.\n\nSecond one.\n\nThird one."]
    assert answers(quotes) == [f"{order[0]} one."]


def test_sentences_with_another_between_them_are_not_merged() -> None:
    document = a_document("First one. First two.\n\nSecond one. Second two.")
    for openings, quoted in {
        ("First two", "Second one"): ["First two.\n\nSecond one."],
        ("First one", "Second one"): ["First one.", "Second one."],
        ("First two", "Second two"): ["First two.", "Second two."],
    }.items():
        assert texts(quote_passages(candidates(document, *openings), 3)) == quoted


def test_paragraphs_of_two_sections_are_not_merged() -> None:
    document = a_document("# H\n\nFirst one.\n\n## I\n\nSecond one.")
    quotes = quote_passages(candidates(document, "First", "Second"), 3)
    assert texts(quotes) == ["First one.", "Second one."]
    assert [quote.citation.section for quote in quotes] == [(), ("I",)]


def test_paragraphs_with_another_between_them_are_not_merged() -> None:
    document = a_document("First one.\n\nSecond one.\n\nThird one.")
    assert texts(quote_passages(candidates(document, "Third", "First"), 3)) == ["Third one.", "First one."]


def test_paragraphs_that_are_too_long_together_are_not_merged() -> None:
    """299 + 2 + 299 is 600; one character less makes one quote."""
    for length, count in ((299, 2), (298, 1)):
        document = a_document(f"{a_sentence('First', 299)}\n\n{a_sentence('Second', length)}")
        assert len(quote_passages(candidates(document, "First", "Second"), 3)) == count


def test_list_items_are_quoted_whole_and_not_merged() -> None:
    document = a_document("- Hotlines. They help.\n- Meetings. They help too.\n- Treaties.")
    quotes = quote_passages(candidates(document, "Meetings", "Hotlines"), 3)
    assert texts(quotes) == ["Meetings. They help too.", "Hotlines. They help."]


NESTED = "1. Channels:\n   - hotlines\n   - meetings\n\n   All of them help.\n2. Treaties"


def test_item_is_quoted_with_nested_items() -> None:
    quotes = quote_passages(candidates(a_document(NESTED), "All of them"), 3)
    assert texts(quotes) == ["1. Channels:\nhotlines\nmeetings\n\nAll of them help."]
    assert answers(quotes) == ["All of them help."]


@pytest.mark.parametrize("order", [("hotlines", "All of them"), ("All of them", "hotlines")])
def test_short_outer_item_is_quoted_once_for_all_of_its_parts(order: tuple[str, str]) -> None:
    quotes = quote_passages(candidates(a_document(NESTED), *order), 3)
    assert texts(quotes) == ["1. Channels:\nhotlines\nmeetings\n\nAll of them help."]
    assert answers(quotes)[0].startswith(order[0])


def test_nested_item_of_a_long_outer_item_is_quoted_below_it() -> None:
    other = a_sentence("Meetings", 600)
    document = a_document(f"Strategies:\n\n- Channels\n  - {other}\n  - Hotlines help.\n- Treaties")
    [quote] = quote_passages(candidates(document, "Hotlines"), 3)
    assert quote.text == "Hotlines help."
    assert [(part.role, part.text) for part in quote.context] == [
        ("lead_in", "Strategies:"),
        ("parent", "Channels"),
    ]


def test_other_branches_of_an_outer_item_are_not_quoted() -> None:
    document = a_document("1. Build\n   - House\n     - Fee: 300\n   - Shed\n     - Fee: 40")
    [quote] = quote_passages(candidates(document, "Fee: 40"), 3)
    assert (quote.text, answers((quote,))) == ("Shed\nFee: 40", ["Fee: 40"])
    assert [(part.role, part.text) for part in quote.context] == [("parent", "1. Build")]


def test_row_is_quoted_with_its_column_names() -> None:
    document = a_document("Vans by town:\n\n| Town | Vans |\n|---|---|\n| Ghent | 41 |\n| Lille | 12 |")
    [quote] = quote_passages(candidates(document, "Lille"), 3)
    assert quote.text == "Lille\t12"
    assert [(part.role, part.text) for part in quote.context] == [
        ("lead_in", "Vans by town:"),
        ("header", "Town\tVans"),
    ]


def test_long_item_is_quoted_whole() -> None:
    item = f"1. {a_sentence('Long', 400)} {a_sentence('Longer', 400)}"
    assert texts(quote_passages(candidates(a_document(f"{item}\n2. Short."), "1. Long"), 3)) == [item]


@pytest.mark.parametrize(
    ("markdown", "opening"),
    [
        ("Strategies include:\n\n- Treaties\n- Dialogue\n\nThat is all.", "Strategies"),
        ("# T\n\nThat is all.\n\n## Strategies\n\n- Treaties\n- Dialogue", "Strategies"),
        ("- Channels:\n  - hotlines\n  - meetings\n- Treaties\n\nThat is all.", "Channels"),
    ],
    ids=["a paragraph", "a heading", "an item"],
)
def test_lead_in_is_quoted_only_if_there_is_nothing_else(markdown: str, opening: str) -> None:
    document = a_document(markdown)
    assert texts(quote_passages(candidates(document, opening, "That is"), 3)) == ["That is all."]
    [answer] = answers(quote_passages(candidates(document, opening), 3))
    assert answer.startswith(opening)


def test_earlier_sentence_of_a_lead_in_is_quoted() -> None:
    document = a_document("Norms matter. Strategies include:\n\n- Treaties\n- Dialogue")
    assert texts(quote_passages(candidates(document, "Norms", "Strategies"), 3)) == ["Norms matter."]


def test_rows_and_code_are_quoted_whole_and_not_merged() -> None:
    table = "| State | Hotlines |\n|---|---|\n| A | two |\n| B | three |"
    document = a_document(f"{table}\n\n```\na = 1\nb = 2\n```\n")
    quotes = quote_passages(candidates(document, "A", "B", "a ="), 3)
    assert texts(quotes) == ["A\ttwo", "B\tthree", "a = 1\nb = 2"]


def test_merging_makes_fewer_quotes_and_no_longer_answer() -> None:
    document = a_document("# A\n\nFirst one.\n\nFirst two.\n\n# B\n\nSecond one.\n\n# C\n\nThird one.")
    found = candidates(document, "First one", "First two", "Second", "Third")
    for top_k, quoted in {
        1: ["First one."],
        2: ["First one.\n\nFirst two."],
        3: ["First one.\n\nFirst two.", "Second one."],
        20: ["First one.\n\nFirst two.", "Second one.", "Third one."],
    }.items():
        assert texts(quote_passages(found, top_k)) == quoted


@given(
    st.lists(st.integers(10, 650), min_size=1, max_size=12).flatmap(
        lambda lengths: st.tuples(st.just(lengths), st.permutations(range(len(lengths))))
    ),
    st.sets(st.integers(0, 11)),
    st.sets(st.integers(0, 11)),
    st.integers(1, 6),
)
def test_quotes_never_overlap(
    case: tuple[list[int], list[int]], ends_of_paragraph: set[int], referring: set[int], top_k: int
) -> None:
    """A quote is shorter than the limit unless it is one sentence, and contains its answer."""
    lengths, order = case
    sentences = [a_sentence(f"{chr(ord('A') + n)}a", length) for n, length in enumerate(lengths)]
    markdown = "".join(s + ("\n\n" if n in ends_of_paragraph else " ") for n, s in enumerate(sentences))
    document = a_document(markdown)
    units = sorted((unit, passage) for passage in passages(document) for unit in passage.sentences)
    assert [unit.of(document.text) for unit, _ in units] == sentences
    contexts: list[Span] = []
    for n, (unit, _) in enumerate(units):
        refers = n in referring and contexts and n - 1 not in ends_of_paragraph
        contexts.append(Span(contexts[-1].start, unit.end) if refers else unit)
    structure = Structure(document)
    found = [Candidate(structure, units[n][1], units[n][0], contexts[n], Signals(0.5, 0, 0)) for n in order]
    quotes = quote_passages(found, top_k)
    check_that_none_overlap(quotes)
    assert 1 <= len(quotes) <= top_k
    assert answers(quotes)[0] == sentences[order[0]]
    for quote in quotes:
        assert len(quote.text) < QUOTE_CHARACTERS or quote.text in sentences
