"""Parse the links of wikis: ``[[target]]``, ``[[target|shown]]`` and the embedding ``![[target]]``."""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline

_LINK = re.compile(r"\[\[ (?!\s) ([^\[\]|\n]*+) (?: \\?\| ([^\[\]\n]*+) )? \]\] (?![(\[:])", re.VERBOSE)
_TABLE_OF_CONTENTS = frozenset({"toc", "_toc_"})


def wikilinks_plugin(parser: MarkdownIt) -> None:
    """Make the parser return wikilinks as text, and embeddings as ``markup``."""
    parser.inline.ruler.before("link", "wikilink", _wikilink)
    parser.inline.ruler.before("image", "wiki_embedding", _embedding)


def _wikilink(state: StateInline, silent: bool) -> bool:
    link = _LINK.match(state.src, state.pos)
    if link is None:
        return False
    target, shown = link[1].rstrip("\\").strip(), (link[2] or "").strip()
    references = state.env.get("references", {})
    if not target or target.isdecimal() or normalizeReference(target) in references:
        return False  # [[1]] is a number in brackets
    if not silent:
        if target.lower() in _TABLE_OF_CONTENTS:
            state.push("markup", "", 0)
        else:
            state.push("text", "", 0).content = shown or target.lstrip("#").replace("#", " > ")
    state.pos = link.end()
    return True


def _embedding(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "!":
        return False
    embedding = _LINK.match(state.src, state.pos + 1)
    if embedding is None:
        return False
    if not silent:
        state.push("markup", "", 0)
    state.pos = embedding.end()
    return True
