"""Load a web page that was saved as a file."""

import codecs
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normqa.datatypes import Metadata
from normqa.load.loaded import Parsed, finished, left_out_notes, over
from normqa.load.outline import Outline
from normqa.load.text.decode import decode
from normqa.load.web.stylesheet import apply_stylesheets
from normqa.load.web.tree import TreeReader
from normqa.load.web.visible import body_of, words_in
from normqa.load.web.xhtml import as_html, is_xhtml
from normqa.text.canonical import one_line

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""(?:<\?xml[^>]+encoding|<meta[^>]+charset)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_MAIN_SHARE = 0.4
"""The main part of a page is read alone if it has this share of the words."""


def is_html(raw: bytes) -> bool:
    """Whether bytes are a web page."""
    return _HTML.search(raw[:2048]) is not None


def load_html(document_id: str, raw: bytes, stated: Metadata) -> Parsed:
    """Load a web page.

    Raises:
        LoadError: If it is not text, or contains none.
    """
    text, notes = decode_page(raw)
    tree = LexborHTMLParser(as_html(text) if is_xhtml(text) else text)
    outline, left_out = Outline(), Counter[str]()
    apply_stylesheets(tree, left_out)
    TreeReader(outline, left_out).read(_main(tree, left_out))
    metadata = over(stated, page_metadata(tree))
    return finished(outline, document_id, metadata, (*notes, *left_out_notes(left_out)))


def decode_page(raw: bytes) -> tuple[str, list[str]]:
    """Return the text of a page, and what was guessed about its encoding.

    A byte order mark or valid UTF-8 decides, then what the page states, then a guess.
    """
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        stated = _CHARSET.search(raw[:4096])
        if stated:
            try:
                name = codecs.lookup(stated[1].decode("ascii")).name
                # Browsers read Latin-1 as Windows-1252.
                return raw.decode("cp1252" if name == "iso8859-1" else name, "replace"), []
            except (LookupError, UnicodeError):
                pass
    decoded = decode(raw)
    return decoded.text, list(decoded.notes())


def page_metadata(tree: LexborHTMLParser) -> Metadata:
    """Return what a page states about itself."""
    stated: dict[str, str] = {}
    for meta in tree.css("meta"):
        name = (meta.attributes.get("name") or meta.attributes.get("property") or "").casefold()
        stated.setdefault(name, one_line(meta.attributes.get("content") or ""))
    title = tree.css_first("title")
    canonical = tree.css_first('link[rel="canonical"]')
    html = tree.css_first("html")
    dates = (stated.get(name, "") for name in ("article:published_time", "date", "dc.date", "dcterms.date"))
    date = next((found[0] for text in dates if (found := _DATE.match(text))), None)
    author = stated.get("author") or stated.get("dc.creator")
    return Metadata(
        title=one_line(title.text() if title else "") or stated.get("og:title") or None,
        url=_url(tree, (canonical.attributes.get("href") if canonical else None) or stated.get("og:url")),
        date=date,
        authors=(author,) if author else (),
        language=(html.attributes.get("lang") if html else None) or None,
    )


def _url(tree: LexborHTMLParser, stated: str | None) -> str | None:
    """Return the address that a page states, resolved against its base; None unless it is a web address."""
    base = tree.css_first("base")
    url = urljoin((base.attributes.get("href") if base else None) or "", stated or "")
    return url if urlsplit(url).scheme in {"http", "https"} else None


def _main(tree: LexborHTMLParser, left_out: Counter[str]) -> LexborNode:
    """Return the part of the page to read. The words outside it are counted."""
    body = body_of(tree)
    total = words_in(body)
    for selector in ("main, [role=main]", "article"):
        found = tree.css(selector)
        if len(found) == 1 and "hidden" not in found[0].attributes:
            words = words_in(found[0])
            if words >= _MAIN_SHARE * total:
                left_out["words"] += total - words
                return found[0]
    return body
