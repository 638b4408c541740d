"""Load e-books in the EPUB format: web pages in a ZIP file, in the order of the book's spine."""

from collections import Counter
from collections.abc import Mapping

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from normqa.datatypes import Metadata
from normqa.load.loaded import Parsed, finished, left_out_notes, over
from normqa.load.office.package import Package, attribute, child, children, tag
from normqa.load.outline import Outline
from normqa.load.problem import LoadError
from normqa.load.web.page import decode_page
from normqa.load.web.page_list import page_labels, resolved
from normqa.load.web.stylesheet import apply_stylesheets
from normqa.load.web.tree import TreeReader
from normqa.load.web.visible import body_of
from normqa.load.web.xhtml import as_html
from normqa.text.canonical import one_line

_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_MAX_FALLBACKS = 10
_FONT_ENCRYPTION = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")


def is_epub(raw: bytes) -> bool:
    """Whether bytes are an EPUB file."""
    return b"mimetypeapplication/epub+zip" in raw[:200]


def load_epub(document_id: str, raw: bytes, stated: Metadata) -> Parsed:
    """Load an e-book.

    Raises:
        LoadError: If it is protected or damaged, or contains no text.
    """
    package = Package(raw)
    _refuse_protected(package)
    opf = _package_document(package)
    root = package.xml(opf)
    manifest = {attribute(item, "id"): item for item in _part(root, "manifest")}
    outline, left_out = Outline(), Counter[str]()
    labels = page_labels(package, opf, manifest.values())
    for reference in children(_part(root, "spine"), "itemref"):
        identifier = attribute(reference, "idref")
        item = _page_of(manifest, identifier)
        if item is None:
            left_out["image" if identifier in manifest else "chapter"] += 1
            continue
        if "nav" in (attribute(item, "properties") or "").split():
            left_out["contents"] = 1
            continue
        name = resolved(opf, attribute(item, "href"))
        if name not in package:
            left_out["chapter"] += 1
            continue
        tree = LexborHTMLParser(as_html(decode_page(package.read(name))[0]))
        apply_stylesheets(tree, left_out)
        TreeReader(outline, left_out, labels.get(name)).read(body_of(tree))
    left_out["book words"] = left_out.pop("words", 0)
    return finished(outline, document_id, over(stated, _metadata(root)), left_out_notes(left_out))


def _page_of(manifest: Mapping[str | None, etree._Element], identifier: str | None) -> etree._Element | None:
    """Return the entry of a page, or of the page that stands in for something else; None if there is none."""
    for _ in range(_MAX_FALLBACKS):
        item = manifest.get(identifier)
        if item is None or attribute(item, "media-type") in _PAGES:
            return item
        identifier = attribute(item, "fallback")
    return None


def _refuse_protected(package: Package) -> None:
    """Refuse a book whose text is encrypted. Fonts may be."""
    name = "META-INF/encryption.xml"
    if name not in package:
        return
    encryption = package.read(name)
    if encryption.count(b"EncryptionMethod") > sum(map(encryption.count, _FONT_ENCRYPTION)):
        raise LoadError("it is protected against copying, and cannot be read")


def _package_document(package: Package) -> str:
    container = package.xml("META-INF/container.xml")
    for element in container.iter():
        if tag(element) == "rootfile" and (path := attribute(element, "full-path")):
            return path
    raise LoadError("it is damaged: it names no package document")


def _part(root: etree._Element, name: str) -> etree._Element:
    found = child(root, name)
    if found is None:
        raise LoadError(f"it is damaged: its package document has no {name}")
    return found


def _metadata(root: etree._Element) -> Metadata:
    values: dict[str, list[str]] = {}
    for element in _part(root, "metadata").iter():
        values.setdefault(tag(element), []).append(one_line(element.text or ""))

    def first(name: str) -> str | None:
        return next(filter(None, values.get(name, [])), None)

    return Metadata(
        title=first("title"),
        authors=tuple(filter(None, values.get("creator", []))),
        date=(first("date") or "")[:10] or None,
        publisher=first("publisher"),
        language=first("language"),
    )
