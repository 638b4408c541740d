"""Read what stands inside a line of Markdown: text, breaks, HTML tags and struck text."""

from collections.abc import Hashable, Iterator

from markdown_it.tree import SyntaxTreeNode

from normqa.load.inline import STRUCK_TAGS, InlineText, Strikes
from normqa.load.markup.html import is_on_own_line, struck_tags, tag_of


def plain(node: SyntaxTreeNode, strikes: Strikes | None = None) -> str:
    """Return the text of a node with inline content, without markup and struck text.

    Args:
        node: A heading, a paragraph or a cell.
        strikes: Which elements are open where it starts. Default: none.
    """
    text = InlineText(strikes)
    collect(node, text)
    text.strikes.end_block()
    return text.text()


def collect(node: SyntaxTreeNode, text: InlineText) -> None:
    """Add the text of a node with inline content to another text."""
    match node.type:
        case "text" | "code_inline" | "math_inline":
            text.add(node.content)
        case "footnote_ref" | "markup":
            text.leave_out()
        case "softbreak":
            text.add(" ")
        case "hardbreak":
            text.add("\n")
        case "html_inline":
            _collect_tag(node, text)
        case "s":
            text.strikes.start("s")
            _collect_children(node, text)
            text.strikes.end("s")
        case _:
            _collect_children(node, text)


def _collect_children(node: SyntaxTreeNode, text: InlineText) -> None:
    for child in node.children:
        collect(child, text)


def _collect_tag(node: SyntaxTreeNode, text: InlineText) -> None:
    if node.content.lower().startswith("<br"):
        text.add("\n")
    elif tag := tag_of(node.content):
        element, is_end = tag
        if is_on_own_line(element):
            text.break_line()
        if is_end:
            text.end(element)
        else:
            text.start(element, id(node))


def struck_tags_of(root: SyntaxTreeNode) -> Iterator[tuple[Hashable, str, bool]]:
    """Yield every tag that starts or ends struck text: its key, its element, and whether it ends."""
    for node in root.walk():
        if node.type == "html_inline":
            tag = tag_of(node.content)
            if tag and tag[0] in STRUCK_TAGS:
                yield id(node), *tag
        elif node.type == "html_block":
            starts = 0
            for element, is_end in struck_tags(node.content):
                yield (id(node), starts), element, is_end
                starts += not is_end
