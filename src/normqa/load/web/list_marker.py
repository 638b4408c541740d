"""Write the numbers that browsers show before list items."""

import re

from selectolax.lexbor import LexborNode

from normqa.load.numerals import LIST_TYPES, format_number

_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?([a-z-]+)", re.IGNORECASE)
_LIST_STYLES = {
    "decimal-leading-zero": "decimalZero",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "lower-roman": "lowerRoman",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "upper-roman": "upperRoman",
    "decimal": "decimal",
    "none": "none",
    "disc": "none",
    "circle": "none",
    "square": "none",
}


def list_marker(number: int, list_: LexborNode, item: LexborNode) -> str:
    """Return the number that a browser shows before an item."""
    for node in (item, list_):
        if style := _LIST_STYLE.search(node.attributes.get("style") or ""):
            format_ = _LIST_STYLES.get(style[1].casefold(), "decimal")
            break
        if format_ := LIST_TYPES.get(node.attributes.get("type") or "", ""):
            break
    else:
        format_ = "decimal"
    return f"{shown}." if (shown := format_number(number, format_)) else ""
