"""Find running heads, feet and page numbers: the same text at the same place on several pages."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from statistics import median

from normqa.load.pdf.page.page import Page
from normqa.load.pdf.page.text.lines import Line

_MIN_PAGES = 3
_MIN_UNTAGGED_PAGES = 2
"""The same for text outside the tags of a page, if most of its lines are tagged."""

_RUN_STEP = 4
"""Pages of one run are at most so far apart: heads of left pages differ from those of right pages."""

_EDGE_LINES = 4
"""Only this many lines at the top and at the bottom of a page can be furniture."""

_BAND = 0.25
"""Furniture is in this share of the page, at its edge."""

_LARGE = 1.25
"""A line that is so many times as large as others is a heading."""

_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_PLACE = 12
"""Heights in points that count as the same place."""


def furniture(pages: Sequence[Page]) -> list[set[int]]:
    """Return, for each page, the indexes of its lines that are heads, feet or page numbers.

    Only lines at an edge are, without other text between them and the edge, not larger than usual, and not
    followed by a line that is the same but for its digits, as in a table. They repeat on a run of pages, or
    on such a run and on a page of another size, such as a landscape page, which has them in another place. A
    document that would have nothing else has none.
    """
    every = [page.lines() for page in pages]
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, lines in enumerate(every):
        for edge in _edges(lines):
            for index in edge[:_EDGE_LINES]:
                for place in _places(lines[index]):
                    places[_key(lines[index]), place].add(number)
    runs = {place: _runs(numbers) for place, numbers in places.items()}
    sizes: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for (key, _), run in runs.items():
        if any(map(str.isalpha, key)):
            sizes[key].update(
                pages[number].boxes.size for number, length in run.items() if length >= _MIN_PAGES
            )

    usual = median([line.size for lines in every for line in lines] or [0.0])

    def repeated(number: int, page: Page, lines: Sequence[Line], edge: Sequence[int]) -> Iterator[int]:
        tagged, cells = _tagged(page)
        covered = sum(not tagged.isdisjoint(_text_objects(line)) for line in lines if tagged)
        is_tagged = 2 * covered >= len(lines)
        for index, inner in zip_longest(edge[:_EDGE_LINES], edge[1:]):
            if index is None:
                return
            line, key = lines[index], _key(lines[index])
            content = _text_objects(line)
            is_outside = is_tagged and tagged.isdisjoint(content)
            least = _MIN_UNTAGGED_PAGES if is_outside else _MIN_PAGES
            is_repeated = any(runs[key, place][number] >= least for place in _places(line)) or (
                bool(sizes[key]) and page.boxes.size not in sizes[key]
            )
            is_row = not cells.isdisjoint(content) or (inner is not None and _key(lines[inner]) == key)
            if is_row or not is_repeated or line.size > _LARGE * usual or not _is_in_band(line, page):
                return
            yield index

    found = [
        {index for edge in _edges(lines) for index in repeated(number, page, lines, edge)}
        for number, (page, lines) in enumerate(zip(pages, every, strict=True))
    ]
    is_all = [len(own) == len(lines) > 0 for own, lines in zip(found, every, strict=True)]
    return [set() for _ in pages] if 2 * sum(is_all) > len(pages) else found


def _runs(numbers: Iterable[int]) -> dict[int, int]:
    """Return, for each page, the number of pages in its run."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number - runs[-1][-1] <= _RUN_STEP:
            runs[-1].append(number)
        else:
            runs.append([number])
    return {number: len(run) for run in runs for number in run}


def _is_in_band(line: Line, page: Page) -> bool:
    """Whether a line is near an edge of the page: the top or the bottom, or any edge if it is turned."""
    glyphs, first = line.glyphs, line.runs[0].numbers[:1]
    left, top, right, bottom = page.boxes.at(glyphs.indexes[first])[0].tolist()
    width, height = page.boxes.size
    near = bool(min(top, height - bottom) < _BAND * height)
    is_turned = glyphs.styles[glyphs.owners[first[0]]].angle != 0
    return near or (is_turned and min(left, width - right) < _BAND * width)


def _tagged(page: Page) -> tuple[set[int], set[int]]:
    """Return the addresses of the text objects in the structure tree, and of those in cells of tables."""
    if page.tags is None:
        return set(), set()
    ids, in_cells = set(page.tags.root.ids()), set(page.tags.root.ids(only_cells=True))
    content = page.tags.content.items()
    return {text for text, id_ in content if id_ in ids}, {text for text, id_ in content if id_ in in_cells}


def _text_objects(line: Line) -> set[int]:
    owners = line.glyphs.owners[line.numbers]
    return {line.glyphs.styles[owner].address for owner in set(owners.tolist())}


def _edges(lines: Sequence[Line]) -> Iterator[list[int]]:
    """Yield the indexes of the lines at the top and at the bottom, from the edge inwards, and one more."""
    by_height = sorted(range(len(lines)), key=lambda index: -lines[index].y)
    yield by_height[: _EDGE_LINES + 1]
    yield by_height[: -_EDGE_LINES - 2 : -1]


def _key(line: Line) -> str:
    return _DIGITS.sub("0", line.text).strip()


def _places(line: Line) -> tuple[int, int]:
    """Return the two overlapping bands that contain a line, so that no border separates equal places."""
    return int(line.y // _PLACE) * 2, int((line.y + _PLACE / 2) // _PLACE) * 2 + 1
