"""Tell what a browser shows of a page from what it does not."""

import re
from collections import Counter

from selectolax.lexbor import LexborHTMLParser, LexborNode

UNSEEN = frozenset(
    {
        "-comment",
        "audio",
        "button",
        "canvas",
        "datalist",
        "embed",
        "epub:case",
        "head",
        "iframe",
        "input",
        "link",
        "meta",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    }
)
"""Elements without text of the page."""

_WITHOUT_WORDS = frozenset({"-comment", "head", "link", "meta", "script", "style", "template", "title"})
_MEDIA = {
    "audio": "object",
    "canvas": "image",
    "embed": "object",
    "iframe": "object",
    "object": "object",
    "svg": "image",
    "video": "object",
}
HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*0(?:\.0*)?(?![.\d])",
    re.IGNORECASE,
)
"""Declarations that hide an element."""


def is_left_out(node: LexborNode, left_out: Counter[str]) -> bool:
    """Whether a browser does not show an element, or it is navigation. Its words and pictures are counted."""
    name = node.tag or ""
    if name in UNSEEN:
        if kind := _MEDIA.get(name):
            left_out[kind] += 1
        elif name not in _WITHOUT_WORDS:
            left_out["words"] += words_in(node)
        return True
    if _is_hidden(node) or _is_navigation(node):
        left_out["words"] += words_in(node)
        return True
    return False


def body_of(tree: LexborHTMLParser) -> LexborNode:
    """Return the body of a page, which the parser always makes."""
    body = tree.body or tree.root
    assert body is not None  # noqa: S101
    return body


def words_in(node: LexborNode) -> int:
    """Return the number of words in an element."""
    return len((node.text(separator=" ") or "").split())


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if "hidden" in attributes:
        return attributes["hidden"] != "until-found"
    if attributes.get("aria-hidden") == "true" or (node.tag == "dialog" and "open" not in attributes):
        return True
    return HIDDEN_STYLE.search(attributes.get("style") or "") is not None


def _is_navigation(node: LexborNode) -> bool:
    return node.tag == "nav" or node.attributes.get("role") == "navigation"
