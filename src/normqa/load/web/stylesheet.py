"""Apply the rules of a page's own style sheets that hide elements."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from normqa.load.web.visible import HIDDEN_STYLE, body_of, words_in

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SHOWN = re.compile(r"display\s*:\s*(?!none)|visibility\s*:\s*visible", re.IGNORECASE)
_SCREENS = frozenset({"", "all", "screen"})


_NEVER_SHOWN = (
    "noscript, template, nav, button, select, textarea, [hidden], [aria-hidden=true], [role=navigation],"
    " [style*='display:none'], [style*='display: none']"
)


def apply_stylesheets(tree: LexborHTMLParser, left_out: Counter[str]) -> None:
    """Mark the elements that the style sheets in a page hide as hidden; a later rule can show them again.

    Rules for other media, and for states such as ``:hover``, are ignored. So are the rules of a page that
    hides more words than it shows: its scripts show them. Style sheets and scripts are removed.
    """
    sheets = [
        style.text() or ""
        for style in tree.css("style")
        if (style.attributes.get("media") or "").strip().casefold() in _SCREENS
    ]
    tree.strip_tags(["script", "style"])
    hidden: dict[int, LexborNode] = {}
    for sheet in sheets:
        for selector, declarations in _rules(sheet):
            if HIDDEN_STYLE.search(declarations):
                hidden |= {node.mem_id: node for node in _selected(tree, selector)}
            elif hidden and _SHOWN.search(declarations):
                for node in _selected(tree, selector):
                    hidden.pop(node.mem_id, None)
    if not hidden:
        return
    never = {node.mem_id: node for node in tree.css(_NEVER_SHOWN)}
    visible = words_in(body_of(tree)) - _words(hidden | never)
    if _words({name: node for name, node in hidden.items() if not _is_inside(node, never)}) > visible:
        left_out["scripted"] = 1
        return
    for node in hidden.values():
        node.attrs["hidden"] = ""


def _words(nodes: Mapping[int, LexborNode]) -> int:
    """Return the number of words in elements, of which some may be inside others."""
    return sum(words_in(node) for node in nodes.values() if not _is_inside(node, nodes))


def _is_inside(node: LexborNode, hidden: Mapping[int, LexborNode]) -> bool:
    above = node.parent
    while above is not None:
        if above.mem_id in hidden:
            return True
        above = above.parent
    return False


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Yield each selector and what is declared for it."""
    text = _AT_RULE.sub("", _COMMENT.sub("", text))
    for selectors, declarations in _RULE.findall(text):
        if HIDDEN_STYLE.search(declarations) or _SHOWN.search(declarations):
            for selector in selectors.split(","):
                if ":" not in selector and selector.strip():
                    yield selector.strip(), declarations


def _selected(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except SelectolaxError:  # a selector that is none
        return []
