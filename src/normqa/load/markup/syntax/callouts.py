"""Parse callouts: ``!!! warning "Title"``, ``> [!NOTE]``, ``:::tip`` and fences with ``{note}``.

The mark of a callout becomes its label: its title, else its kind, such as "Warning".
"""

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin

_TITLED = re.compile(r"\s*([\w-]+)(?:\s+inline)?(?:\s+end)?(?:\s+(.*?))?\s*")
_ALERT = re.compile(r"^\[!([A-Za-z][\w-]*)(?:\|[^\]\n]*)?\][+-]?(?:[ \t]+([^\n]*))?(?:\n|$)")
_DIRECTIVE = re.compile(
    r"""
    [ \t]* (?: \{ [ ]* \.? ([\w-]+) [^}]* \} | ([A-Za-z][\w-]*) )
    [ \t]* (?: \[ ([^\]]*) \] )? ([^{]*?) [ \t]* (?: \{ [^}]* \} )? [ \t:]*
    """,
    re.VERBOSE,
)
_TITLE = re.compile(r"""\btitle\s*=\s*["']([^"']*)["']""")
_OPTIONS = re.compile(r"(?::(?:class|name|color|icon|open|collapsible):[^\n]*(?:\n|$))+")
_COLONS = re.compile(r":{3,}")
_KINDS = frozenset(
    {
        "abstract",
        "admonition",
        "attention",
        "bug",
        "caution",
        "check",
        "danger",
        "details",
        "error",
        "example",
        "failure",
        "faq",
        "hint",
        "important",
        "info",
        "note",
        "question",
        "quote",
        "seealso",
        "success",
        "summary",
        "tip",
        "todo",
        "warning",
    }
)
_LABELS = {"faq": "FAQ", "seealso": "See also"}


def callouts_plugin(parser: MarkdownIt) -> None:
    """Make the parser return the labels of callouts as text."""
    parser.use(admon_plugin)
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "colons", _colons, {"alt": interrupted})
    parser.core.ruler.after("block", "callouts", _callouts)


def _colons(state: StateBlock, first: int, end: int, silent: bool) -> bool:  # noqa: ARG001 - the signature of a rule
    """Take a line of colons, which starts or ends a container. The lines between are parsed as any others."""
    line = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]].rstrip()
    colons = None if state.is_code_block(first) else _COLONS.match(line)
    if colons is None or not (colons.end() == len(line) or _DIRECTIVE.fullmatch(line, colons.end())):
        return False
    if not silent:
        token = state.push("colons", "", 0)
        token.block, token.map, token.info = True, [first, first + 1], line[colons.end() :]
        state.line = first + 1
    return True


def _callouts(state: StateCore) -> None:
    state.tokens = _with_labels(state, state.tokens)


def _with_labels(state: StateCore, waiting: Iterable[Token]) -> list[Token]:
    """Replace the mark of each callout by its label: the first line of its text, or a paragraph before it."""
    tokens: list[Token] = []
    label = ""
    waiting = iter(waiting)
    for token in waiting:
        if token.type == "admonition_title_open":
            next(waiting)
            next(waiting)
            continue
        if label and token.type == "inline" and tokens[-1].type == "paragraph_open":
            text = _OPTIONS.sub("", token.content, count=1)
            token.content, label = f"{label}\\\n{text}" if text else label, ""
        elif label and token.type != "paragraph_open":
            tokens += _paragraph(label, token)
            label = ""
        match token.type:
            case "colons":
                label = _directive_label(token.info)
                continue
            case "admonition_open":
                label = _admonition_label(token)
            case "fence" if _is_callout(token):
                body: list[Token] = []
                state.md.block.parse(token.content, state.md, state.env, body)
                opening = Token("colons", "", 0, info=token.info, map=token.map)
                tokens += _with_labels(state, [opening, *body])
                continue
            case "inline" if [before.type for before in tokens[-2:]] == ["blockquote_open", "paragraph_open"]:
                token.content = _ALERT.sub(_alert_label, token.content, count=1)
        tokens.append(token)
    return [*tokens, *(_paragraph(label, None) if label else ())]


def _paragraph(text: str, place: Token | None) -> Iterator[Token]:
    lines = place.map if place else None
    yield Token("paragraph_open", "p", 1, map=lines, block=True)
    yield Token("inline", "", 0, content=text, children=[], map=lines, block=True)
    yield Token("paragraph_close", "p", -1, block=True)


def _alert_label(alert: re.Match[str]) -> str:
    label = (alert[2] or "").strip() or _kind_label(alert[1])
    return label if alert.end() == len(alert.string) else f"{label}\\\n"


def _kind_label(kind: str) -> str:
    kind = kind.lower().removeprefix("callout-")
    return _LABELS.get(kind, kind.replace("-", " ").capitalize())


def _admonition_label(token: Token) -> str:
    """Return the title of ``!!! kind "Title"``, else the kind; all of the line if it is no callout."""
    titled = _TITLED.fullmatch(token.info)
    kind, title = titled.groups() if titled else ("", None)
    is_quoted = title is not None and len(title) > 1 and title[0] == title[-1] == '"'
    if title and is_quoted:
        return title[1:-1]
    if not kind or (title and kind.lower() not in _KINDS):
        return f"{token.markup}{token.info}"
    return title or _kind_label(kind)


def _is_callout(fence: Token) -> bool:
    """Whether a fence that has an end is a callout."""
    directive = _DIRECTIVE.fullmatch(fence.info)
    is_kind = directive is not None and directive[1] is not None and directive[1].lower() in _KINDS
    lines = fence.content.count("\n") if fence.content.endswith("\n") or not fence.content else -1
    return is_kind and fence.map is not None and fence.map[1] - fence.map[0] == lines + 2


def _directive_label(info: str) -> str:
    """Return the title of a container, else its kind if that is the kind of a callout."""
    directive = _DIRECTIVE.fullmatch(info)
    if directive is None:
        return ""
    attribute = _TITLE.search(info)
    title = directive[3] or directive[4] or (attribute[1] if attribute else "")
    kind = (directive[1] or directive[2]).lower()
    is_kind = kind.removeprefix("callout-") in _KINDS
    return title.strip() or (_kind_label(kind) if is_kind else "")
