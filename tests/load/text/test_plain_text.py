"""A plain text stays as it is; its paragraphs, items and lead-ins are known."""

from itertools import pairwise

import pytest
from hypothesis import given

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.problem import LoadError
from normqa.load.text.plain_text import load_text
from tests.markdown_texts import plain_texts

PARAGRAPH, LEAD_IN, ITEM = BlockKind.PARAGRAPH, BlockKind.LEAD_IN, BlockKind.ITEM


def load(body: str) -> Document:
    return load_text("folder/doc.txt", body, Metadata())


def blocks(document: Document) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.span.of(document.text)) for block in document.blocks]


def test_blank_lines_separate_paragraphs_of_unchanged_text() -> None:
    body = "\n  One\n  and *one*. \n \t\n\n# Two\n\n\n"
    document = load(body)
    assert document.text == body
    assert blocks(document) == [(PARAGRAPH, "One\n  and *one*."), (PARAGRAPH, "# Two")]
    assert document.title == "doc.txt"


@pytest.mark.parametrize("mark", ["1.", "2)", "12.", "999)", "-", "*", "•", "–"])
@pytest.mark.parametrize("blank", [" ", "\t", "   "])
def test_a_line_that_starts_with_a_number_or_bullet_is_an_item(mark: str, blank: str) -> None:
    document = load(f"Lead:\n{mark}{blank}one\n  {mark}{blank}two")
    assert blocks(document) == [
        (LEAD_IN, "Lead:"),
        (ITEM, f"{mark}{blank}one"),
        (ITEM, f"{mark}{blank}two"),
    ]
    assert [block.level for block in document.blocks] == [0, 1, 1]


@pytest.mark.parametrize(
    "line", ["1.5 per cent", "-5 degrees", "*not* an item", "2015. That year", "1 .", "a) x", "(1) x"]
)
def test_a_similar_line_is_not_an_item(line: str) -> None:
    assert blocks(load(f"Text\n{line}")) == [(PARAGRAPH, f"Text\n{line}")]


def test_the_lines_after_an_item_belong_to_it_until_a_blank_one() -> None:
    document = load("1. one\n   goes on\nand on\n2. two\n\nAfter")
    assert blocks(document) == [(ITEM, "1. one\n   goes on\nand on"), (ITEM, "2. two"), (PARAGRAPH, "After")]


def test_a_lead_in_may_be_followed_by_blank_lines() -> None:
    document = load("Text.\n\nSteps:\n\n1. one\n\n2. two\n\nText.\n\nMore:\n- three\n")
    text = document.text
    assert [
        (entry.lead_in.of(text) if entry.lead_in else None, [i.of(text) for i in entry.items])
        for entry in document.lists
    ] == [
        ("Steps:", ["1. one", "2. two"]),
        ("More:", ["- three"]),
    ]


def test_a_list_at_the_start_has_no_lead_in() -> None:
    [only] = load("- one\n- two").lists
    assert only.lead_in is None


def test_a_text_is_one_section() -> None:
    document = load("One\n\nTwo\n")
    assert [(entry.heading_path, entry.span.of(document.text)) for entry in document.sections] == [
        ((), "One\n\nTwo\n")
    ]


@pytest.mark.parametrize("body", ["", " \n\n\t", "\u2003\n"])
def test_a_blank_text_gives_no_document(body: str) -> None:
    with pytest.raises(LoadError, match=r"^it contains no text$"):
        load(body)


@given(plain_texts)
def test_any_text_is_kept_and_covered_by_its_blocks(body: str) -> None:
    document = load(body)
    assert document.text == body
    spans = [block.span for block in document.blocks]
    assert all(before.end < after.start for before, after in pairwise(spans))
    assert all(span.of(body) == span.of(body).strip() != "" for span in spans)
    bounds = [0, *(bound for span in spans for bound in (span.start, span.end)), len(body)]
    assert not any(body[start:end].strip() for start, end in zip(bounds[::2], bounds[1::2], strict=True))


@given(plain_texts)
def test_every_item_is_in_one_list_and_follows_its_lead_in(body: str) -> None:
    document = load(body)
    spans = [block.span for block in document.blocks]
    listed = [item for entry in document.lists for item in entry.items]
    assert listed == [block.span for block in document.blocks if block.kind is ITEM]
    for entry in document.lists:
        place = spans.index(entry.items[0])
        assert entry.lead_in == (spans[place - 1] if place else None)
