"""Turn a tagged page into parts.

Every character of the page is in exactly one part, whatever the tags say. Text outside the tree follows the
text before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from normqa.load.pdf.page.page import Page, differences, words_of
from normqa.load.pdf.page.text.lines import Line
from normqa.load.pdf.paragraphs import Paragraph, Typography
from normqa.load.pdf.parts import Cell, Part, Row, Tag, parts_of
from normqa.load.pdf.tags.content import START, Content
from normqa.load.pdf.tags.plausible import Block, are_plausible, blocks_of, have_spans
from normqa.load.pdf.tags.segments import Role, segments_of

_COVERED = 0.5
"""Share of the characters of a tagged page that its tags cover."""

_DIFFERENT = 0.02
"""Share of the words of a page that tags may cut differently than the layout."""


@dataclass(frozen=True, slots=True)
class TaggedPage:
    """The parts of a page, by column, and their lines, in logical order."""

    columns: list[list[Part]]
    lines: list[Line]


def tagged_page(page: Page, number: int, typography: Typography) -> TaggedPage | None:
    """Return the parts of a page as its tags state them; None if they cannot be right.

    Args:
        page: The page, without running heads and feet.
        number: Its number, from 0.
        typography: What is usual in the document.
    """
    if page.tags is None:
        return None
    segments = segments_of(page.tags.root)
    content = Content(page, page.tags)
    read = {id_ for segment in segments for id_ in (*segment.label, *segment.content)}
    if content.covered < _COVERED or read != set(page.tags.root.ids()):
        return None
    blocks = [block for block in blocks_of(segments, content) if block.columns or block.segment.cell]
    if not are_plausible(blocks, typography):
        return None
    reader = _Reader(page, number, typography, content)
    reader.read(blocks)
    expected, found = (
        words_of("\n".join(line.text for line in lines)) for lines in (page.lines(), reader.lines)
    )
    different = sum(letters.total() for letters in differences(expected, found))
    if different > _DIFFERENT * (expected.total() + found.total()) + 2:
        return None
    return TaggedPage(reader.columns, reader.lines)


class _Reader:
    """Turns blocks into parts.

    Attributes:
        columns: The parts. Where the layout sees another column, a list of its own.
        lines: Their lines.
    """

    def __init__(self, page: Page, number: int, typography: Typography, content: Content) -> None:
        self._page = page
        self._number = number
        self._typography = typography
        self._content = content
        self.columns: list[list[Part]] = [[]]
        self.lines: list[Line] = []

    def read(self, blocks: Sequence[Block]) -> None:
        """Add blocks, and after each the lines outside the tree that follow it."""
        self._layout(self._content.outside.get(START, ()))
        for _, group in groupby(blocks, key=_table):
            own = list(group)
            if own[0].segment.role is Role.CELL:
                self._add(Part(self._number, None, tuple(self._rows(own)), tag=_tag(own[0], "")), own)
            elif own[0].segment.role is Role.LAYOUT:
                for block in own:
                    for number, column in enumerate(block.columns):
                        self.columns += [[]] if number else []
                        self._layout(column)
            else:
                for block in own:
                    self._paragraph(block)
            for block in own:
                for id_ in (*block.segment.label, *block.segment.content):
                    self._layout(self._content.outside.get(id_, ()))

    def _layout(self, lines: Sequence[Line]) -> None:
        self.columns[-1] += parts_of(lines, self._number, self._page.rules, self._typography)
        self.lines += lines

    def _paragraph(self, block: Block) -> None:
        label = " ".join(line.text.strip() for line in block.label)
        lines, label = (block.lines, label) if block.lines else (block.label, "")
        paragraph = Paragraph(tuple(lines))
        is_note = block.segment.role is Role.NOTE
        self._add(Part(self._number, paragraph, is_note=is_note, tag=_tag(block, label)), [block])

    def _rows(self, cells: Sequence[Block]) -> Iterator[Row]:
        joined = self._typography.line_ends.joined
        has_header = any(cell.is_header for cell in cells)
        has_spans = have_spans(cells)
        for key, group in groupby(cells, key=lambda cell: cell.segment.parent):
            row = list(group)
            is_header = all(cell.is_header for cell in row) if has_header else None
            texts = (joined(cell.lines) for cell in row)
            spans = (cell.span if has_spans else (1, 1) for cell in row)
            yield Row(tuple(map(Cell, texts, *zip(*spans, strict=True))), key, is_header)

    def _add(self, part: Part, blocks: Sequence[Block]) -> None:
        self.columns[-1].append(part)
        for block in blocks:
            self.lines += (*block.label, *block.lines)


def _table(block: Block) -> object:
    """Return what cells of one table share; other blocks share nothing."""
    return block.segment.group if block.segment.role is Role.CELL else id(block)


def _tag(block: Block, label: str) -> Tag:
    own = block.segment
    if own.role is Role.CELL:
        return Tag(own.role, own.group)
    return Tag(own.role, own.key, own.level, own.parent, own.group, label)
