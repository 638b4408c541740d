"""Parse attribute lists, as in ``# Heading {#id .class}`` or ``{: .note }``. They show nothing to a reader.

The plugin of mdit-py-plugins knows neither the colon of kramdown nor the lists after headings.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

_VALUE = r"""(?: "[^"\n]*+" | '[^'\n]*+' | [^\s"'{}]++ )"""
_LIST = re.compile(
    rf"""
    \{{ \s*+ (?: : | /: | ::/? ) [^{{}}\n]*+ \}}  # of kramdown
    | \{{ \s*+
      (?: (?: [.\#][^\s.\#{{}}"'=,;]++ | -(?=[\s}}]) | [A-Za-z][\w:-]*+ = {_VALUE} ) \s*+ )++
      \}}
    """,
    re.VERBOSE,
)
_AT_END = re.compile(rf"(?<!\\)(?:{_LIST.pattern})\s*$", re.VERBOSE)
_END_OF_LINE = re.compile(r"[ \t]*(?:\n|\Z)")
_CLOSED = frozenset({"link_close", "image", "code_inline", "html_inline", "markup"})


def attributes_plugin(parser: MarkdownIt) -> None:
    """Make the parser return attribute lists as ``markup``."""
    parser.core.ruler.after("block", "heading_attributes", _headings)
    parser.inline.ruler.before("escape", "attributes", _attributes)


def _headings(state: StateCore) -> None:
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type == "heading_open":
            found = _AT_END.search(inline.content)
            if found and _has_name(found[0]):
                inline.content = inline.content[: found.start()].rstrip()


def _attributes(state: StateInline, silent: bool) -> bool:
    """Take a list that is a line by itself, or that follows a link, code or emphasis."""
    if state.src[state.pos] != "{":
        return False
    found = _LIST.match(state.src, state.pos)
    is_line = found is not None and _has_name(found[0]) and _is_line(state, found.end())
    if found is None or not (is_line or _is_attached(state)):
        return False
    if not silent:
        state.push("markup", "", 0)
    state.pos = found.end()
    return True


def _has_name(attributes: str) -> bool:
    """Whether a list starts with a class, an identifier or the mark of kramdown; ``{x=1}`` may be prose."""
    return attributes[1:].lstrip()[0] in ".#:/"


def _is_line(state: StateInline, end: int) -> bool:
    before = state.pos - 1
    while before >= 0 and state.src[before] in " \t":
        before -= 1
    starts_line = before < 0 or state.src[before] == "\n"
    return starts_line and _END_OF_LINE.match(state.src, end) is not None


def _is_attached(state: StateInline) -> bool:
    if state.pending or not state.tokens:
        return False
    last = state.tokens[-1]
    is_emphasis = last.type == "text" and last.content in {"*", "_"}
    return last.type in _CLOSED or (is_emphasis and state.src[state.pos + 1] in ".#:")
