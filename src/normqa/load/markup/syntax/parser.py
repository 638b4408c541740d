"""Parse Markdown into a syntax tree: CommonMark, its common extensions, and the markup of site generators."""

import sys
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from normqa.load.markup.syntax.attributes import attributes_plugin
from normqa.load.markup.syntax.callouts import callouts_plugin
from normqa.load.markup.syntax.definitions import definitions_plugin
from normqa.load.markup.syntax.jsx import jsx_plugin
from normqa.load.markup.syntax.link_label import linear_labels_plugin
from normqa.load.markup.syntax.mathematics import math_plugin
from normqa.load.markup.syntax.templates import templates_plugin
from normqa.load.markup.syntax.wikilinks import wikilinks_plugin

# The parser silently drops text nested deeper than its limit. At this limit it fails instead.
_OPTIONS = {"maxNesting": sys.getrecursionlimit()}


def parse_markdown(body: str, env: dict[str, Any] | None = None) -> SyntaxTreeNode:
    """Parse Markdown into a syntax tree.

    Nodes named ``markup`` show nothing to a reader.

    Args:
        body: The text.
        env: Receives what the parser remembers, such as the footnotes that are written inside a line.
    """
    parser = MarkdownIt("commonmark", _OPTIONS).enable(["table", "strikethrough"])
    parser.use(footnote_plugin, move_to_end=False).use(definitions_plugin)
    parser.use(math_plugin).use(callouts_plugin)
    parser.use(templates_plugin).use(linear_labels_plugin).use(jsx_plugin).use(attributes_plugin).use(
        wikilinks_plugin
    )
    return SyntaxTreeNode(parser.parse(body, env))
