"""Web pages, as people save them."""


def _html(body: str, head: str = "", encoding: str = "utf-8") -> bytes:
    page = f"<!DOCTYPE html><html lang=en><head><meta charset={encoding}>{head}<title>T</title></head>"
    return f"{page}<body>{body}</body></html>".encode(encoding)


_DEFINITIONS = """
<dl><div><dt>Hotline</dt><dd>A direct line.</dd></div><dt>Norm<dd>A rule.<dd>A custom.</dl>
<details><summary>More</summary><p>Folded text.</p></details>
<template><p>Never shown.</p></template><noscript>Turn scripts on.</noscript>
<iframe src=a.html>Old browsers.</iframe><dialog><p>A closed dialog.</p></dialog>
<dialog open><p>An open dialog.</p></dialog>
<p>Pick <select><option>One<option>Two</select><button>Send</button> now.</p>
<p style="opacity: 0">Clear.</p><p style="opacity: 0.5">Half clear.</p>
"""
_LISTS = """
<ol type=a><li>Dig<li>Line</ol>
<ol start=3><li>Open<ol style="list-style-type: lower-roman"><li>the lid<li>the lock</ol><li value=9>Close</ol>
<ol reversed><li>Third<li>Second<li>First</ol>
<ul>Loose words<script>var secret</script><li>One<template>no</template><li hidden>Two<li>Three</ul>
"""
_TABLES = """
<table><caption>Fleet</caption><thead><tr><th rowspan=2>Town<th colspan=2>Vans<tr><th>2022<th>2023</thead>
<tbody><tr><td rowspan=2>Ghent<td>41<td>77<tr><td colspan=2>none</tbody></table>
<table role=presentation><tr><td><h2>Left column</h2><p>First words.</p><td><p>Second words.</p></table>
<pre>if wet:<br>    stop</pre>
"""
_XHTML = """<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head><body>
<p>Caf\xe9 <a id="x"/>open<del/> daily, <span title="a &gt; b"/>also <![CDATA[1 < 2]]>.</p><div/>
<p>So <math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo>
<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></mrow>
<annotation encoding="application/x-tex">x^2=\\frac{a+b}{2}</annotation></semantics></math>.</p></body></html>"""

WEB_PAGES: dict[str, tuple[bytes, str]] = {
    "entities.html": (
        _html(
            "<p>&ldquo;Caf&eacute;&rdquo; &mdash; 5&nbsp;&euro; &#x2264; &#8364;6 &amp;amp; fish &AMP chips</p>"
            "<p>naïve – Straße</p>",
            "<base href='https://example.org/a/'><link rel=canonical href=well>",
            "windows-1252",
        ),
        "“Café” — 5 € ≤ €6 &amp; fish & chips\n\nnaïve – Straße",
    ),
    "definitions.html": (
        _html(_DEFINITIONS),
        "Hotline\n\nA direct line.\nNorm\n\nA rule.\n\nA custom.\n\nMore\n\nFolded text.\n\nAn open dialog.\n\n"
        "Pick now.\n\nHalf clear.",
    ),
    "lists.html": (
        _html(_LISTS),
        "a. Dig\nb. Line\n\n3. Open\ni. the lid\nii. the lock\n9. Close\n\n3. Third\n2. Second\n1. First\n\n"
        "Loose words\n\nOne\nThree",
    ),
    "tables.html": (
        _html(_TABLES),
        "Fleet\n\nTown\tVans\nTown\t2022\t2023\nGhent\t41\t77\nGhent\tnone\n\nLeft column\n\nFirst words.\n\n"
        "Second words.\n\nif wet:\n    stop",
    ),
    "empty-elements.xhtml": (
        _XHTML.encode("iso-8859-1"),
        "Café open daily, also 1 < 2.\n\nSo x^2=(a+b)/2.",
    ),
    "russian.html": (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"></head>'
        "<body><p>Колодец глубокий.</p></body></html>".encode("koi8-r"),
        "Колодец глубокий.",
    ),
}
"""Content and right text of each file, by name."""
