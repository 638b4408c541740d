"""Record where on its pages the characters of a document are painted."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

import numpy as np

from normqa.glyph_map import GlyphMap
from normqa.load.pdf.alignment import align
from normqa.load.pdf.page.boxes import PageBoxes
from normqa.load.pdf.page.glyphs import Glyph
from normqa.load.pdf.page.lines import Line, expanded
from normqa.load.pdf.page.reading_order import reading_order


def glyph_map(text: str, pages: Iterable[tuple[PageBoxes, Sequence[Line]]]) -> GlyphMap:
    """Return where the characters of a document are painted.

    Args:
        text: The text of the document.
        pages: Boxes and lines of each page, in the order in which they were read.
    """
    characters: list[str] = []
    tables = [np.empty((0, 5), np.int32)]
    for number, (boxes, lines) in enumerate(pages, 1):
        glyphs = [glyph for line in lines for glyph in _in_order(line)]
        characters += map(expanded, map(attrgetter("text"), glyphs))
        rows = list(map(boxes.rows.__getitem__, map(attrgetter("index"), glyphs)))
        tables.append(np.insert(boxes.table[rows], 0, number, axis=1))
    table = np.concatenate(tables)
    found = np.array([-1 if index is None else index for index in align(text, characters)], np.int64)
    offsets = np.flatnonzero(found >= 0)
    return GlyphMap(np.column_stack([offsets, table[found[offsets]]]).astype(np.int32).reshape(-1, 6))


def _in_order(line: Line) -> Sequence[Glyph]:
    """Return the characters of a line in the order of its text."""
    return reading_order([glyph for run in line.runs for glyph in run.glyphs])
