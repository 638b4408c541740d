"""Record where on its pages the characters of a document are painted."""

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from normqa.glyph_map import GlyphMap
from normqa.load.pdf.alignment import align
from normqa.load.pdf.page.boxes import PageBoxes
from normqa.load.pdf.page.text.letters import expanded
from normqa.load.pdf.page.text.lines import Line
from normqa.load.pdf.page.text.reading_order import lines_in_reading_order


def glyph_map(text: str, pages: Iterable[tuple[PageBoxes, Sequence[Line]]]) -> GlyphMap:
    """Return where the characters of a document are painted.

    Args:
        text: The text of the document.
        pages: Boxes and lines of each page, in the order in which they were read.
    """
    texts: list[str] = []
    tables = [np.empty((0, 5), np.int32)]
    for number, (boxes, lines) in enumerate(pages, 1):
        if not lines:
            continue
        glyphs, parts = lines[0].glyphs, [line.numbers for line in lines]
        starts = np.array(list(accumulate(map(len, parts[:-1]), initial=0)), np.int64)
        numbers = lines_in_reading_order(glyphs, np.concatenate(parts), starts)
        texts.append(glyphs.text(numbers))
        tables.append(np.insert(boxes.at(glyphs.indexes[numbers]), 0, number, axis=1))
    table = np.concatenate(tables)
    whole = "".join(texts)
    is_expanded = any(expanded(letter) != letter for letter in set(whole))
    found = align(text, list(map(expanded, whole)) if is_expanded else whole)
    offsets = np.flatnonzero(found >= 0)
    return GlyphMap(np.column_stack([offsets, table[found[offsets]]]).astype(np.int32).reshape(-1, 6))
