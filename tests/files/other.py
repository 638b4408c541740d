"""Office files, web pages and e-books."""

from tests.files.books import BOOKS
from tests.files.opendocument import OPEN_DOCUMENTS
from tests.files.pages import WEB_PAGES
from tests.files.slides import SLIDES
from tests.files.word import WORD
from tests.load.office.files import docx, odf, p, pptx, run, shape
from tests.load.office.test_docx import NUMBERING, heading, item
from tests.load.office.test_odf import STYLES, span
from tests.load.web.test_epub import epub

_ROWS = [("Town", "Vans"), ("Ghent", "41"), ("Bruges", "12")]
_ROWS_TEXT = "\n".join("\t".join(row) for row in _ROWS)
_HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="heading {n}"/>'
    f'<w:pPr><w:outlineLvl w:val="{n - 1}"/></w:pPr></w:style>'
    for n in (1, 2)
)
_WORD_TABLE = "<w:tbl>{}</w:tbl>".format(
    "".join("<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in _ROWS)
)
_HTML_TABLE = "<table>{}</table>".format(
    "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _ROWS)
)
_CHANGED = p(
    runs=run("The fee is ")
    + "<w:del><w:r><w:delText>80</w:delText></w:r></w:del><w:ins><w:r><w:t>70</w:t></w:r></w:ins>"
    + run(" euros.")
)


def _page(body: str) -> bytes:
    return f"<!doctype html><meta charset=utf-8><title>T</title><body>{body}</body>".encode()


def _slide(text: str) -> str:
    return f"<a:r><a:t>{text}</a:t></a:r>"


OTHERS: dict[str, tuple[bytes, str]] = (
    {
        "headings.docx": (
            docx(
                heading("Wells") + p("The well is deep.") + heading("Ponds", 2) + p("The pond is not."),
                styles=_HEADINGS,
            ),
            "Wells\n\nThe well is deep.\n\nPonds\n\nThe pond is not.",
        ),
        "lists.docx": (
            docx(
                item("Build")
                + item("Dig", depth=1)
                + item("Wall", depth=1)
                + item("Open")
                + p("Then:")
                + item("Swim", 3),
                numbering=NUMBERING,
            ),
            "1. Build\na) Dig\nb) Wall\n2. Open\n\nThen:\n\n1. Swim",
        ),
        "table.docx": (docx(p("Vans:") + _WORD_TABLE + p("The end.")), f"Vans:\n\n{_ROWS_TEXT}\n\nThe end."),
        "changes.docx": (docx(_CHANGED), "The fee is 70 euros."),
        "hidden.docx": (
            docx(p(runs=run("Shown words, ") + run("secret words, ", "<w:vanish/>") + run("and more."))),
            "Shown words, and more.",
        ),
        "notes.docx": (
            docx(
                p(runs=run("The rule holds.") + '<w:r><w:footnoteReference w:id="2"/></w:r>'),
                footnotes=f'<w:footnote w:id="2">{p("It was withdrawn later.")}</w:footnote>',
            ),
            "The rule holds.\n\nIt was withdrawn later.",
        ),
        "scripts.docx": (
            docx(
                p(runs=run("Pumps 10") + run("6", '<w:vertAlign w:val="superscript"/>') + run(" litres."))
                + p("水は深い。")
            ),
            "Pumps 10^6 litres.\n\n水は深い。",
        ),
        "slides.pptx": (
            pptx(
                shape(_slide("Wells"), kind="title")
                + shape(_slide("Dug by hand."), _slide("Forty metres deep.")),
                shape(_slide("Ponds"), kind="title") + shape(_slide("Shallow water.")),
            ),
            "Wells\n\nDug by hand.\n\nForty metres deep.\n\nPonds\n\nShallow water.",
        ),
        "article.html": (
            _page(
                "<nav><a href=/>Home</a></nav><main><h1>Wells</h1><p>The well is <b>forty</b> metres deep.</p>"
                f"<ul><li>Dug</li><li>Drilled</li></ul>{_HTML_TABLE}</main><script>var secret;</script>"
            ),
            f"Wells\n\nThe well is forty metres deep.\n\nDug\nDrilled\n\n{_ROWS_TEXT}",
        ),
        "hidden.html": (
            _page(
                "<p>Shown words.</p><p hidden>Secret one.</p><p style='display:none'>Secret two.</p>"
                "<p aria-hidden=true>Secret three.</p><template><p>Secret four.</p></template>"
            ),
            "Shown words.",
        ),
        "scripts.html": (
            _page(
                "<p>Pumps 10<sup>6</sup> litres &amp; more.</p>"
                "<p>The toll is <del>80</del> <ins>70</ins> kroner.</p>"
            ),
            "Pumps 10^6 litres & more.\n\nThe toll is 70 kroner.",
        ),
        "book.epub": (
            epub("<h1>Two</h1><p>The pond is shallow.</p>", "<h1>One</h1><p>The well is deep.</p>"),
            "One\n\nThe well is deep.\n\nTwo\n\nThe pond is shallow.",
        ),
        "text.odt": (
            odf(
                "text",
                '<text:h text:outline-level="1">Wells</text:h>'
                f"<text:p>It pumps 10{span('6', 'Up')} litres for {span('80', 'Struck')} 70 euros.</text:p>",
                STYLES,
            ),
            "Wells\n\nIt pumps 10^6 litres for 70 euros.",
        ),
        "list.odt": (
            odf(
                "text",
                '<text:p>Steps:</text:p><text:list text:style-name="L">'
                "<text:list-item><text:p>Dig</text:p></text:list-item>"
                "<text:list-item><text:p>Wall</text:p></text:list-item></text:list>",
                STYLES,
            ),
            "Steps:\n\n1. Dig\n2. Wall",
        ),
        "slides.odp": (
            odf(
                "presentation",
                '<draw:page draw:name="a"><draw:frame><draw:text-box><text:p>The well is deep.</text:p>'
                "</draw:text-box></draw:frame></draw:page>",
            ),
            "The well is deep.",
        ),
    }
    | WORD
    | SLIDES
    | WEB_PAGES
    | BOOKS
    | OPEN_DOCUMENTS
)
"""Content and right text of each file, by name."""
