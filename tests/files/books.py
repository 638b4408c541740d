"""E-books of the second and third version of EPUB."""

from tests.load.office.files import zipped

_CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_XHTML = "application/xhtml+xml"
_DUBLIN_CORE = '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Wells</dc:title></metadata>'


def _page(body: str, more: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"'
        f' xmlns:epub="http://www.idpf.org/2007/ops"><head><title/>{more}</head><body>{body}</body></html>'
    )


def _book(
    version: str, items: dict[str, tuple[str, str]], spine: str, parts: dict[str, str], doctype: str = ""
) -> bytes:
    """A book: the type and the properties of each part, the names in its spine, and the content of its parts."""
    manifest = "".join(
        f'<item id="{name}" href="{name}" media-type="{type_}" {properties}/>'
        for name, (type_, properties) in items.items()
    )
    order = "".join(f'<itemref idref="{name}"/>' for name in spine.split())
    opf = (
        f'<?xml version="1.0"?>{doctype}<package xmlns="http://www.idpf.org/2007/opf" version="{version}">'
        f'{_DUBLIN_CORE}<manifest>{manifest}</manifest><spine toc="toc.ncx">{order}</spine></package>'
    )
    head = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": _CONTAINER,
        "OEBPS/content.opf": opf,
    }
    return zipped(head | {f"OEBPS/{name}": content for name, content in parts.items()})


_NCX = """<?xml version="1.0"?>
<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><navMap/><pageList>
<pageTarget type="front" value="4"><navLabel><text>iv</text></navLabel><content src="one.xhtml"/></pageTarget>
<pageTarget type="normal" value="1"><navLabel><text>1</text></navLabel><content src="two.xhtml#p1"/></pageTarget>
</pageList></ncx>"""
_NAVIGATION = (
    '<nav epub:type="toc"><ol><li><a href="one.xhtml">One</a></li></ol></nav><nav epub:type="page-list"><ol>'
    '<li><a href="one.xhtml#a">xii</a></li><li><a href="two.xhtml#b">1</a></li></ol></nav>'
)

BOOKS: dict[str, tuple[bytes, str]] = {
    "second.epub": (
        _book(
            "2.0",
            {
                "toc.ncx": ("application/x-dtbncx+xml", ""),
                "one.xhtml": (_XHTML, ""),
                "two.xhtml": (_XHTML, ""),
            },
            "one.xhtml two.xhtml",
            {
                "toc.ncx": _NCX,
                "one.xhtml": _page(
                    '<h1 class="c"><a id="top"/>One</h1><p>The well is deep.</p>', '<script src="a.js"/>'
                ),
                "two.xhtml": _page('<p>It was dug <a id="p1"/>by hand.</p><p/><p>No more.</p>'),
            },
            '<!DOCTYPE package PUBLIC "+//ISBN 0-9673008-1-9//DTD OEB 1.2 Package//EN"'
            ' "http://openebook.org/dtds/oeb-1.2/oebpkg12.dtd">',
        ),
        "One\n\nThe well is deep.\n\nIt was dug by hand.\n\nNo more.",
    ),
    "third.epub": (
        _book(
            "3.0",
            {
                "nav.xhtml": (_XHTML, 'properties="nav"'),
                "cover.svg": ("image/svg+xml", 'fallback="cover.xhtml"'),
                "cover.xhtml": (_XHTML, ""),
                "one.xhtml": (_XHTML, ""),
                "two.xhtml": (_XHTML, ""),
                "three.xhtml": (_XHTML, ""),
            },
            "cover.svg nav.xhtml one.xhtml two.xhtml three.xhtml",
            {
                "cover.svg": "<svg/>",
                "cover.xhtml": _page("<h1>Wells</h1>"),
                "nav.xhtml": _page(_NAVIGATION),
                "one.xhtml": _page(
                    '<span id="a" epub:type="pagebreak" title="xii"/><p>It applies.<a epub:type="noteref" href="#n">1</a>'
                    ' See <a epub:type="noteref" href="#n">this note</a>.</p>'
                    '<aside epub:type="footnote" id="n"><p>Since 1998.</p></aside>'
                ),
                "two.xhtml": _page(
                    '<div id="b" role="doc-pagebreak">1</div><p>The second part<br/>goes on.</p>'
                ),
                "three.xhtml": _page("<p>The third part ends.</p>"),
            },
        ),
        "Wells\n\nIt applies. See this note.\n\nSince 1998.\n\nThe second part\ngoes on.\n\nThe third part ends.",
    ),
}
"""Content and right text of each file, by name."""

BOOK_PAGES: dict[str, list[tuple[str, str]]] = {
    "second.epub": [("iv", "The well is deep"), ("1", "by hand")],
    "third.epub": [("1", "Wells"), ("xii", "It applies"), ("1", "goes on")],
}
"""Printed number and some words of each page."""
