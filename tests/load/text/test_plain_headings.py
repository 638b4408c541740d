"""Headings in plain text are found where they are plainly meant."""

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.text.plain_text import load_text

AFTER = "\n\nThe parties shall meet once a year."


def load(body: str) -> Document:
    return load_text("doc.txt", body, Metadata())


def headings(document: Document) -> list[str]:
    return [block.span.of(document.text) for block in document.blocks if block.kind is BlockKind.HEADING]


@pytest.mark.parametrize(
    "heading",
    [
        "SCOPE",
        "SCOPE AND TERMS:",
        "1. SCOPE",
        "2.1 TERMS USED",
        "IV. FINAL CLAUSES",
        "GENERAL CONVENTION ON\nTHE LAW OF THE SEA",
        "ARTICLE 5",
        "Article 5",
        "Article 5a. Scope",
        "Article 5 Use of terms",
        "ARTICLE 5\nTERMS",
        "Chapter IV – Cooperation",
        "PART II: MEETINGS",
        "Annex A",
        "ÜBERSICHT",
    ],
)
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_a_line_that_is_plainly_a_heading(heading: str, gap: str) -> None:
    body = f"The text starts here.\n\n{heading}{gap}The parties shall meet once a year."
    document = load(body)
    assert headings(document) == [heading]
    assert document.section_at(len(body) - 1).heading_path == (" ".join(heading.split()),)
    assert document.text == body


def test_the_line_below_a_number_is_its_title_if_nothing_follows_it() -> None:
    assert headings(load(f"ARTICLE 5\nUse of terms{AFTER}")) == ["ARTICLE 5\nUse of terms"]
    assert headings(load("ARTICLE 5\nUse of terms\nThe terms are these.")) == ["ARTICLE 5"]


@pytest.mark.parametrize(
    "line",
    [
        "USA",
        "A/RES/70/25",
        "STOP.",
        "Article 5 applies to them",
        "Article 5, paragraph 2",
        "WHEREAS\nthe parties agree",
        "1. NATO\n2. UNESCO\n3. OSCE",
        "1. NATO\n\n2. UNESCO",
        "- NATO MEMBERS",
        "EURO   USD   POUND",
        "1. Scope",
    ],
)
def test_a_line_that_may_be_text_is_no_heading(line: str) -> None:
    assert headings(load(f"The text starts here.\n\n{line}{AFTER}")) == []


def test_a_text_in_capitals_or_without_more_text_has_no_headings() -> None:
    assert headings(load("ARRIVE MONDAY STOP\n\nBRING THE KEYS STOP\n\nALL IS WELL")) == []
    assert headings(load("The number is below.\n\nEMERGENCY NUMBER: 555-0101")) == []


def test_headings_nest_by_their_kind() -> None:
    document = load(
        f"PART I{AFTER}\n\nCHAPTER 2{AFTER}\n\nArticle 3{AFTER}\n\nArticle 4{AFTER}\n\nPART II{AFTER}"
    )
    paths = [section.heading_path for section in document.sections]
    assert paths == [(), ("CHAPTER 2",), ("CHAPTER 2", "Article 3"), ("CHAPTER 2", "Article 4"), ("PART II",)]


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (f"Agreement on the lake{AFTER}", "Agreement on the lake"),
        (f"AGREEMENT ON\nTHE LAKE{AFTER}", "AGREEMENT ON THE LAKE"),
        (f"The lake is deep.{AFTER}", "doc.txt"),
        (f"Two lines\nof text{AFTER}", "doc.txt"),
        (f"From: the office{AFTER}", "doc.txt"),
        (f"- an item{AFTER}", "doc.txt"),
        ("Agreement on the lake", "doc.txt"),
        (f"It is deep.{AFTER}\n\nSCOPE{AFTER}", "doc.txt"),
    ],
)
def test_the_first_line_is_the_title_if_it_is_one(body: str, title: str) -> None:
    assert load(body).title == title
