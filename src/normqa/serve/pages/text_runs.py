"""The text of a document in runs of one block, with the cited places in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from normqa.datatypes import Block, BlockKind, Document, Span
from normqa.text.canonical import has_list_marker


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive characters of a run that are all cited, or all not.

    Attributes:
        text: The characters.
        is_cited: Whether a quote of the conversation cites them.
        anchor: Identifies the start of a cited place on the page; None elsewhere.
    """

    text: str
    is_cited: bool = False
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive characters of one block, or between blocks.

    Attributes:
        block: The block; None between blocks.
        pieces: The characters.
        is_start: Whether the block starts with them.
        level: Heading level on the page, whose title has level 1. No level is skipped.
    """

    block: Block | None
    pieces: tuple[Piece, ...]
    is_start: bool = False
    level: int = 0

    @property
    def text(self) -> str:
        """The characters in one piece."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def needs_bullet(self) -> bool:
        """Whether a list item starts here without a number or bullet in its text."""
        is_item = self.block is not None and self.block.kind is BlockKind.ITEM
        return is_item and self.is_start and not has_list_marker(self.text)


def anchor_of(cited: Span) -> str:
    """Return what identifies a cited place on the page."""
    return f"cited-{cited.start}"


def text_runs(document: Document, part: Span, cited: Sequence[Span] = ()) -> Iterator[Run]:
    """Yield every character of a part, in runs of one block or between blocks.

    Args:
        document: The document.
        part: The part.
        cited: Places to mark as cited, ascending, which do not overlap.
    """
    position = part.start
    above: list[int] = []  # levels in the document of the headings around a block

    def pieces(start: int, end: int) -> tuple[Piece, ...]:
        return tuple(_pieces(document.text, Span(start, end), cited))

    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            above = [*(level for level in above if level < block.level), block.level]
        start, end = max(block.span.start, part.start), min(block.span.end, part.end)
        if start < end:
            if position < start:
                yield Run(None, pieces(position, start))
            level = min(len(above) + 1, 6) if block.kind is BlockKind.HEADING else 0
            yield Run(block, pieces(start, end), start == block.span.start, level)
            position = end
    if position < part.end:
        yield Run(None, pieces(position, part.end))


def _pieces(text: str, run: Span, cited: Sequence[Span]) -> Iterator[Piece]:
    position = run.start
    for place in cited:
        start, end = max(place.start, run.start), min(place.end, run.end)
        if start < end:
            if position < start:
                yield Piece(text[position:start])
            yield Piece(text[start:end], True, anchor_of(place) if start == place.start else None)
            position = end
    if position < run.end:
        yield Piece(text[position : run.end])
