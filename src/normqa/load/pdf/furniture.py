"""Find running heads, feet and page numbers: the same text at the same place on several pages."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from normqa.load.pdf.page.lines import Line

_MIN_PAGES = 3
_EDGE_LINES = 4
"""Only this many lines at the top and at the bottom of a page can be furniture."""

_LARGE = 1.25
"""A line that is so many times as large as others is a heading."""

_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_PLACE = 12
"""Heights in points that count as the same place."""


def furniture(pages: Sequence[Sequence[Line]]) -> list[set[int]]:
    """Return, for each page, the indexes of its lines that are heads, feet or page numbers.

    Only lines at an edge are, without other text between them and the edge, and not larger than usual. A
    document that would have nothing else has none.

    Args:
        pages: The lines of each page.
    """
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, lines in enumerate(pages):
        for edge in _edges(lines):
            for index in edge:
                for place in _places(lines[index]):
                    places[_key(lines[index]), place].add(number)

    usual = median([line.size for lines in pages for line in lines] or [0.0])

    def repeated(lines: Sequence[Line], edge: Sequence[int]) -> Iterator[int]:
        for index in edge:
            key = _key(lines[index])
            is_large = lines[index].size > _LARGE * usual
            if is_large or all(len(places[key, place]) < _MIN_PAGES for place in _places(lines[index])):
                return
            yield index

    found = [{index for edge in _edges(lines) for index in repeated(lines, edge)} for lines in pages]
    is_all = [len(own) == len(lines) > 0 for own, lines in zip(found, pages, strict=True)]
    return [set() for _ in pages] if 2 * sum(is_all) > len(pages) else found


def _edges(lines: Sequence[Line]) -> Iterator[list[int]]:
    """Yield the indexes of the lines at the top and at the bottom, both from the edge inwards."""
    by_height = sorted(range(len(lines)), key=lambda index: -lines[index].y)
    yield by_height[:_EDGE_LINES]
    yield by_height[: -_EDGE_LINES - 1 : -1]


def _key(line: Line) -> str:
    return _DIGITS.sub("0", line.text).strip()


def _places(line: Line) -> tuple[int, int]:
    """Return the two overlapping bands that contain a line, so that no border separates equal places."""
    return int(line.y // _PLACE) * 2, int((line.y + _PLACE / 2) // _PLACE) * 2 + 1
