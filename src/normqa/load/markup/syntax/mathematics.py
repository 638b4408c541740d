r"""Parse mathematics in Markdown, so that it is kept as it is written.

The plugins of mdit-py-plugins do not fit. For every formula without an end, their rules for ``$$`` and
``\(…\)`` search the rest of the document. Their rule for ``$`` rejects a formula at the start of a text that
ends in a digit.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_DOLLARS = re.compile(
    r"""
    \$\$ (?: [^$\\] | \\. )+ \$\$
    | (?<! \d ) \$ (?! \s ) (?: [^$\\] | \\. )+ (?<! \s ) \$ (?! \d )  # not the prices in $5 or $6
    """,
    re.VERBOSE | re.DOTALL,
)
_MARKUP = re.compile(r"\*\*|~~|`|\]\(|\[\^|</?[a-zA-Z]")
"""Appears between two prices, but not inside a formula."""

_BRACKETS = {"(": ")", "[": "]"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_MARK = re.compile(r"\\[_*#\[\]]")
_FORMULA = re.compile(r"\\[A-Za-z\\,;!{}]|[\^_={}+<>|]|\w\*\w")
r"""Appears in a formula, but not inside escaped brackets such as ``\[sic\]``."""

_ENVIRONMENT = re.compile(r"\\begin\{([a-zA-Z]+\*?)\}")


def math_plugin(parser: MarkdownIt) -> None:
    """Make the parser return formulas, with their delimiters, as ``math_inline`` and ``math_block``."""
    parser.inline.ruler.before("escape", "math_inline", _inline)
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "math_block", _block, {"alt": interrupted})


def _inline(state: StateInline, silent: bool) -> bool:
    mark = state.src[state.pos]
    formula = _dollars(state) if mark == "$" else _brackets(state) if mark == "\\" else None
    if formula is None:
        return False
    if not silent:
        state.push("math_inline", "math", 0).content = formula.replace("\n", " ")
    state.pos += len(formula)
    return True


def _dollars(state: StateInline) -> str | None:
    match = _DOLLARS.match(state.src, state.pos)
    return match[0] if match and not _MARKUP.search(match[0]) else None


def _brackets(state: StateInline) -> str | None:
    opening = state.src[state.pos + 1 : state.pos + 2]
    if opening not in _BRACKETS:
        return None
    for escape in _ESCAPE.finditer(state.src, state.pos + 2):
        if escape[1] == _BRACKETS[opening]:
            formula = state.src[state.pos : escape.end()]
            return formula if "](" not in formula and _is_formula(formula) else None
        if escape[1] == opening:
            return None
    return None


def _is_formula(text: str) -> bool:
    """Whether a text in escaped brackets is a formula, not text that was escaped by a converter."""
    return _FORMULA.search(_ESCAPED_MARK.sub("", text[2:-2])) is not None


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the lines from a delimiter that starts a line to its partner that ends one."""
    first = _line(state, start)
    closing = _closing(first)
    unclosed = state.env.setdefault("math", {})  # the line at which each search found no partner
    if closing is None or state.is_code_block(start):
        return False
    lines = [first]
    while not (lines[-1].endswith(closing) and (len(lines) > 1 or len(first) >= 2 * len(closing))):
        line = start + len(lines)
        is_outside = line >= end or state.isEmpty(line) or state.sCount[line] < state.blkIndent
        if is_outside or line < unclosed.get(closing, 0):
            unclosed[closing] = max(line, unclosed.get(closing, 0))
            return False
        lines.append(_line(state, line))
    formula = "\n".join(lines)
    if formula.count(closing) > (2 if closing == "$$" else 1):
        return False
    if closing == r"\]" and first != r"\[" and not _is_formula(formula):
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block, token.content, token.map = True, formula, [start, start + len(lines)]
        state.line = start + len(lines)
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _closing(line: str) -> str | None:
    if line.startswith("$$"):
        return "$$"
    if line.startswith(r"\["):
        return r"\]"
    environment = _ENVIRONMENT.match(line)
    return rf"\end{{{environment[1]}}}" if environment else None
