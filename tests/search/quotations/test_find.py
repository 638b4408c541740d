"""Finding the quotations in a text."""

# ruff: noqa: RUF001 - quotation marks that look alike are the point

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.search.quotations.find import MAX_QUOTATIONS, quotations, unwrap


def texts(text: str) -> list[str]:
    return [quotation.text for quotation in quotations(text)]


@pytest.mark.parametrize(
    "text",
    [
        "It says “birds dive” here.",
        'It says "birds dive" here.',
        "It says ‘birds dive’ here.",
        "Es heißt „birds dive“ hier.",
        "Mówi „birds dive” tu.",
        "On dit « birds dive » ici.",
        "On dit «\u202fbirds dive\u202f» ici.",
        "Man siger »birds dive« her.",
        "「birds dive」と言う。",
        "It says “birds dive,” and more.",
        "It says “birds dive.”",
        "Birds’ rule: ‘birds dive’",
        "> birds dive",
        "> *Birds that swim:*\n>\n> birds dive\n>\n> — Birds. Notes. <http://zoo.example/x>",
        "“birds dive”\n— Birds. Notes. http://zoo.example/x",
    ],
)
def test_every_kind_of_quotation_is_found(text: str) -> None:
    assert texts(text) == ["birds dive"]


def test_several_quotations_are_found_in_order() -> None:
    text = '“One” and “two”.\n\n> three\n\nThen:\n“four”\n— Title. http://x\n\n"five"'
    assert texts(text) == ["One", "two", "three", "four", "five"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The birds’ nests aren’t the gulls’.", []),
        ('A 5" pipe and a 6" pipe.', []),
        ("An “unclosed mark.", []),
        ("“Open\n\nin another paragraph”", []),
        ('“”, “…”, "--"', []),
        ("“He said “yes” twice”", ["He said “yes” twice"]),
        ("“He said ‘yes’ twice”", ["He said ‘yes’ twice"]),
        ("“Birds […] dive (...) deep.”", ["Birds", "dive", "deep"]),
        ("“the gulls’ nests aren’t there”", ["the gulls’ nests aren’t there"]),
        ("‘the gull’s nest’", ["the gull’s nest"]),
    ],
)
def test_marks_are_read_by_what_is_around_them(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_copied_quote_may_contain_any_marks() -> None:
    quote = "He said “yes.\nAnd ”no” (“maybe)."
    copied = f"(Some lead-in:)\n“{quote}”\n— Title. Source. http://zoo.example/documents/x?start=1&end=2"
    assert unwrap(copied) == quote
    assert texts(f"Before.\n\n{copied}\n\nAfter “that”.") == [quote, "that"]


def test_block_quote_is_unescaped() -> None:
    assert unwrap("> 1\\. The \\*rule\\*\n> goes on\n>\n> — Title\\.") == "1. The *rule*\ngoes on"


@pytest.mark.parametrize(
    "text", ["birds", "“a” and “b”", "say “a”", "“birds", "> ", "", "'birds'", "“”", "“ ”", '""']
)
def test_other_texts_stay_wrapped(text: str) -> None:
    assert unwrap(text) is None


@pytest.mark.parametrize("text", ["“birds dive”", ' "birds dive" ', "«birds dive»", "> birds dive\n"])
def test_quotation_alone_is_unwrapped(text: str) -> None:
    assert unwrap(text) == "birds dive"


def test_number_of_quotations_is_limited() -> None:
    assert len(quotations("“bird” " * (MAX_QUOTATIONS + 1))) == MAX_QUOTATIONS


@given(st.text(alphabet='ab .,\n>*“”„‘’«»"—()[]…\\', max_size=60))
def test_quotations_do_not_overlap_and_are_no_longer_than_the_text(text: str) -> None:
    found = quotations(text)
    for one, other in pairwise(found):
        assert one.span.end <= other.span.start
    assert all(quotation.span.end <= len(text) and quotation.text for quotation in found)
