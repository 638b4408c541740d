"""Load plain text: the text stays as it is, and blank lines separate paragraphs.

A line that starts with a number and a full stop or bracket, or with a bullet, starts a list item.
"""

import re
from collections.abc import Iterator
from itertools import groupby, zip_longest

from normqa.datatypes import Block, BlockKind, Document, ItemList, Metadata, Span
from normqa.load.builder import make_document
from normqa.text import MARKER

_PIECE = re.compile(
    rf"""
    \S .*                            # a line and the lines after it,
    (?: \n (?! \s* {MARKER} [ \t] )  # unless one starts a list item
        [^\S\n]* \S .* )*            # or is blank
    """,
    re.VERBOSE,
)
_ITEM = re.compile(rf"{MARKER}[ \t]")


def load_text(document_id: str, body: str, metadata: Metadata) -> Document:
    """Load a plain text.

    Raises:
        LoadError: If it contains no text.
    """
    blocks = _with_lead_ins(list(_pieces(body)))
    return make_document(document_id, body, metadata, blocks, list(_lists(blocks)))


def _pieces(text: str) -> Iterator[Block]:
    for piece in _PIECE.finditer(text):
        span = Span(piece.start(), piece.start() + len(piece.group().rstrip()))
        is_item = _ITEM.match(piece.group()) is not None
        yield Block(BlockKind.ITEM, span, 1) if is_item else Block(BlockKind.PARAGRAPH, span)


def _with_lead_ins(blocks: list[Block]) -> list[Block]:
    return [
        Block(BlockKind.LEAD_IN, block.span)
        if block.kind is BlockKind.PARAGRAPH and after is not None and after.kind is BlockKind.ITEM
        else block
        for block, after in zip_longest(blocks, blocks[1:])
    ]


def _lists(blocks: list[Block]) -> Iterator[ItemList]:
    lead_in: Span | None = None
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        spans = tuple(block.span for block in run)
        if kind is BlockKind.ITEM:
            yield ItemList(lead_in, spans)
        lead_in = spans[-1] if kind is BlockKind.LEAD_IN else None
