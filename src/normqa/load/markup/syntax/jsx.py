"""Parse the markup of MDX: components, expressions in tags, comments, imports and exports.

They show nothing to a reader. The text between the tags of a component is Markdown.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\}"
_VALUE = rf"""(?:"[^"]*+"|'[^']*+'|{_BRACES}|[^\s"'=<>`{{}}]++)"""
_ATTRIBUTE = rf"\s++(?:{_BRACES}|[A-Za-z_:][\w:.-]*+(?:\s*+=\s*+{_VALUE})?+)"
_TAG = re.compile(rf"<(?:([A-Za-z][\w.-]*+)(?:{_ATTRIBUTE})*+\s*+/?|/([A-Za-z][\w.-]*+)\s*+|/?)>")
_COMPONENT = re.compile(r"</?([A-Z]\w*[a-z]\w*(?:\.\w+)*)\b")
_COMMENT = re.compile(r"\{/\*(?:[^*{]|\*(?!/)|\{(?!/\*))*+\*/\s*\}")
_IMPORT = re.compile(
    r"""
    import \s+ (?: [\w$*{] [^'"();]*? \s from \s+ )?
    (?: '[^'\n]+' | "[^"\n]+" ) [ \t]* ;? [ \t]* (?:\n|$)
    """,
    re.VERBOSE,
)
_EXPORT = re.compile(
    r"""
    export \s+ (?:
      (?: const | let | var ) \s+ [\w$\[{] [^=\n]* =
      | (?: default \s+ )? (?: async \s+ )? function \b
      | (?: default \s+ )? class \s+ \w
      | default \s+ (?: [({] | [\w$]+ \s* => | [A-Z][\w$.]* [ \t]* ;? [ \t]* (?:\n|$) )
      | \{ [^}]* \} [ \t]* (?: from | ; | \n | $ )
      | \* \s+ from \b
    )
    """,
    re.VERBOSE,
)


def jsx_plugin(parser: MarkdownIt) -> None:
    """Make the parser return the markup of MDX as ``markup``."""
    interrupted = ["paragraph", "reference", "blockquote"]
    parser.block.ruler.before("html_block", "component", _component, {"alt": interrupted})
    parser.block.ruler.before("html_block", "statement", _statement)
    parser.inline.ruler.before("html_inline", "component", _inline_tag)
    parser.inline.ruler.before("escape", "jsx_comment", _inline_comment)


def without_expressions(html: str) -> str:
    """Return HTML without the attributes of those tags that contain expressions."""
    return _TAG.sub(_without_expressions, html) if "{" in html else html


def _without_expressions(tag: re.Match[str]) -> str:
    return f"<{tag[1]}>" if tag[1] and "{" in tag[0] else tag[0]


def _inline_tag(state: StateInline, silent: bool) -> bool:
    """Take a tag that is not HTML: one with an expression or a name with a dot, or that of a fragment."""
    tag = _TAG.match(state.src, state.pos) if state.src[state.pos] == "<" else None
    if tag is None:
        return False
    name = tag[1] or tag[2] or ""
    if name and "{" not in tag[0] and not ("." in name and _COMPONENT.match(tag[0])):
        return False
    return _push(state, tag.end(), silent)


def _inline_comment(state: StateInline, silent: bool) -> bool:
    comment = _COMMENT.match(state.src, state.pos) if state.src[state.pos] == "{" else None
    return comment is not None and _push(state, comment.end(), silent)


def _push(state: StateInline, end: int, silent: bool) -> bool:
    if not silent:
        state.push("markup", "", 0)
    state.pos = end
    return True


def _component(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Take a tag of a component that has its lines for itself, unless HTML has an element of this name."""
    start = state.bMarks[first] + state.tShift[first]
    component = None if state.is_code_block(first) else _COMPONENT.match(state.src, start)
    if component is None or component[1].lower() in block_names:
        return False
    tag = _TAG.match(state.src, start)
    return tag is not None and _take(state, first, end, tag.end(), silent)


def _statement(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Take an import or, up to the next blank line, an export."""
    if state.blkIndent or state.is_code_block(first):
        return False
    start = state.bMarks[first] + state.tShift[first]
    if statement := _IMPORT.match(state.src, start):
        return _take(state, first, end, statement.end(), silent)
    if not _EXPORT.match(state.src, start):
        return False
    last = first
    while last + 1 < end and not state.isEmpty(last + 1):
        last += 1
    return _take(state, first, end, state.eMarks[last], silent)


def _take(state: StateBlock, first: int, end: int, stop: int, silent: bool) -> bool:
    """Take the lines up to an offset, unless the last one goes on after it."""
    last = first
    while last < end and state.eMarks[last] < stop - 1:
        last += 1
    if last >= end or state.src[stop : state.eMarks[last]].strip():
        return False
    if not silent:
        token = state.push("markup", "", 0)
        token.block, token.map = True, [first, last + 1]
        state.line = last + 1
    return True
