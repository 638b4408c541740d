"""Parse the tags of templates: Liquid, Jinja, Hugo and Handlebars. They show nothing to a reader."""

import re
from types import ModuleType, SimpleNamespace
from typing import Any, cast

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_TAG = re.compile(
    r"""
    (?<! [$^\\] )                                # neither ${{ ... }} nor an escape
    (?:
      \{\{\{ [^{}]*+ \}\}\} | \{\{ [^{}]*+ \}\}  # also Hugo's {{< ... >}} and {{% ... %}}
      | \{% (?: [^%{] | %(?!\}) | \{(?!%) )*+ %\}
      | \{\#-?\s (?: [^#{] | \#(?!\}) )*+ \#\}
    )
    """,
    re.VERBOSE,
)
_DESTINATION = re.compile(rf"[^\s(){{}}]*+(?:{_TAG.pattern}[^\s(){{}}]*+)++", re.VERBOSE)
_NAMED = r"\{{(?:%-?|\{{[<%])\s*{}\b[^{{}}]*?(?:-?%|[>%]\}})\}}"
_NAMES = ("comment", "raw", "highlight", "codeblock", "code")
_START = re.compile(_NAMED.format(f"({'|'.join(_NAMES)})"))
_ENDS = {name: re.compile(_NAMED.format(rf"(?:end|/\s*){name}")) for name in _NAMES}
_FENCE = re.compile(r"```|~~~")


def templates_plugin(parser: MarkdownIt) -> None:
    """Make the parser return tags and comments as ``markup``, and what is between tags of code as code."""
    parser.inline.ruler.before("escape", "template", _tag)
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "template", _block, {"alt": interrupted})
    functions = {name: getattr(helpers, name) for name in helpers.__all__}
    parser.helpers = cast(
        "ModuleType", SimpleNamespace(**functions | {"parseLinkDestination": _link_destination})
    )


def split_at_tags(text: str) -> list[str]:
    """Return the texts before, between and after the tags in a text."""
    return _TAG.split(text)


def _link_destination(text: str, start: int, end: int) -> Any:  # noqa: ANN401 - the library names no type
    """Parse the target of a link. One with tags is not known, and may contain the spaces in them."""
    target = _DESTINATION.match(text, start, end)
    if target is None:
        return helpers.parseLinkDestination(text, start, end)
    return SimpleNamespace(ok=True, pos=target.end(), str="")


def _tag(state: StateInline, silent: bool) -> bool:
    tag = _TAG.match(state.src, state.pos) if state.src[state.pos] == "{" else None
    if tag is None:
        return False
    is_end_of_raw = _ENDS["raw"].fullmatch(tag[0]) is not None
    if state.env.get("is_raw") and not is_end_of_raw:
        return False
    start = _START.fullmatch(tag[0])
    end = _end(state, start[1], tag.end()) if start else None
    if not silent:
        state.push("markup", "", 0)
        if start and end and start[1] != "comment":
            kind = "text" if start[1] == "raw" else "code_inline"
            state.push(kind, "", 0).content = state.src[tag.end() : end.start()]
        elif (start and start[1] == "raw") or is_end_of_raw:
            state.env["is_raw"] = not is_end_of_raw
    state.pos = end.end() if end else tag.end()
    return True


def _end(state: StateInline, name: str, position: int) -> re.Match[str] | None:
    """Find the tag that ends another one. A text in which there is none is searched only once."""
    searched = state.env.setdefault("unclosed_templates", {})
    if searched.get(name) is state.src:
        return None
    end = _ENDS[name].search(state.src, position)
    if end is None:
        searched[name] = state.src
    return end


def _block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Take the lines of a comment or of code, from the tag that starts it to the tag that ends it."""
    start = None if state.is_code_block(first) else _START.match(_line(state, first))
    if start is None or start[1] == "raw":
        return False
    is_comment = start[1] == "comment"
    unclosed = state.env.setdefault("templates", {})  # the line at which each search found no end
    if first < unclosed.get(start[1], 0):
        return False
    for line in range(first, end):
        if found := _ENDS[start[1]].search(_line(state, line)):
            break
    else:
        unclosed[start[1]] = end
        return False
    is_whole = found.end() == len(_line(state, line))
    starts_line = is_comment or start.end() == len(_line(state, first))
    is_fenced = not is_comment and first + 1 < end and _FENCE.match(_line(state, first + 1))
    if not is_whole or not starts_line or is_fenced:
        return False
    if not silent:
        token = state.push("markup" if is_comment else "fence", "", 0)
        token.content = "" if is_comment else state.getLines(first + 1, line, state.blkIndent, True)
        token.block, token.map = True, [first, line + 1]
        state.line = line + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
