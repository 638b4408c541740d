"""Markdown becomes what a reader of the rendered page sees, and its structure is known."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given

from normqa.datatypes import BlockKind, Document, ItemList, Metadata, Span
from normqa.load.front_matter import split_front_matter
from normqa.load.markdown import load_markdown
from normqa.load.problem import LoadError
from tests.conftest import SEED, SEED_QUESTION, STRATEGIES
from tests.markdown_texts import markdown_texts


def load(body: str, title: str | None = None) -> Document:
    return load_markdown("folder/doc", body, Metadata(title=title))


def blocks(document: Document) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.span.of(document.text)) for block in document.blocks]


def lists(document: Document) -> list[tuple[str | None, list[str]]]:
    """Each list as its lead-in and its items, the innermost first."""
    text = document.text
    return [
        (entry.lead_in.of(text) if entry.lead_in else None, [item.of(text) for item in entry.items])
        for entry in document.lists
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("*a* **b** ***c*** _d_ ~~e~~", "a b c d e"),
        ("un*believ*able", "unbelievable"),
        ("[the treaty](https://un.example 'title')", "the treaty"),
        ("[the *treaty*][1]\n\n[1]: https://un.example", "the treaty"),
        ("<https://un.example>", "https://un.example"),
        ("`a * b` and ``c ` d``", "a * b and c ` d"),
        ("![a *wide* map](map.png) shows", "a wide map shows"),
        ("before<!-- not for readers --> after", "before after"),
        ("line<br>line<br/>line<BR />line", "line\nline\nline\nline"),
        ("line  \nline\\\nline", "line\nline\nline"),
        ("one\ntwo", "one two"),
        ("H<sub>2</sub>O <b>bold</b>", "H2O bold"),
        (r"2 \* 3 \# 4 \[5]", "2 * 3 # 4 [5]"),
        ("&copy; &amp; &#233; &lt;b&gt;", "© & é <b>"),
        ("a\n\n***\n\nb", "a\n\nb"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("[x] is no link, nor is [this][missing]", "[x] is no link, nor is [this][missing]"),
        ("# One #\n\nTwo\n===\n\nThree\n---", "One\n\nTwo\n\nThree"),
    ],
)
def test_markup_is_removed_from_the_text(source: str, text: str) -> None:
    assert load(source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("e&#769;tat", "\u00e9tat"),
        ("*e*\u0301tat", "\u00e9tat"),
        ("<p>e&#769;tat</p>", "\u00e9tat"),
        ("a&#13;&#10;b&#13;c", "a\nb\nc"),
        ("a&#0;b &#xD800;", "a\ufffdb \ufffd"),
    ],
)
def test_text_joined_by_entities_or_markup_is_canonical(source: str, text: str) -> None:
    assert load(source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<!-- not\n\nfor readers -->\n\nText", "Text"),
        ("<script>\nlet text;\n</script>\n\nText", "Text"),
        ("<style>\nb {}\n</style>\n\nText", "Text"),
        ("<div>\n<b>One</b> &amp; &lt;two&gt;\n</div>", "One & <two>"),
        ("<p>One<br>two</p><p>three</p>", "One\ntwo\nthree"),
        ("<ul><li>One</li><li>two</li></ul>three", "One\ntwo\nthree"),
        ("<table><tr><td>One</td><td>two</td></tr></table>", "One\ntwo"),
        ("<div>\n<script>let text;</script>One\n</div>", "One"),
        ("<details>\n\n*One*\n\n</details>", "One"),
        ("<div><![odd[ kind ]]>One</div>", "One"),
        ("<div><![if word]>One<![endif]></div>", "One"),
    ],
)
def test_raw_html_yields_its_text(source: str, text: str) -> None:
    assert load(source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("1. a\n2. b", "1. a\n2. b"),
        ("3) a\n3) b\n9) c", "3) a\n4) b\n5) c"),
        ("0. a\n1. b", "0. a\n1. b"),
        ("007. a\n8. b", "7. a\n8. b"),
        ("1. *a*\n1. `b`\n1. [c](d)", "1. a\n2. b\n3. c"),
        ("1. # a\n2. > b\n3. ```\n   c\n   ```", "1. a\n2. b\n3. c"),
        ("1. a\n2. b\n\n1) c", "1. a\n2. b\n\n1) c"),
    ],
)
def test_items_keep_the_numbers_of_the_rendered_page(source: str, text: str) -> None:
    assert load(source).text == text


@pytest.mark.parametrize("mark", ["-", "*", "+"])
def test_bullets_are_removed(mark: str) -> None:
    document = load(f"{mark} a\n{mark} b - c")
    assert document.text == "a\nb - c"
    assert blocks(document) == [(BlockKind.ITEM, "a"), (BlockKind.ITEM, "b - c")]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("1. a\n2.\n3. c", "1. a\n3. c"),
        ("1. ***\n2. b", "2. b"),
        ("1. >\n2. b", "2. b"),
        ("1. -\n2. b", "2. b"),
        ("1. -\n\n   a\n2. b", "1. a\n\n2. b"),
        ("- \n- b\n-\n\nc", "b\n\nc"),
        ("1. a\n2. ***\n\nb", "1. a\n\nb"),
    ],
)
def test_an_item_without_text_keeps_its_number(source: str, text: str) -> None:
    assert load(source).text == text


def test_an_item_that_starts_with_a_list_keeps_its_number() -> None:
    document = load("1. 1) a\n   2) b\n2. c")
    assert document.text == "1. 1) a\n2) b\n2. c"
    assert lists(document) == [(None, ["1. 1) a", "2) b"]), (None, ["1. 1) a\n2) b", "2. c"])]


def test_tight_lists_give_lines_and_loose_lists_paragraphs() -> None:
    assert load("Lead:\n- a\n- b\n\nEnd").text == "Lead:\n\na\nb\n\nEnd"
    assert load("Lead:\n\n- a\n\n- b\n\nEnd").text == "Lead:\n\na\n\nb\n\nEnd"


def test_an_item_is_one_span_with_all_its_paragraphs_and_code() -> None:
    document = load("1. a\n\n   b\n\n   ```\n   c\n   ```\n2. d")
    assert lists(document) == [(None, ["1. a\n\nb\n\nc", "2. d"])]
    assert {block.kind for block in document.blocks} == {BlockKind.ITEM}


def test_an_outer_item_spans_its_nested_lists() -> None:
    document = load("Lead:\n\n1. a\n   - b\n     - c\n   - d\n2. e\n")
    assert document.text == "Lead:\n\n1. a\nb\nc\nd\n2. e"
    assert lists(document) == [
        ("b", ["c"]),
        ("1. a", ["b\nc", "d"]),
        ("Lead:", ["1. a\nb\nc\nd", "2. e"]),
    ]
    assert [block.level for block in document.blocks] == [0, 1, 2, 3, 2, 1]


@pytest.mark.parametrize(
    ("source", "lead_in"),
    [
        ("The steps are:\n\n- a\n- b", "The steps are:"),
        ("The *steps*:\n- a\n- b", "The steps:"),
        ("# The steps\n\n- a\n- b", "The steps"),
        ("First.\n\nThen:\n\n- a\n- b", "Then:"),
        ("> The steps are:\n>\n> - a\n> - b", "The steps are:"),
        ("- a\n- b", None),
        ("> The steps\n\n- a\n- b", None),
        ("The steps\n\n> quoted\n\n- a\n- b", None),
        ("The steps\n\n| x |\n|---|\n\n- a\n- b", None),
        ("The steps\n\n    code\n\n- a\n- b", None),
        ("```\nThe steps\n```\n\n- a\n- b", None),
        ("| The steps |\n|---|\n\n- a\n- b", None),
        ("The steps\n\n***\n\n- a\n- b", None),
        ("* Other steps\n\n- a\n- b", None),
    ],
)
def test_the_block_before_a_list_introduces_it(source: str, lead_in: str | None) -> None:
    document = load(source)
    assert lists(document)[-1] == (lead_in, ["a", "b"])


def test_a_paragraph_that_introduces_a_list_is_its_lead_in() -> None:
    assert blocks(load("# T\n\nText.\n\nSteps:\n\n- a\n\nEnd.")) == [
        (BlockKind.HEADING, "T"),
        (BlockKind.PARAGRAPH, "Text."),
        (BlockKind.LEAD_IN, "Steps:"),
        (BlockKind.ITEM, "a"),
        (BlockKind.PARAGRAPH, "End."),
    ]


def test_deep_nesting_is_read_or_refused() -> None:
    depth = 40
    items = "".join("  " * level + f"- level {level}\n" for level in range(depth))
    assert load(items).text == "\n".join(f"level {level}" for level in range(depth))
    assert load("> " * depth + "deep").text == "deep"


def test_a_table_gives_one_line_a_row_with_tabs_between_its_cells() -> None:
    document = load(
        "Before\n\n| Norm | State |\n|:--|--:|\n| due *diligence* | `new` |\n| a \\| b |\n\nAfter"
    )
    assert blocks(document) == [
        (BlockKind.PARAGRAPH, "Before"),
        (BlockKind.ROW, "Norm\tState"),
        (BlockKind.ROW, "due diligence\tnew"),
        (BlockKind.ROW, "a | b"),
        (BlockKind.PARAGRAPH, "After"),
    ]
    assert document.text == "Before\n\nNorm\tState\ndue diligence\tnew\na | b\n\nAfter"


def test_a_break_within_a_table_cell_does_not_break_the_row() -> None:
    assert load("| a<br>b | c |\n|---|---|\n").text == "a b\tc"


def test_a_table_in_an_item_belongs_to_the_item() -> None:
    document = load("1. a\n\n   | b | c |\n   |---|---|\n   | d | e |\n\n2. f")
    assert lists(document) == [(None, ["1. a\n\nb\tc\nd\te", "2. f"])]


@pytest.mark.parametrize("source", ["```python\nx = *1*\n\n  y\n```", "    x = *1*\n\n      y"])
def test_code_is_kept_as_it_is(source: str) -> None:
    assert blocks(load(source)) == [(BlockKind.CODE, "x = *1*\n\n  y")]


def test_a_block_quote_gives_paragraphs_but_no_section() -> None:
    document = load("> # Quoted\n> one\n> two\n>\n> three\n\nfour")
    assert document.text == "Quoted\n\none two\n\nthree\n\nfour"
    assert [section.heading_path for section in document.sections] == [()]
    assert document.title == "doc"


@pytest.mark.parametrize(
    ("front_matter_title", "body", "title"),
    [
        ("From front matter", "# Heading", "From front matter"),
        (None, "Text\n\n## First *heading*\n\n# Second", "First heading"),
        (None, "Set\next\n===", "Set ext"),
        (None, "Text only", "doc"),
        (None, "- # Item", "doc"),
    ],
)
def test_the_title_falls_back_to_the_first_heading_and_the_file_name(
    front_matter_title: str | None, body: str, title: str
) -> None:
    assert load(body, front_matter_title).title == title


def test_a_section_is_named_by_its_headings_without_the_title() -> None:
    document = load(
        "intro\n\n# T\n\np0\n\n## A\n\np1\n\n#### B\n\np2\n\n### C\n\np3\n\n## D\n\np4\n\n"
        "# E\n\n## F *f*\n\np5"
    )
    paths = {
        name: document.section_at(document.text.index(name)).heading_path for name in ("intro", "p0", "p1")
    }
    assert paths == {"intro": (), "p0": (), "p1": ("A",)}
    later = [document.section_at(document.text.index(f"p{n}")).heading_path for n in (2, 3, 4, 5)]
    assert later == [("A", "B"), ("A", "C"), ("D",), ("E", "F f")]


def test_a_first_heading_beside_a_title_of_its_own_names_a_section() -> None:
    document = load("# Heading\n\ntext\n\n## Sub\n\ntext", title="Title")
    assert [section.heading_path for section in document.sections] == [("Heading",), ("Heading", "Sub")]


def test_a_section_starts_at_its_heading() -> None:
    document = load("intro\n\n# T\n\ntext\n\n## A\n\nmore")
    assert [section.span.of(document.text) for section in document.sections] == [
        "intro\n\n",
        "T\n\ntext\n\n",
        "A\n\nmore",
    ]


@pytest.mark.parametrize(
    "body", ["", " \n\t\n", "***", "<!-- note -->", "[r]: https://x", "-\n-", "![](i.png)", "#"]
)
def test_a_page_without_text_gives_no_document(body: str) -> None:
    with pytest.raises(LoadError, match=r"^it contains no text$"):
        load(body)


def test_the_strategy_text_is_kept_word_for_word() -> None:
    metadata, body = split_front_matter(SEED.read_text(encoding="utf-8"))
    document = load_markdown("strategies", body, metadata)
    assert document.title == SEED_QUESTION
    assert document.text == SEED.read_text(encoding="utf-8").split("---\n", 2)[2].strip()
    [(lead_in, items)] = lists(document)
    assert lead_in == "The main strategies for building international norms on cybersecurity include:"
    assert [item.partition(":")[0] for item in items] == STRATEGIES
    assert all("\n" not in item for item in items)


@given(markdown_texts)
def test_blocks_ascend_and_cover_every_visible_character(source: str) -> None:
    document = load(source)
    spans = [block.span for block in document.blocks]
    assert all(before.end < after.start for before, after in pairwise(spans))
    assert all(span.of(document.text) == span.of(document.text).strip() != "" for span in spans)
    bounds = [0, *(bound for span in spans for bound in (span.start, span.end)), len(document.text)]
    between = "".join(document.text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))
    assert set(between) <= {"\n"}


@given(markdown_texts)
def test_the_text_is_canonical(source: str) -> None:
    text = load(source).text
    assert unicodedata.is_normalized("NFC", text)
    assert "\r" not in text
    assert text == text.strip()


@given(markdown_texts)
def test_sections_cover_the_text_without_a_gap(source: str) -> None:
    document = load(source)
    spans = [section.span for section in document.sections]
    assert spans[0].start == 0
    assert spans[-1].end == len(document.text)
    assert all(before.end == after.start for before, after in pairwise(spans))
    headings = [block.span.start for block in document.blocks if block.kind is BlockKind.HEADING]
    assert [span.start for span in spans if span.start in headings] == headings
    assert len(spans) - len(headings) <= 1  # text before the first heading


@given(markdown_texts)
def test_lists_are_disjoint_or_nested_in_one_item(source: str) -> None:
    document = load(source)
    starts, ends = ({getattr(block.span, side) for block in document.blocks} for side in ("start", "end"))
    for entry in document.lists:
        assert all(item.start in starts and item.end in ends for item in entry.items)
        assert all(before.end < after.start for before, after in pairwise(entry.items))
        assert entry.lead_in is None or entry.lead_in.end < entry.items[0].start
        for other in document.lists:
            assert entry is other or _apart(entry, other) or _nested(entry, other) or _nested(other, entry)


def _whole(entry: ItemList) -> Span:
    return Span(entry.items[0].start, entry.items[-1].end)


def _apart(entry: ItemList, other: ItemList) -> bool:
    return _whole(entry).end < _whole(other).start or _whole(other).end < _whole(entry).start


def _nested(inner: ItemList, outer: ItemList) -> bool:
    return any(_whole(inner) in item for item in outer.items)


def test_a_comment_does_not_separate_a_list_from_its_lead_in() -> None:
    document = load("The parts:\n\n<!-- keep in order -->\n\n1. One\n2. Two\n")
    assert document.lists == (ItemList(Span(0, 10), (Span(12, 18), Span(19, 25))),)
