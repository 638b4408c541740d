"""The text of a web page is what a browser shows."""

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.web.page import is_html, load_html


def load(body: str, head: str = "") -> Document:
    raw = f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>".encode()
    return load_html("doc", raw, Metadata()).document


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One\n   line.</p><p>Next.</p>", "One line.\n\nNext."),
        ("Loose <b>words</b> here.<div>In a box.</div>After.", "Loose words here.\n\nIn a box.\n\nAfter."),
        ("<p>a<br>b</p>", "a\nb"),
        ("<p>10<sup>6</sup> litres of H<sub>2</sub>O</p>", "10^6 litres of H₂O"),
        ("<p>The fee is <del>80</del> <ins>70</ins> euros.</p>", "The fee is 70 euros."),
        (
            "<p>It applies.<sup><a href='#n1'>1</a></sup> More.</p><p id=n1>Note.</p>",
            "It applies. More.\n\nNote.",
        ),
        ("<p>Tom &amp; Jerry &lt;3&nbsp;cheese</p>", "Tom & Jerry <3 cheese"),
        ("<p>a</p><script>var x;</script><style>p{}</style><noscript>n</noscript><!-- c -->", "a"),
        ("<pre>if x:\n    y</pre>", "if x:\n    y"),
        ("<p>a <q>quoted</q> word</p>", "a “quoted” word"),
        ("<p>unclosed <p>paragraphs <b>too", "unclosed\n\nparagraphs too"),
        ("<figure><img src=x><figcaption>Figure 1: a well</figcaption></figure>", "Figure 1: a well"),
        ("<details><summary>More</summary>Text.</details>", "More\n\nText."),
        ("<ruby>漢<rt>kan</rt></ruby>字", "漢字"),
        ("<ul>Loose<script>var x</script><li>a<style>p{}</style></ul>", "Loose\n\na"),
        ("<ol type=a><li>x<li>y</ol>", "a. x\nb. y"),
        ("<ol style='list-style-type: upper-roman'><li>x</ol>", "I. x"),
        ("<ol style='list-style: none'><li>x</ol>", "x"),
        ("<ol type=a start=999999999><li>x</ol>", "999999999. x"),
        ("<ol reversed><li>x<li>y</ol>", "2. x\n1. y"),
        ("<pre>a<br>b</pre>", "a\nb"),
        ("<dialog>closed</dialog><dialog open>open</dialog>", "open"),
        ("<p>x <math><msup><mi>x</mi><mn>2</mn></msup></math></p>", "x x^2"),
        ("<math><semantics><mi>x</mi><annotation>\\\\x</annotation></semantics></math>", "x"),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", "(a+b)/2"),
        (
            "<math><munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><msqrt><mi>x</mi></msqrt></math>",
            "∑_i^n√(x)",
        ),
        ("<p>01<sub>H </sub>3A</p>", "01_H 3A"),
        ("<table role=presentation><tr><td><p>a</p><p>b</p><td>c</table>", "a\n\nb\n\nc"),
        ("<table><tr><td><h2>a</h2><table><tr><td>b<td>c</table></table>", "a\n\nb\tc"),
    ],
)
def test_text_reads_as_it_is_shown(body: str, text: str) -> None:
    assert load(body).text == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>secret words</p>",
        "<p style='display: none'>secret words</p>",
        "<p style='visibility:hidden'>secret words</p>",
        "<span aria-hidden=true>secret words</span>",
        "<nav>secret words</nav>",
        "<div role=navigation>secret words</div>",
        "<p style='opacity:0'>secret words</p>",
        "<p style='font-size: 0'>secret words</p>",
        "<noscript>secret words</noscript>",
        "<ul><li hidden>secret words</ul>",
    ],
)
def test_hidden_text_and_navigation_are_left_out_and_counted(hidden: str) -> None:
    found = load_html("doc", f"<html><p>Shown.</p>{hidden}".encode(), Metadata())
    assert found.document.text == "Shown."
    assert found.notes == ("2 words of navigation, margins and hidden text were not read",)


def test_headings_make_sections() -> None:
    document = load("<h1>Wells</h1><p>a</p><h2>Depth</h2><p>b</p>")
    assert [section.heading_path for section in document.sections] == [(), ("Depth",)]


def test_lists_are_nested_and_numbered() -> None:
    document = load("<p>Steps:</p><ol start=3><li>a<ul><li>b</ul><li>c<p>more</p></ol>")
    assert document.text == "Steps:\n\n3. a\nb\n4. c\n\nmore"
    outer = document.lists[-1]
    assert outer.lead_in is not None
    assert [item.of(document.text) for item in outer.items] == ["3. a\nb", "4. c\n\nmore"]


def test_terms_stay_with_their_definitions() -> None:
    document = load("<dl><dt>Hotline</dt><dd>A direct line.</dd><dt>Norm</dt><dd>A rule.</dd></dl>")
    [found] = document.lists
    assert [item.of(document.text) for item in found.items] == [
        "Hotline\n\nA direct line.",
        "Norm\n\nA rule.",
    ]


def test_tables_are_rows_and_spanned_cells_keep_their_columns() -> None:
    document = load(
        "<table><caption>Vans</caption><tr><th>Town<th>Vans<th>Drivers</tr>"
        "<tr><td rowspan=2>Ghent<td>41<td>77</tr><tr><td colspan=2>none</tr></table>"
    )
    assert document.text == "Vans\n\nTown\tVans\tDrivers\nGhent\t41\t77\nGhent\tnone\t"[:-1]
    assert [block.kind for block in document.blocks[1:]] == [BlockKind.ROW] * 3


def test_the_main_part_of_a_page_is_preferred() -> None:
    body = (
        "<header>Site name</header><main><p>The well is forty metres deep.</p></main><footer>Imprint</footer>"
    )
    found = load_html("doc", f"<html>{body}".encode(), Metadata())
    assert found.document.text == "The well is forty metres deep."
    assert found.notes == ("3 words of navigation, margins and hidden text were not read",)


def test_a_small_main_part_is_not_all_that_is_read() -> None:
    assert "Long text" in load("<main>x</main><div>Long text outside of the main part of it.</div>").text


def test_a_page_states_its_metadata() -> None:
    head = (
        "<title>Wells</title><meta name=author content=Ada><link rel=canonical href='https://example.org/w'>"
        "<meta property='article:published_time' content='2024-05-01T10:00:00Z'>"
    )
    found = load("<p>a</p>", head).metadata
    assert (found.title, found.authors, found.date, found.url, found.language) == (
        "Wells",
        ("Ada",),
        "2024-05-01",
        "https://example.org/w",
        "en",
    )


@pytest.mark.parametrize(
    ("name", "codec"), [("windows-1252", "cp1252"), ("iso-8859-1", "cp1252"), ("koi8-r", "koi8-r")]
)
def test_the_stated_encoding_is_used(name: str, codec: str) -> None:
    text = "Колодец" if codec == "koi8-r" else "“café” – 5 €"
    raw = f"<html><meta charset='{name}'><p>{text}".encode(codec)
    found = load_html("doc", raw, Metadata())
    assert found.document.text == text
    assert found.notes == ()


def test_pages_are_recognised() -> None:
    assert is_html(b"<!DOCTYPE html><p>a")
    assert is_html(b"<html>")
    assert not is_html(b"%PDF-1.7")


XHTML = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<script src='a.js'/><p>a</p>", "a"),
        ("<p><del/>a <sup/>b <span title='x>y'/>c</p>", "a b c"),
        ("<p>a<br/>b</p><hr/><p>c</p>", "a\nb\n\nc"),
        ("<p><![CDATA[1 < 2 & 3]]></p>", "1 < 2 & 3"),
        ("<m:math xmlns:m='http://www.w3.org/1998/Math/MathML'><m:mi>x</m:mi></m:math>", "x"),
    ],
)
def test_xhtml_is_read_as_xml_means_it(body: str, text: str) -> None:
    assert load_html("doc", XHTML.format(body).encode(), Metadata()).document.text == text


def test_the_encoding_of_the_xml_declaration_is_used() -> None:
    raw = "<?xml version='1.0' encoding='koi8-r'?><html><p>Колодец</p></html>".encode("koi8-r")
    found = load_html("doc", raw, Metadata())
    assert (found.document.text, found.notes) == ("Колодец", ())


def test_the_address_is_resolved_against_the_base() -> None:
    head = "<base href='https://example.org/a/'><link rel=canonical href='../well'>"
    assert load("<p>a</p>", head).metadata.url == "https://example.org/well"
    assert load("<p>a</p>", "<link rel=canonical href='/well'>").metadata.url is None


def test_pictures_and_embedded_pages_are_reported() -> None:
    found = load_html(
        "doc", b"<html><p>a<svg><text>x</text></svg><iframe src=b></iframe><img src=c>", Metadata()
    )
    assert found.notes == ("2 images were not read", "1 embedded object was not read")


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        (".secret { display: none }", "Shown to all."),
        ("#s, .other { color: red; visibility:hidden }", "Shown to all."),
        ("p .none {} div p { display:none !important }", "Shown to all."),
        (".secret { display: none } /* later */ #s { display: block }", "Shown to all.\n\nsecret words"),
        ("@media print { .secret { display: none } }", "Shown to all.\n\nsecret words"),
        (".secret:hover { display: none } ]]{ display:none }", "Shown to all.\n\nsecret words"),
    ],
)
def test_the_style_sheets_of_a_page_hide_and_show(rules: str, text: str) -> None:
    body = (
        "<p>Shown to all.</p><p hidden>Never to anybody.</p><div><p class=secret id=s>secret words</p></div>"
    )
    assert load(body, f"<style>{rules}</style>").text == text


def test_struck_text_is_reported() -> None:
    found = load_html("doc", b"<html><p>The fee is <del>80</del> 70 euros.", Metadata())
    assert found.notes == ("1 piece of struck text was not read",)


def test_a_page_that_scripts_show_is_read_and_reported() -> None:
    page = b"<html><style>.page{display:none}</style><p>Shown.<div class=page><p>Most of the words.</div>"
    found = load_html("doc", page, Metadata())
    assert found.document.text == "Shown.\n\nMost of the words."
    assert found.notes == ("most of its text is hidden until its scripts run, and was read all the same",)


def test_a_hidden_main_part_is_not_read() -> None:
    body = "<main class=x><p>Three secret words.</p></main><p>Four words that are shown.</p>"
    assert load(body, "<style>.x { display: none }</style>").text == "Four words that are shown."


def test_a_wide_cell_may_cover_a_high_one() -> None:
    table = "<table><tr><td>a<td rowspan=3>b<td>c<tr><td colspan=2>d<tr><td>e<td>f</table>"
    assert load(table).text == "a\tb\tc\nd\ne\tf"
