"""Load plain text: the text stays as it is, and blank lines separate paragraphs.

A line that starts with a number and a full stop or bracket, or with a bullet, starts a list item. Lines in
capitals and numbered titles such as "Article 5" are headings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath

from normqa.datatypes import Block, BlockKind, Document, ItemList, Metadata, Span
from normqa.load.builder import make_document
from normqa.load.markup.lists import Numbering, OpenList, join_lists
from normqa.load.text.plain_headings import heading_level, heading_lines, is_title
from normqa.text.canonical import MARKER, one_line

_PIECE = re.compile(
    rf"""
    \S .*                            # a line and the lines after it,
    (?: \n (?! \s* {MARKER} [ \t] )  # unless one starts a list item
        [^\S\n]* \S .* )*            # or is blank
    """,
    re.VERBOSE,
)
_ITEM = re.compile(rf"{MARKER}[ \t]")
_NUMBERED = re.compile(r"(\d{1,3})([.)])[ \t]")


def load_text(document_id: str, body: str, metadata: Metadata) -> Document:
    """Load a plain text.

    Raises:
        LoadError: If it contains no text.
    """
    pieces = [Span(piece.start(), piece.start() + len(piece[0].rstrip())) for piece in _PIECE.finditer(body)]
    title = _title(body, pieces) or PurePosixPath(document_id).name
    blocks = list(_blocks(body, pieces))
    if blocks and blocks[0].kind is BlockKind.HEADING:
        blocks[0] = replace(blocks[0], level=1)
    lists, parts = _lists(body, blocks)
    lead_ins = {item_list.lead_in for item_list in lists}
    blocks = [
        replace(block, kind=BlockKind.LEAD_IN)
        if block.kind is BlockKind.PARAGRAPH and block.span in lead_ins
        else block
        for block in blocks
    ]
    return make_document(document_id, body, metadata, blocks, join_lists(lists, parts, blocks), title)


def _title(text: str, pieces: Sequence[Span]) -> str | None:
    """Return the first piece if it is a title above other text."""
    return one_line(pieces[0].of(text)) if len(pieces) > 1 and is_title(pieces[0].of(text)) else None


def _blocks(text: str, pieces: Sequence[Span]) -> Iterator[Block]:
    has_capitals = _mixes_case(text)
    for before, piece, after in zip([None, *pieces], pieces, [*pieces[1:], None], strict=False):
        lines = piece.of(text).split("\n")
        above = heading_lines(lines) if has_capitals and not _is_in_list(text, before, piece, after) else 0
        end = piece.start + len("\n".join(lines[:above]))
        if above and (end < piece.end or after):
            yield Block(BlockKind.HEADING, Span(piece.start, end), heading_level(lines[0]))
            rest = Span(end, piece.end)
            indent = len(rest.of(text)) - len(rest.of(text).lstrip())
            if len(rest) > indent:
                yield Block(BlockKind.PARAGRAPH, Span(end + indent, piece.end))
        elif _ITEM.match(lines[0]):
            yield Block(BlockKind.ITEM, piece, 1)
        else:
            yield Block(BlockKind.PARAGRAPH, piece)


def _mixes_case(text: str) -> bool:
    """Whether capitals can distinguish a line: a third of the letters are small."""
    return 3 * sum(map(str.islower, text)) > sum(map(str.isalpha, text))


def _is_in_list(text: str, before: Span | None, piece: Span, after: Span | None) -> bool:
    """Whether a piece stands next to the item with the number before or after its own.

    Numbered headings with their texts have blank lines between them.
    """
    number = _number(text, piece)
    for first, second in ((before, piece), (piece, after)):
        if number is None or first is None or second is None:
            continue
        is_apart = text.count("\n", first.end, second.start) > 1
        has_text = any(
            len(lines) > heading_lines(lines)
            for lines in (first.of(text).split("\n"), second.of(text).split("\n"))
        )
        other = _number(text, first if second is piece else second)
        if other is not None and abs(other - number) == 1 and not (is_apart and has_text):
            return True
    return False


def _lists(text: str, blocks: Sequence[Block]) -> tuple[list[ItemList], dict[int, int]]:
    """Return the runs of items, and which of them go on with an earlier one under the same heading."""
    lists: list[ItemList] = []
    parts: dict[int, int] = {}
    open_list: OpenList | None = None
    before: Span | None = None
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        spans = tuple(block.span for block in run)
        if kind is BlockKind.HEADING:
            open_list = None
        if kind is BlockKind.ITEM:
            number, numbering = len(lists), _numbering(text, spans, before)
            if open_list and numbering and open_list.goes_on(numbering):
                parts[number], before = open_list.number, None
            lists.append(ItemList(before, spans))
            open_list = OpenList(parts.get(number, number), numbering) if numbering else open_list
        before = None if kind is BlockKind.ITEM else spans[-1]
    return lists, parts


def _numbering(text: str, items: Sequence[Span], before: Span | None) -> Numbering | None:
    """Return the numbers of a list, unless its first item has none. Bullets may stand below its items."""
    numbers = [match for item in items if (match := _NUMBERED.match(text, item.start))]
    if not numbers or numbers[0].start() != items[0].start:
        return None
    is_introduced = before is not None and text[before.end - 1] == ":"
    return Numbering(int(numbers[0][1]), int(numbers[-1][1]) + 1, numbers[0][2], is_introduced)


def _number(text: str, piece: Span | None) -> int | None:
    match = _NUMBERED.match(text, piece.start) if piece else None
    return int(match[1]) if match else None
