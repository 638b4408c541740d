"""An e-book is read in the order of its spine."""

import pytest

from normqa.datatypes import Metadata
from normqa.load.problem import LoadError
from normqa.load.web.epub import is_epub, load_epub
from tests.load.office.files import zipped

OPF = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>Wells</dc:title><dc:creator>Ada</dc:creator><dc:date>2024-05-01</dc:date><dc:language>en</dc:language>
</metadata><manifest>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="a" href="text/one%20a.xhtml" media-type="application/xhtml+xml"/>
<item id="b" href="text/two.xhtml" media-type="application/xhtml+xml"/>
</manifest><spine><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/></spine></package>"""
CONTAINER = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'


def epub(one: str, two: str, **more: str) -> bytes:
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": OPF,
        "OPS/nav.xhtml": "<html><body>Contents</body></html>",
        "OPS/text/one a.xhtml": f"<html><body>{one}</body></html>",
        "OPS/text/two.xhtml": f"<html><body>{two}</body></html>",
    }
    return zipped(parts | {f"META-INF/{name}.xml": content for name, content in more.items()})


def test_chapters_are_read_in_the_order_of_the_spine() -> None:
    raw = epub("<h1>One</h1><p>a</p>", "<h1>Two</h1><p>b</p>")
    found = load_epub("book", raw, Metadata()).document
    assert found.text == "Two\n\nb\n\nOne\n\na"
    assert (found.title, found.metadata.authors, found.metadata.language) == ("Wells", ("Ada",), "en")
    assert is_epub(raw)


def test_printed_page_numbers_are_kept() -> None:
    broken = "<span role='doc-pagebreak' aria-label='{}'></span>"
    document = load_epub(
        "book", epub("", f"{broken.format('iv')}<p>a</p>{broken.format('1')}<p>b</p>"), Metadata()
    ).document
    assert document.page_labels == ("iv", "1")
    assert document.page_at(document.text.index("b")) == 2


def test_notes_and_their_marks() -> None:
    call = "<p>It applies.<a epub:type='noteref' href='#n'>1</a></p>"
    body = call + "<aside epub:type='footnote' id='n'><p>Note.</p></aside>"
    assert load_epub("book", epub("", body), Metadata()).document.text == "It applies.\n\nNote."


def test_a_protected_book_is_named() -> None:
    protected = "<encryption><EncryptedData><EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/>"
    with pytest.raises(LoadError, match="protected"):
        load_epub("book", epub("", "<p>a</p>", encryption=protected), Metadata())
