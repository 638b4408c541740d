"""The numbers that Word shows before headings and list items, which the file does not spell out.

ECMA-376 Part 1, 17.9 "Numbering": an item names a list and a level. A list is an instance of an abstract
list, whose levels have a format, a pattern such as ``%1.%2``, a start and a rule for restarting. The
instances of one abstract list count on together, unless an instance overrides the start of a level.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from normqa.load.numerals import format_number, integer
from normqa.load.office.package import attribute, child, children

_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list.

    Attributes:
        format: Such as ``decimal``, ``lowerRoman`` or ``bullet``.
        pattern: Such as ``%1.%2)``; ``%1`` is the number of the first level.
        start: The first number.
        restart: The level, from 1, that restarts this one; 0 for never. None: every higher level does.
        is_legal: Whether all numbers in the pattern are shown as decimals.
        style: The paragraph style that is linked to it.
    """

    format: str
    pattern: str
    start: int
    restart: int | None
    is_legal: bool
    style: str | None


@dataclass(frozen=True, slots=True)
class Label:
    """What Word shows before a paragraph.

    Attributes:
        text: The number; empty for a bullet.
        key: Identifies the list.
        level: From 0.
    """

    text: str
    key: str
    level: int


class Numbering:
    """Counts the items of all lists of a document.

    Args:
        root: The numbering part; None if the file has none.
    """

    def __init__(self, root: etree._Element | None) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, Level], dict[int, int]]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._started: set[str] = set()
        self._by_style: dict[str, tuple[str, int]] = {}
        if root is not None:
            self._read(root)

    def linked_to(self, style: str) -> tuple[str, int] | None:
        """Return the list and level that a paragraph style is linked to."""
        return self._by_style.get(style)

    def next(self, number_id: str, level: int) -> Label | None:
        """Count an item, and return its label; None if there is no such list."""
        if number_id not in self._lists or not 0 <= level < _LEVELS:
            return None
        abstract, levels, starts = self._lists[number_id]
        here = levels.get(level)
        if here is None:
            return None
        counts = self._counts.setdefault(abstract, [None] * _LEVELS)
        if number_id not in self._started:
            self._started.add(number_id)
            for place, start in starts.items():
                counts[place] = start - 1
        before = counts[level]
        counts[level] = here.start if before is None else before + 1
        for deeper in range(level + 1, _LEVELS):
            rule = levels[deeper].restart if deeper in levels else None
            if rule is None or level < rule:
                counts[deeper] = None
        for higher in range(level):
            if counts[higher] is None:
                counts[higher] = levels[higher].start if higher in levels else 1
        return Label(_label(here, levels, counts), abstract, level)

    def _read(self, root: etree._Element) -> None:
        links: dict[str, str] = {}
        styles: dict[str, str] = {}
        for element in children(root, "abstractNum"):
            name = attribute(element, "abstractNumId") or ""
            self._abstract[name] = _levels(element)
            if link := attribute(child(element, "numStyleLink"), "val"):
                links[name] = link
            if style := attribute(child(element, "styleLink"), "val"):
                styles[style] = name
        for name, link in links.items():
            self._abstract[name] = self._abstract.get(styles.get(link, ""), self._abstract[name])
        for element in children(root, "num"):
            number_id = attribute(element, "numId") or ""
            abstract = attribute(child(element, "abstractNumId"), "val") or ""
            levels, starts = dict(self._abstract.get(abstract, {})), dict[int, int]()
            for override in children(element, "lvlOverride"):
                place = integer(attribute(override, "ilvl"), 0)
                if (replaced := child(override, "lvl")) is not None:
                    levels[place] = _level(replaced)
                start = attribute(child(override, "startOverride"), "val")
                if start is not None:
                    starts[place] = integer(start, 1)
            self._lists[number_id] = (abstract, levels, starts)
            for place, found in levels.items():
                if found.style:
                    self._by_style.setdefault(found.style, (number_id, place))


def _label(here: Level, levels: Mapping[int, Level], counts: list[int | None]) -> str:
    if here.format in {"bullet", "none"} and "%" not in here.pattern:
        return "" if here.format == "bullet" else here.pattern.strip()

    def shown(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        found = levels.get(place)
        count = counts[place]
        format_ = "decimal" if here.is_legal or found is None else found.format
        return format_number(count if count is not None else 1, format_)

    return re.sub(r"%([1-9])", shown, here.pattern).strip()


def _levels(element: etree._Element) -> dict[int, Level]:
    return {integer(attribute(found, "ilvl"), 0): _level(found) for found in children(element, "lvl")}


def _level(element: etree._Element) -> Level:
    restart = attribute(child(element, "lvlRestart"), "val")
    legal = child(element, "isLgl")
    return Level(
        format=attribute(child(element, "numFmt"), "val") or "decimal",
        pattern=attribute(child(element, "lvlText"), "val") or "",
        start=integer(attribute(child(element, "start"), "val"), 0),
        restart=None if restart is None else integer(restart, 0),
        is_legal=legal is not None and attribute(legal, "val") not in {"0", "false"},
        style=attribute(child(element, "pStyle"), "val"),
    )
