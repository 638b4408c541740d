"""Parse definition lists: a line with a term, and definitions that start with a colon or a tilde."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.deflist import deflist_plugin


def definitions_plugin(parser: MarkdownIt) -> None:
    """Make the parser return definition lists. A definition keeps its tilde, which may mean "about"."""
    parser.use(deflist_plugin)
    parser.core.ruler.after("block", "tildes", _keep_tildes)


def _keep_tildes(state: StateCore) -> None:
    tokens = state.tokens
    lines = state.src.split("\n") if any(token.type == "dd_open" for token in tokens) else []
    for opening, paragraph, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        is_paragraph = opening.type == "dd_open" and paragraph.type == "paragraph_open"
        if is_paragraph and opening.map and lines[opening.map[0]].lstrip(" \t>").startswith("~"):
            inline.content = f"~ {inline.content}"
