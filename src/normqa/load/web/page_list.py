"""Read where the printed pages of an e-book start: the page list of EPUB 3, or that of the NCX of EPUB 2."""

import posixpath
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urldefrag

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from normqa.load.office.package import Package, attribute, child, tag
from normqa.load.problem import LoadError
from normqa.load.web.xhtml import as_html
from normqa.text.canonical import one_line

_NCX = "application/x-dtbncx+xml"


def resolved(part: str, href: str | None) -> str:
    """Return the name of the part that another part refers to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), unquote(href or "")))


def page_labels(package: Package, opf: str, items: Iterable[etree._Element]) -> dict[str, dict[str, str]]:
    """Return the printed number of the page that starts at an element, by part and id of the element.

    The id is empty for a page that starts with the part.

    A page list that is damaged costs the numbers, not the book.
    """
    labels: dict[str, dict[str, str]] = {}
    for item in items:
        name = resolved(opf, attribute(item, "href"))
        is_navigation = "nav" in (attribute(item, "properties") or "").split()
        if name not in package or not (is_navigation or attribute(item, "media-type") == _NCX):
            continue
        try:
            found = list(_in_navigation(package.read(name)) if is_navigation else _in_ncx(package.xml(name)))
        except LoadError:
            continue
        for href, label in found:
            target, identifier = urldefrag(href)
            if label:
                labels.setdefault(resolved(name, target), {}).setdefault(unquote(identifier), label)
    return labels


def _in_navigation(raw: bytes) -> Iterator[tuple[str, str]]:
    tree = LexborHTMLParser(as_html(raw.decode("utf-8", "replace")))
    for nav in tree.css("nav"):
        if (nav.attributes.get("epub:type") or nav.attributes.get("role")) in {"page-list", "doc-pagelist"}:
            for link in nav.css("a"):
                yield link.attributes.get("href") or "", one_line(link.text() or "")


def _in_ncx(root: etree._Element) -> Iterator[tuple[str, str]]:
    for target in root.iter():
        if tag(target) == "pageTarget":
            label = child(target, "navLabel", "text")
            text = one_line("" if label is None else label.text or "") or attribute(target, "value") or ""
            yield attribute(child(target, "content"), "src") or "", text
