"""An e-book is read in the order of its spine."""

import io
import zipfile

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


def test_empty_elements_hide_nothing() -> None:
    body = "<p>a<span epub:type='pagebreak' title='2'/>b</p><p>c <a id='x'/>d</p>"
    assert load_epub("book", epub("", body), Metadata()).document.text == "ab\n\nc d"


def test_links_to_notes_are_left_out_only_if_they_are_marks() -> None:
    body = (
        "<p>See <a epub:type='noteref' href='#n'>this note</a>.<a epub:type='noteref' href='#n'>[2]</a></p>"
    )
    assert load_epub("book", epub("", body), Metadata()).document.text == "See this note."


def test_a_document_type_does_not_cost_the_book() -> None:
    doctype = '<!DOCTYPE package PUBLIC "+//ISBN 0-9673008-1-9//DTD OEB 1.2 Package//EN" "oebpkg12.dtd">'
    parts = zipfile.ZipFile(io.BytesIO(epub("<p>a</p>", "<p>b</p>")))
    files = {name: parts.read(name) for name in parts.namelist()}
    files["OPS/book.opf"] = doctype.encode() + files["OPS/book.opf"]
    assert load_epub("book", zipped(files), Metadata()).document.text == "b\n\na"


def test_pages_come_from_the_page_list() -> None:
    parts = zipfile.ZipFile(io.BytesIO(epub("<p>a</p>", "<p>b</p><p id='p'>c</p>")))
    files = {name: parts.read(name) for name in parts.namelist()}
    links = "<li><a href='text/two.xhtml'>iv</a></li><li><a href='text/two.xhtml#p'>1</a></li>"
    files["OPS/nav.xhtml"] = f"<html><nav epub:type='page-list'><ol>{links}</ol></nav></html>".encode()
    document = load_epub("book", zipped(files), Metadata()).document
    assert document.page_labels == ("iv", "1")
    assert document.page_at(document.text.index("c")) == 2


def test_text_before_the_first_page_is_on_a_page_without_number() -> None:
    broken = "<p>a</p><span role='doc-pagebreak' aria-label='1'></span><p>b</p>"
    document = load_epub("book", epub("", broken), Metadata()).document
    assert document.page_labels == ("", "1")
    assert document.page_at(document.text.index("b")) == 2


def test_a_page_that_starts_in_a_paragraph_does_not_divide_it() -> None:
    broken = "<h2>A <i role='doc-pagebreak' title='1'/>head</h2>"
    broken += "<p>It was <a id='p'/>im<a role='doc-pagebreak' title='3'/>possible.</p>"
    parts = zipfile.ZipFile(io.BytesIO(epub("", broken)))
    files = {name: parts.read(name) for name in parts.namelist()}
    link = "<a href='text/two.xhtml#p'>2</a>"
    files["OPS/nav.xhtml"] = (
        f"<html><nav epub:type='page-list'><ol><li>{link}</li></ol></nav></html>".encode()
    )
    document = load_epub("book", zipped(files), Metadata()).document
    assert document.text == "A head\n\nIt was impossible."
    assert document.page_labels == ("", "1", "2", "3")
    assert [page.of(document.text) for page in document.pages] == ["A ", "head\n\nIt was ", "im", "possible."]
