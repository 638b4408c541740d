"""Tell footnote marks and page breaks of web pages and e-books from their text."""

import re

from selectolax.lexbor import LexborNode

_NOTE_REFERENCES = frozenset({"doc-noteref", "noteref"})
_PAGE_BREAKS = frozenset({"doc-pagebreak", "pagebreak"})
_BACK_LINKS = frozenset({"doc-backlink", "backlink"})
_MARK = re.compile(r"[\[(]?(?:(?:note\s*)?\d{1,4}|[a-z]|[ivxl]{1,5}|[*†‡§¶]{1,3})[\])]?", re.IGNORECASE)


def is_page_break(node: LexborNode) -> bool:
    """Whether a printed page starts at an element."""
    return _has_role(node, _PAGE_BREAKS)


def is_note_mark(node: LexborNode) -> bool:
    """Whether an element is the mark of a footnote, or leads back from one."""
    if _has_role(node, _BACK_LINKS):
        return True
    if _MARK.fullmatch((node.text() or "").strip()) is None:
        return False
    if _has_role(node, _NOTE_REFERENCES):
        return True
    if node.tag not in {"sup", "a"}:
        return False
    link = node if node.tag == "a" else node.css_first("a")
    raised = node.tag == "sup" or (node.parent is not None and node.parent.tag == "sup")
    target = link.attributes.get("href") or "" if link is not None else ""
    return raised and target.startswith("#")


def _has_role(node: LexborNode, roles: frozenset[str]) -> bool:
    stated = f"{node.attributes.get('role') or ''} {node.attributes.get('epub:type') or ''}"
    return not roles.isdisjoint(stated.split())
