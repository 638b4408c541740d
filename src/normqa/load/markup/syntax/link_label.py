"""Find the end of a link label in time linear in the text.

For every ``[``, markdown-it searches the rest of the paragraph for its ``]``. A bracket that contains an
unclosed one is unclosed too, so this search ends at the first bracket that is known to be unclosed.
"""

from types import ModuleType

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline


def linear_labels_plugin(parser: MarkdownIt) -> None:
    """Make the parser find link labels in linear time."""
    helpers = ModuleType("helpers")
    vars(helpers).update(vars(parser.helpers), parseLinkLabel=_label_end)
    parser.helpers = helpers


def _label_end(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803 - its name there
    """Return the position of the bracket that closes the label which starts here, or -1."""
    # The parser keeps the end of the token at each position here; -1 - start is no such position.
    searched_to = state.cache
    before, level = state.pos, 1
    state.pos = start + 1
    try:
        while state.pos < state.posMax:
            here, mark = state.pos, state.src[state.pos]
            level -= mark == "]"
            if not level:
                return here
            state.md.inline.skipToken(state)
            if mark != "[":
                continue
            if state.pos > here + 1:
                if disableNested:
                    return -1
            elif searched_to.get(-1 - here) == state.posMax:
                break
            else:
                level += 1
        searched_to[-1 - start] = state.posMax
        return -1
    finally:
        state.pos = before
