"""The numbers of OpenDocument list items, which the file does not spell out.

A list counts at every level. It goes on with an earlier list if it names that list, or if it goes on with the
last list of its style.
"""

from dataclasses import dataclass, field, replace

from lxml import etree

from normqa.load.numerals import integer
from normqa.load.office.odf.styles import Styles
from normqa.load.office.package import attribute, tag

MAX_LEVEL = 10
"""The deepest level of lists and headings in OpenDocument."""


@dataclass(slots=True)
class OpenList:
    """A list, or a level of it, that is being read.

    Attributes:
        style: Name of its list style.
        counts: The last number of each level, from the outermost.
        depth: From 1.
        key: Identifies the list.
        continues: Whether it goes on with an earlier list.
    """

    style: str | None
    counts: dict[int, int]
    depth: int
    key: object
    continues: bool

    def inner(self, style: str | None) -> "OpenList":
        """Return the next level of the list."""
        return OpenList(style or self.style, self.counts, self.depth + 1, self.key, self.continues)


@dataclass(slots=True)
class ListNumbers:
    """Counts the items of all lists of a document."""

    styles: Styles
    _ended: dict[str, OpenList] = field(default_factory=dict)

    def start(self, element: etree._Element, outer: OpenList | None) -> OpenList:
        """Start the list of an element, in the list around it."""
        style = attribute(element, "style-name") or (outer.style if outer else None)
        named = attribute(element, "continue-list") or attribute(element, "list-id")
        if named is None and outer is None and attribute(element, "continue-numbering") == "true":
            named = f"style {style}"
        known = self._ended.get(named or "")
        if outer is not None:
            inner = outer.inner(style)
            if known and inner.depth in known.counts:
                inner.counts[inner.depth] = known.counts[inner.depth]
            return inner
        if known is None:
            return OpenList(style, {}, 1, element, continues=False)
        return OpenList(style or known.style, dict(known.counts), 1, known.key, continues=True)

    def end(self, element: etree._Element, ended: OpenList) -> None:
        """Remember where a list ended, for lists that go on with it."""
        names = [attribute(element, "id"), attribute(element, "list-id")]
        names += [f"style {ended.style}"] if ended.depth == 1 else []
        for name in filter(None, names):
            self._ended[name] = replace(ended, counts=dict(ended.counts))

    def next(self, item: etree._Element, current: OpenList) -> str:
        """Count an item, and return its number as a reader sees it; empty for a bullet.

        An item that only contains another list just indents it, and a list header has no number.
        """
        first = next((tag(part) for part in item if tag(part)), None)
        if tag(item) != "list-item" or first == "list":
            return ""
        return self.count(current, attribute(item, "start-value"))

    def count(self, current: OpenList, start: str | None) -> str:
        """Count on at the depth of a list, and return the number."""
        counts, depth = current.counts, current.depth
        for level in range(1, depth + 1):
            counts.setdefault(level, self.styles.start(current.style, level) - (level == depth))
        counts[depth] = integer(start, counts[depth] + 1, least=0)
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        return self.styles.number(current.style, [counts[level] for level in range(1, depth + 1)])
