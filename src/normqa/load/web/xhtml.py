"""Rewrite XHTML so that an HTML parser reads it as it is meant."""

import html
import re

_NAMESPACE = "http://www.w3.org/1999/xhtml"
_VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
        "track", "wbr",
    }
)  # fmt: skip
_ATTRIBUTES = r"""((?:[^<>"'/]++|/(?!>)|"[^"]*"|'[^']*')*+)"""
_CLOSED = re.compile(rf"<([A-Za-z][\w:.-]*){_ATTRIBUTES}/>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_PREFIX = re.compile(
    r"""xmlns:(\w+)\s*=\s*["'](?:http://www\.w3\.org/1999/xhtml|http://www\.w3\.org/1998/Math/MathML"""
    r"""|http://www\.w3\.org/2000/svg)["']"""
)


def is_xhtml(text: str) -> bool:
    """Whether a page says that it is XHTML."""
    return _NAMESPACE in text[:4096]


def as_html(text: str) -> str:
    """Write out what only XML has: empty elements, character data sections and prefixes of elements.

    An HTML parser reads ``<script/>`` or ``<span/>`` as the start of an element that goes on.
    """
    for prefix in set(_PREFIX.findall(text)):
        text = re.sub(rf"(</?){re.escape(prefix)}:", r"\1", text)
    text = _CDATA.sub(lambda found: html.escape(found[1], quote=False), text)
    return _CLOSED.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    name, attributes = found.groups()
    return found[0] if name.casefold() in _VOID else f"<{name}{attributes}></{name}>"
