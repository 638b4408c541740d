"""Tell tags that cannot be right, such as one paragraph that is the whole page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from normqa.load.pdf.page.text.lines import Line
from normqa.load.pdf.paragraphs import Paragraph, Typography, paragraphs_of
from normqa.load.pdf.tags.content import Content
from normqa.load.pdf.tags.segments import Role, Segment

_FLOWING = frozenset({Role.HEADING, Role.PARAGRAPH, Role.ITEM, Role.NOTE})
_MOST = 0.6
_MAX_PARAGRAPHS = 3
"""A block with most lines of a page, in which the layout sees more paragraphs, is no block."""

_MAX_HEADINGS = 3
_HEADINGS = 0.5
"""Headings with a larger share of the characters of a page are none."""

_MAX_COLUMNS = 200
_SPARE = 1.5
"""Cells claim at most this share of the places of their table."""

_MIN_CUT = 3
_CUT = 0.3
"""Paragraphs are lines if a larger share of them goes on in the next."""


@dataclass(frozen=True, slots=True)
class Block:
    """A segment with its text.

    Attributes:
        segment: The segment.
        columns: Its lines, by column.
        label: The lines of its label.
    """

    segment: Segment
    columns: Sequence[Sequence[Line]]
    label: Sequence[Line] = ()

    @property
    def lines(self) -> list[Line]:
        """Its lines, without those of its label."""
        return [line for column in self.columns for line in column]

    @property
    def is_header(self) -> bool:
        """Whether it is a cell with the name of a column or row."""
        return self.segment.cell is not None and self.segment.cell.type == "TH"

    @property
    def span(self) -> tuple[int, int]:
        """How many columns and rows it covers."""
        cell = self.segment.cell
        return (cell.columns, cell.rows) if cell else (1, 1)

    @property
    def characters(self) -> int:
        """Length of its text."""
        return sum(len(line.text) for line in self.lines)


def blocks_of(segments: Sequence[Segment], content: Content) -> list[Block]:
    """Return the block of each segment."""
    is_layout = [segment.role is Role.LAYOUT for segment in segments]
    ids = [ids for segment in segments for ids in (segment.content, segment.label)]
    lines = content.lines([[] if is_layout[number // 2] else own for number, own in enumerate(ids)])
    return [
        Block(segment, content.columns(segment.content))
        if is_layout[number]
        else Block(segment, [own] if own or label else [], label)
        for number, (segment, own, label) in enumerate(zip(segments, lines[::2], lines[1::2], strict=True))
    ]


def are_plausible(blocks: Sequence[Block], typography: Typography) -> bool:
    """Whether the blocks of a page may be what they claim.

    Args:
        blocks: The blocks.
        typography: What is usual in the document.
    """
    lines = sum(len(block.lines) for block in blocks)
    characters = sum(block.characters for block in blocks)
    headings = [block.characters for block in blocks if block.segment.role is Role.HEADING]
    are_headings = len(headings) <= _MAX_HEADINGS or sum(headings) <= _HEADINGS * characters
    most = [block for block in blocks if len(block.lines) > _MOST * lines and block.segment.role in _FLOWING]
    return are_headings and not any(_is_several(block, typography) for block in most) and not _are_cut(blocks)


def have_spans(cells: Sequence[Block]) -> bool:
    """Whether the columns and rows that cells claim to cover fit into their table."""
    rows = Counter(cell.segment.parent for cell in cells)
    first = cells[0].segment.parent
    columns = sum(cell.span[0] for cell in cells if cell.segment.parent == first)
    claimed = sum(across * min(down, len(rows)) for across, down in (cell.span for cell in cells))
    return columns <= _MAX_COLUMNS and claimed <= _SPARE * columns * len(rows)


def _is_several(block: Block, typography: Typography) -> bool:
    """Whether the layout sees several paragraphs in one."""
    paragraphs = [paragraph for lines in block.columns for paragraph in paragraphs_of(lines, typography)]
    return len(paragraphs) > _MAX_PARAGRAPHS


def _are_cut(blocks: Sequence[Block]) -> bool:
    """Whether paragraphs are only lines, so that many of them go on in the next."""
    pairs = [
        (Paragraph(tuple(first.lines)), Paragraph(tuple(second.lines)))
        for first, second in pairwise(blocks)
        if first.segment.role is second.segment.role is Role.PARAGRAPH
    ]
    cut = sum(first.goes_on_in(second) for first, second in pairs)
    return cut >= _MIN_CUT and cut > _CUT * len(pairs)
