"""Tags that lie, or attack, lose no words and cost little."""

import re
from collections import Counter

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.pdf.pdf import read_pdf
from tests.load.pdf.files import pdf, text
from tests.load.pdf.tagged import Element, element, tagged, words

LINES = [
    "Wells and pumps",
    "The first well was dug in 1871 and is not deep.",
    "The second well is much older than the first.",
    "1. Pull the plug.",
    "2. Hold the button.",
    "The last line of the page says goodbye.",
]
PAGE = "".join(words(n, line, y=700 - 40 * n, size=20 if n == 0 else 12) for n, line in enumerate(LINES))
MANY = 3_000


def read(raw: bytes) -> Document:
    return read_pdf("doc", raw, Metadata()).document


def counted(document: Document) -> Counter[str]:
    return Counter(re.findall(r"\w+", document.text))


PLAIN = pdf("".join(text(line, y=700 - 40 * n, size=20 if n == 0 else 12) for n, line in enumerate(LINES)))

LIES = {
    "one paragraph": [element("P", *range(6))],
    "one heading": [element("H1", *range(6))],
    "one cell": [element("Table", element("TR", element("TD", *range(6))))],
    "one item": [element("L", element("LI", *range(6)))],
    "only headings": [element("H1", n) for n in range(6)],
    "only labels": [element("L", *(element("LI", element("Lbl", n)) for n in range(6)))],
    "items without list": [element("LI", element("Lbl", n)) for n in range(6)],
    "cells without table": [element("TD", n) for n in range(6)],
    "rows in cells": [
        element("Table", element("TR", element("TD", element("TR", element("TD", n))))) for n in range(6)
    ],
    "content that does not exist": [element("P", *range(200))],
    "some content": [element("P", 0), element("P", 1)],
    "content twice": [element("P", *range(6)), element("P", *range(6))],
    "unknown types": [element("Nonsense", n) for n in range(6)],
    "huge spans": [
        element(
            "Table",
            *(
                element("TR", *(element("TD", n, more="/A << /ColSpan 1e30 /RowSpan -7 >>") for n in pair))
                for pair in ((0, 1), (2, 3), (4, 5))
            ),
        )
    ],
}


@pytest.mark.parametrize("lie", LIES)
def test_no_word_is_lost(lie: str) -> None:
    assert counted(read(tagged([PAGE], *LIES[lie]))) == counted(read(PLAIN))


@pytest.mark.parametrize("lie", ["one paragraph", "one heading", "one cell", "one item", "only headings"])
def test_a_page_that_is_one_block_is_read_by_its_layout(lie: str) -> None:
    kinds = [block.kind for block in read(tagged([PAGE], *LIES[lie])).blocks]
    assert kinds == [block.kind for block in read(PLAIN).blocks]


def test_a_long_heading_is_a_paragraph() -> None:
    lines = [f"Line {n} of a paragraph that a lying file calls a heading" for n in range(6)]
    content = "".join(words(n, line, y=700 - 14 * n) for n, line in enumerate([*lines, "Short."] * 2))
    tags = [element("H1", *range(6)), element("P", 6), element("P", *range(7, 13)), element("P", 13)]
    assert {block.kind for block in read(tagged([content], *tags)).blocks} == {BlockKind.PARAGRAPH}


def test_paragraphs_of_one_line_are_joined() -> None:
    lines = ["The well of the old town is forty", "metres deep and gives cold water", "to every house in"]
    lines += ["the town and to the school, and", "never runs dry."]
    content = "".join(words(n, line, y=700 - 14 * n) for n, line in enumerate(lines))
    assert read(tagged([content], *(element("P", n) for n in range(5)))).text == " ".join(lines)


def test_tags_on_one_page_leave_others_alone() -> None:
    plain = text("Wells", size=20) + text("Text of this page.", y=660) + text("And more of it.", y=646)
    document = read(tagged([words(0, "Tagged."), plain], element("P", 0)))
    assert document.text.startswith("Tagged.\n\nWells")
    assert BlockKind.HEADING in {block.kind for block in document.blocks}


def nested(depth: int, type_: str = "Div") -> Element:
    inner = element("P", *range(6))
    for _ in range(depth):
        inner = element(type_, inner)
    return inner


def test_a_deep_tree_is_read_to_a_limited_depth() -> None:
    assert counted(read(tagged([PAGE], nested(500)))) == counted(read(PLAIN))


@pytest.mark.parametrize("type_", ["Div", "TR"])
def test_a_circular_tree_ends(type_: str) -> None:
    """Each element has its parent and its child among its children, many times."""
    raw = tagged([PAGE], nested(9, type_))
    circular = re.sub(
        rb"/S /%s /P (\d+) 0 R /K \[(\d+) 0 R\]" % type_.encode(),
        lambda found: found[0][:-1] + b" %s 0 R %s 0 R" % (found[1], found[2]) * 40 + b"]",
        raw,
    )
    assert circular != raw
    assert counted(read(circular)) == counted(read(PLAIN))


def test_a_wide_tree_of_many_pages_is_read_to_a_limited_size() -> None:
    """Each of ten pages has content that is not in the tree, so that the search for it never succeeds."""
    pages = [words(0, f"Sheet {n}.") + words(1, "Outside.", y=60) for n in range(10)]
    elements = [element("P", (n, 0)) for n in range(10)]
    wide = element("Sect", *elements, *[element("P")] * MANY)
    assert counted(read(tagged(pages, wide)))["Outside"] == 10


def test_cells_that_claim_more_than_their_table_cover_one_place() -> None:
    content = "".join(words(n, f"Cell{n}", x=20 + n % 8 * 60, y=800 - n // 8 * 20) for n in range(64))
    claim = "/A << /O /Table /ColSpan 100 /RowSpan 100 >>"
    rows = [element("TR", *(element("TD", 8 * n + m, more=claim) for m in range(8))) for n in range(8)]
    text_ = read(tagged([content], element("Table", *rows))).text
    assert text_.split("\n")[1].split("\t") == [f"Cell{n}" for n in range(8, 16)]
