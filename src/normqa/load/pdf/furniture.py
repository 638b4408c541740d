"""Find running heads, feet and page numbers: the same text at the same place on several pages."""

import re
from collections import defaultdict
from collections.abc import Sequence

from normqa.load.pdf.lines import Line

_MIN_PAGES = 3
_EDGE_LINES = 3
"""Only this many lines at the top and at the bottom of a page can be furniture."""

_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_PLACE = 12
"""Heights in points that count as the same place."""


def furniture(pages: Sequence[Sequence[Line]]) -> list[set[int]]:
    """Return, for each page, the indexes of its lines that are heads, feet or page numbers.

    Args:
        pages: The lines of each page.
    """
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    edges = [_edges(lines) for lines in pages]
    for number, (lines, edge) in enumerate(zip(pages, edges, strict=True)):
        for index in edge:
            for place in _places(lines[index]):
                places[_key(lines[index]), place].add(number)
    return [
        {
            index
            for index in edge
            if any(len(places[_key(lines[index]), place]) >= _MIN_PAGES for place in _places(lines[index]))
        }
        for lines, edge in zip(pages, edges, strict=True)
    ]


def _edges(lines: Sequence[Line]) -> list[int]:
    by_height = sorted(range(len(lines)), key=lambda index: -lines[index].y)
    return [*by_height[:_EDGE_LINES], *by_height[_EDGE_LINES:][-_EDGE_LINES:]]


def _key(line: Line) -> str:
    return _DIGITS.sub("0", line.text).strip()


def _places(line: Line) -> tuple[int, int]:
    """Return the two overlapping bands that contain a line, so that no border separates equal places."""
    return int(line.y // _PLACE) * 2, int((line.y + _PLACE / 2) // _PLACE) * 2 + 1
