"""Markdown becomes what a reader of the rendered page sees, and its structure is known."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given

from normqa.datatypes import BlockKind, Document, ItemList, Metadata, Span
from normqa.load.markup.markdown import load_markdown
from normqa.load.problem import LoadError
from normqa.load.text.front_matter import split_front_matter
from tests.conftest import SEED, SEED_QUESTION, STRATEGIES
from tests.markdown_texts import is_trimmed, markdown_texts


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
        ("*a* **b** ***c*** _d_ ~~e~~ f", "a b c d f"),
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
        ("H<sub>2</sub>O <b>bold</b>", "H₂O bold"),
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
        ("<table><tr><td>One</td><td>two</td></tr></table>", "One\ttwo"),
        ("<div>\n<script>let text;</script>One\n</div>", "One"),
        ("<details>\n\n*One*\n\n</details>", "One"),
        ("<div><![odd[ kind ]]>One</div>", "One"),
        ("<div>One <!-- not for readers\n</div>\n\nTwo", "One\n\nTwo"),
        ("One\n\n<!-- not\n\nfor readers", "One"),
        ("One<div>two</div>three<p>four<span>five</span>", "One\ntwo\nthree\nfourfive"),
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


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("~~The fee is 80 euros.~~ The fee is 70 euros.", "The fee is 70 euros."),
        ("The toll is <del>80</del> <ins>70</ins> kroner.", "The toll is 70 kroner."),
        ("The toll is ~~80~~ 70 <S>kronor</S> <strike>x</strike>kroner.", "The toll is 70 kroner."),
        ("Pay (~~80~~ 70) now ~~or later~~.", "Pay (70) now."),
        ("A **~~b~~** c ***~~d `e` ![f](g.png)~~*** h", "A c h"),
        ("Kept.\n\n~~Struck *from* end\nto end.~~\n\nKept too.", "Kept.\n\nKept too."),
        ("# T\n\n## ~~Struck~~\n\nText", "T\n\nText"),
        ("1. a\n2. ~~b~~\n3. c", "1. a\n3. c"),
        ("- a\n- <del>b</del>\n- c ~~d~~", "a\nc"),
        ("| a | ~~b~~ |\n|---|---|\n| ~~c~~ | <s>d</s> |\n| e | f |", "a\ne\tf"),
        ("<p>The fee is <s>80</s> <ins>70</ins>.</p>", "The fee is 70."),
        ("<ul><li><del>80</del></li><li>70</li></ul>", "70"),
        ("<table><tr><td><strike>80</strike></td></tr><tr><td>70</td></tr></table>", "70"),
        ("<del>\n\nOne.\n\n- two\n\n    three\n\n| four |\n|---|\n\n</del>\n\nFive.", "Five."),
        ("<del>One.\n\nTwo.</del> Three.", "Three."),
        ("<s>Only this paragraph.\n\nNext.", "Next."),
        ("No start</del> here, ~~ nor ~~ here", "No start here, ~~ nor ~~ here"),
        ("`~~code~~`", "~~code~~"),
    ],
)
def test_struck_text_is_left_out(source: str, text: str) -> None:
    assert load(source).text == text


def test_a_struck_paragraph_does_not_separate_a_list_from_its_lead_in() -> None:
    document = load("Steps:\n\n~~Old steps:~~\n\n- a\n- b")
    assert lists(document) == [("Steps:", ["a", "b"])]
    assert blocks(document)[0] == (BlockKind.LEAD_IN, "Steps:")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("10<sup>6</sup> litres", "10^6 litres"),
        ("10<SUP>-12</SUP> m", "10^-12 m"),
        ("In 2020<sup>1</sup> it", "In 2020^1 it"),
        ("2<sup>n</sup> and x<sup>n+1</sup>", "2^n and x^(n+1)"),
        ("10<sup>6</sup>5", "10^(6)5"),
        ("H<sub>2</sub>O and CO<sub>2</sub>", "H₂O and CO₂"),
        ("x<sub>i</sub><sup>2</sup>, x<sub>max</sub>, x<sub>i</sub>y", "x_i^2, x_(max), x_(i)y"),
        ("x<sup>2<sub>1</sub></sup>", "x^(2₁)"),
        ("the 19<sup>th</sup> of May", "the 19th of May"),
        ("1<sup>1</sup>/<sub>2</sub> cups", "1 1/2 cups"),
        ("Acme<sup>TM</sup>", "Acme™"),
        ("so<sup>[1]</sup> it is", "so[1] it is"),
        ("A picture. <sub>Photo: Roe</sub>", "A picture. Photo: Roe"),
        ("10<sup>6 litres", "10^(6 litres)"),
        ("10</sup>6", "106"),
        ("10<sup>~~5~~ 6</sup>", "10^6"),
        ("| 10<sup>6</sup> |\n|---|", "10^6"),
        ("<div>10<sup>6</sup> H<sub>2</sub>O</div>", "10^6 H₂O"),
        ("<table><tr><td>10<sup>6</sup></td><td>m<sup>2</sup></td></tr></table>", "10^6\tm^2"),
    ],
)
def test_superscripts_and_subscripts_stay_apart_from_their_base(source: str, text: str) -> None:
    assert load(source).text == text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            (
                "<table>\n<caption>Vans</caption>\n<thead><tr><th>Town</th>\n<th>Vans</th></tr></thead>\n"
                "<tbody><tr><td>Oslo<td><p>4</p><p>vans</p><tr><td>Bergen<td>5</table> End."
            ),
            [
                (BlockKind.LEAD_IN, "Vans"),
                (BlockKind.ROW, "Town\tVans"),
                (BlockKind.ROW, "Oslo\t4 vans"),
                (BlockKind.ROW, "Bergen\t5"),
                (BlockKind.PARAGRAPH, "End."),
            ],
        ),
        (
            (
                '<table><tr><td rowspan="2">Oslo</td><td>day</td></tr><tr><td>night</td></tr>'
                '<tr><td colspan="2">all</td><td>x</td></tr></table>'
            ),
            [(BlockKind.ROW, "Oslo\tday"), (BlockKind.ROW, "Oslo\tnight"), (BlockKind.ROW, "all\t\tx")],
        ),
        (
            "<table><tr><td>a <table><tr><td>b</td><td>c</td></tr></table></td><td>d</td></tr></table>",
            [(BlockKind.ROW, "a b c\td")],
        ),
        ("<table>\n<tr><td></td></tr>\n</table>\n\nText", [(BlockKind.PARAGRAPH, "Text")]),
        ("<td>a</td>\n<td colspan=x rowspan=0>b</td>", [(BlockKind.ROW, "a\tb")]),
    ],
)
def test_an_html_table_gives_rows(source: str, expected: list[tuple[BlockKind, str]]) -> None:
    assert blocks(load(source)) == expected


def test_the_rows_of_an_html_table_follow_one_another() -> None:
    assert load("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>").text == "a\nb"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Signs stay.[^st] They do.\n\n[^st]: Withdrawn.", "Signs stay. They do.\n\nWithdrawn."),
        ("See[^a].\n\n[^a]: https://un.example/a", "See.\n\nhttps://un.example/a"),
        ("See[^a].\n\n[^a]: <https://un.example/a>", "See.\n\nhttps://un.example/a"),
        ("See [^a], and\n[^b] too.\n\n[^b]: B.\n[^a]: A.", "See, and too.\n\nA.\n\nB."),
        ("In 2020[^1] it.\n\n[^1]: One.\n\n    Two.\n\n    - three", "In 2020 it.\n\nOne.\n\nTwo.\n\nthree"),
        ("One[^a] and two[^a].\n\n[^a]: Once.", "One and two.\n\nOnce."),
        ("Text.\n\n[^a]: Nobody calls it.", "Text.\n\nNobody calls it."),
        ("Text^[An *inline* note[^z].] goes on.\n\n[^z]: Z.", "Text goes on.\n\nAn inline note.\n\nZ."),
        ("- a[^1]\n- b\n\n[^1]: note", "a\nb\n\nnote"),
        ("| a[^1] |\n|---|\n\nEnd.\n\n[^1]: note", "a\n\nEnd.\n\nnote"),
        ("> a[^1]\n>\n> [^1]: note\n\nb", "a\n\nb\n\nnote"),
        ("a[^1] b\n\n[^1]: one\n\n[^1]: two", "a b\n\none\n\ntwo"),
        ("A mark[^none] without a note.", "A mark[^none] without a note."),
    ],
)
def test_footnotes_leave_the_sentence_and_follow_the_text(source: str, text: str) -> None:
    assert load(source).text == text


def test_a_footnote_is_in_the_section_that_calls_it() -> None:
    document = load("# T\n\n## A\n\na[^1]\n\n## B\n\nb[^1] c[^2]\n\n[^1]: one\n[^2]: two", title="T")
    paths = {note: document.section_at(document.text.index(note)).heading_path for note in ("one", "two")}
    assert paths == {"one": ("A",), "two": ("B",)}
    assert blocks(document)[3] == (BlockKind.PARAGRAPH, "one")


_AS_WRITTEN = [
    r"The map $\mathbb{Z}_{+} \rightarrow \mathbb{Z}_{+}$ is onto.",
    r"$a*b*c$ holds since 2020",
    r"Text $$a_1*b \\ c_1*d$$ text.",
    r"Text \(a*b*c\) and \[x_1 \\ *y_1*\] text.",
    "$$\na_1 * b_1 \\\\\n+ c\n= d*\n$$",
    "$$x_1 * y_1 * z$$",
    "\\[\nE_1 = *m*c^2\n\\]",
    "\\begin{align*}\na_1 &= b_1 \\\\\n- c &= d_1\n\\end{align*}",
]


@pytest.mark.parametrize("source", _AS_WRITTEN)
def test_mathematics_is_kept_as_it_is_written(source: str) -> None:
    assert load(source).text == source


def test_a_formula_may_follow_a_line_of_text_and_stand_in_an_item() -> None:
    assert load("Where\n$$\na_1*b_1*c\n$$\nholds.").text == "Where\n\n$$\na_1*b_1*c\n$$\n\nholds."
    assert load("- $$\n  a_1*b_1*c\n  $$\n- b").text == "$$\na_1*b_1*c\n$$\nb"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("It costs $5 and $6, *or* $7.", "It costs $5 and $6, or $7."),
        ("It costs **$5** or **US$6** or `$7` or `8$`.", "It costs $5 or US$6 or $7 or 8$."),
        ("~~$80~~ $70, <del>$60</del> or A$.", "$70, or A$."),
        (r"\$5*a*\$", "$5a$"),
        (r"so \[sic\] it \(is\), \[see *it*\](x_y)", "so [sic] it (is), [see it](x_y)"),
        (r"- \[Say *what* changed.\]", "[Say what changed.]"),
        (r"an \( open _a_ \[ bracket", "an ( open a [ bracket"),
        ("- $$ a\n- b $$\n\n*c*", "$$ a\nb $$\n\nc"),
        ("$$\n\n*a*\n\n$$", "$$\n\na\n\n$$"),
    ],
)
def test_prices_and_escaped_brackets_are_no_mathematics(source: str, text: str) -> None:
    assert load(source).text == text


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
    found = split_front_matter(SEED.read_text(encoding="utf-8"))
    document = load_markdown("strategies", found.body, found.metadata)
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
    assert all(is_trimmed(span.of(document.text)) for span in spans)
    bounds = [0, *(bound for span in spans for bound in (span.start, span.end)), len(document.text)]
    between = "".join(document.text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))
    assert set(between) <= {"\n"}


@given(markdown_texts)
def test_the_text_is_canonical(source: str) -> None:
    text = load(source).text
    assert unicodedata.is_normalized("NFC", text)
    assert "\r" not in text
    assert is_trimmed(text)


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
