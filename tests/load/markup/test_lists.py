"""An ordered list that goes on after other blocks is one list, and a term stays with its definitions."""

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.markup.markdown import load_markdown
from normqa.load.text.plain_text import load_text
from normqa.load.text.text_file import LoadBody
from normqa.structure import Structure

Lists = list[tuple[str | None, list[str]]]


def lists(document: Document) -> Lists:
    text = document.text
    return [
        (entry.lead_in.of(text) if entry.lead_in else None, [item.of(text) for item in entry.items])
        for entry in document.lists
    ]


@pytest.mark.parametrize(
    ("between", "text"),
    [
        ("> Tip: use a pin.", "Tip: use a pin."),
        ("```\nreset\n```", "reset"),
        ("![The button](b.png)", "The button"),
        ("| a |\n|---|\n| b |", "a\nb"),
        ("Wait a minute.\n\nWait more.", "Wait a minute.\n\nWait more."),
        ("<div>Wait.</div>", "Wait."),
        ("!!! note\n    Wait.", "Note\nWait."),
        ("***\n\nWait:\n\n- a\n- b", "Wait:\n\na\nb"),
    ],
)
def test_an_ordered_list_goes_on_after_other_blocks(between: str, text: str) -> None:
    document = load_markdown("d", f"To reset:\n\n1. Pull\n2. Hold\n\n{between}\n\n3. Set\n4. Go", Metadata())
    assert lists(document)[0] == ("To reset:", ["1. Pull", f"2. Hold\n\n{text}", "3. Set", "4. Go"])


def test_a_list_goes_on_more_than_once_and_within_an_item() -> None:
    document = load_markdown("d", "1. a\n\nx\n\n2. b\n\ny\n\n3. c\n\n- 1) d\n\n  > z\n\n  2) e", Metadata())
    assert lists(document)[0] == (None, ["1. a\n\nx", "2. b\n\ny", "3. c"])
    assert lists(document)[1] == (None, ["1) d\n\nz", "2) e"])


@pytest.mark.parametrize("after", ["## H\n\n3. c", "> x\n\n4. c", "> x\n\n3) c", "> 3. c", "> x\n\n1. c"])
def test_another_list_does_not_go_on(after: str) -> None:
    document = load_markdown("d", f"1. a\n2. b\n\n{after}", Metadata())
    assert lists(document)[0] == (None, ["1. a", "2. b"])
    assert len(document.lists) == 2


@pytest.mark.parametrize("load", [load_markdown, load_text])
def test_lists_with_introductions_of_their_own_stay_apart(load: LoadBody) -> None:
    document = load("d", "The first are:\n\n1. a\n2. b\n\nThe next is:\n\n3. c", Metadata())
    assert lists(document) == [("The first are:", ["1. a", "2. b"]), ("The next is:", ["3. c"])]


def test_a_sentence_between_two_items_can_be_quoted_alone() -> None:
    document = load_markdown("d", "1. a\n\nBetween them.\n\n2. b", Metadata())
    [_, between, _] = document.blocks
    structure = Structure(document)
    assert structure.item_at(between.span) is None
    assert structure.item_at(document.blocks[0].span) == document.lists[0].items[0]


def test_a_list_in_plain_text_goes_on_after_a_paragraph() -> None:
    document = load_text(
        "d", "To reset:\n\n1. Pull\n- a pin\n\nWait.\n\n2. Hold\n\nThis ends it.", Metadata()
    )
    assert lists(document) == [("To reset:", ["1. Pull", "- a pin\n\nWait.", "2. Hold"])]
    assert [block.kind for block in document.blocks if block.kind is BlockKind.LEAD_IN] == [BlockKind.LEAD_IN]
    assert len(load_text("d", "1. a\n\nPART II\n\nThe rest.\n\n2. b", Metadata()).lists) == 2


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("Apple\n: A *fruit*.\n\nOrange\n:   Another.", ["Apple\nA fruit.", "Orange\nAnother."]),
        ("Apple\n\n:   A fruit.\n\n    It is red.\n\nEnd", ["Apple\nA fruit.\n\nIt is red."]),
        ("Norm\n: A rule.\n: A habit.", ["Norm\nA rule.\nA habit."]),
        ("Kinds\n: - a\n  - b", ["Kinds\na\nb"]),
        ("~~Old~~ New\n: ~~Struck.~~", ["New"]),
        ("Price\n~ 5 euros", ["Price\n~ 5 euros"]),
    ],
)
def test_a_term_and_its_definitions_are_one_item(source: str, items: list[str]) -> None:
    document = load_markdown("d", source, Metadata())
    assert lists(document)[-1][1] == items
    assert BlockKind.CODE not in {block.kind for block in document.blocks}
