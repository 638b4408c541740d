"""The styles of an OpenDocument file, as far as they change what a text says."""

from collections.abc import Iterator

from lxml import etree

from normqa.load.numerals import LIST_TYPES, format_number, integer
from normqa.load.office.look import Look
from normqa.load.office.package import attribute, children, tag

_MAX_DEPTH = 20


_OUTLINE = "Outline"


class Styles:
    """The styles of a document.

    Attributes:
        outline: Name of the list style that numbers the headings; None if the file has none.
    """

    def __init__(self, roots: list[etree._Element]) -> None:
        self.outline: str | None = None
        self._styles: dict[tuple[str, str], etree._Element] = {}  # by family and name
        self._lists: dict[str, etree._Element] = {}
        for element in (element for root in roots for element in root.iter()):
            name = attribute(element, "name") or ""
            match tag(element):
                case "style":
                    self._styles[attribute(element, "family") or "", name] = element
                case "list-style":
                    self._lists[name] = element
                case "outline-style":
                    self.outline = name or _OUTLINE
                    self._lists[self.outline] = element

    def look(self, family: str, name: str | None) -> Look:
        """Return how text of a style looks, as far as it changes its meaning.

        Args:
            family: ``paragraph`` or ``text``.
            name: Name of the style.
        """
        hidden, struck, script = None, None, None
        for properties in self._properties(family, name, "text-properties"):
            display = attribute(properties, "display")
            line = attribute(properties, "text-line-through-style")
            position = attribute(properties, "text-position")
            hidden = display == "none" if hidden is None and display else hidden
            struck = line != "none" if struck is None and line else struck
            script = _script(position) if script is None and position else script
        return Look(bool(hidden), bool(struck), script or "")

    def is_title(self, name: str | None) -> bool:
        """Whether a paragraph style is that of the document's title."""
        return any(found == "Title" for found, _ in self._chain("paragraph", name))

    def is_numbered(self, name: str | None) -> bool:
        """Whether headings of a paragraph style have the number of their level."""
        stated = (attribute(style, "list-style-name") for _, style in self._chain("paragraph", name))
        return next((found for found in stated if found is not None), _OUTLINE) != ""

    def is_hidden_page(self, name: str | None) -> bool:
        """Whether the slides of a style are not shown."""
        properties = self._properties("drawing-page", name, "drawing-page-properties")
        return any(attribute(found, "visibility") == "hidden" for found in properties)

    def _properties(self, family: str, name: str | None, kind: str) -> Iterator[etree._Element]:
        for _, style in self._chain(family, name):
            if style is not None:
                yield from children(style, kind)

    def _chain(self, family: str, name: str | None) -> Iterator[tuple[str, etree._Element | None]]:
        """Yield a style and the styles that it is based on."""
        for _ in range(_MAX_DEPTH):
            if name is None:
                return
            style = self._styles.get((family, name))
            yield name, style
            name = attribute(style, "parent-style-name")

    def number(self, list_style: str | None, counts: list[int]) -> str:
        """Return the number of an item as a reader sees it; empty for a bullet."""
        level = self._level(list_style, len(counts))
        if level is None or not (format_ := LIST_TYPES.get(attribute(level, "num-format") or "")):
            return ""
        first = max(0, len(counts) - integer(attribute(level, "display-levels"), 1, least=0))
        numbers = []
        for depth in range(first, len(counts)):
            own = self._level(list_style, depth + 1)
            own_format = LIST_TYPES.get(attribute(own, "num-format") or "", format_)
            numbers.append(format_number(counts[depth], own_format))
        prefix, suffix = attribute(level, "num-prefix") or "", attribute(level, "num-suffix") or ""
        return f"{prefix}{'.'.join(numbers)}{suffix}".strip()

    def start(self, list_style: str | None, depth: int) -> int:
        """Return the first number of a level."""
        return integer(attribute(self._level(list_style, depth), "start-value"), 1, least=0)

    def _level(self, list_style: str | None, depth: int) -> etree._Element | None:
        style = self._lists.get(list_style or "")
        levels = [] if style is None else list(style)
        return next((level for level in levels if attribute(level, "level") == str(depth)), None)


def _script(position: str) -> str:
    first = position.split(maxsplit=1)[0]
    if first in {"super", "sub"}:
        return "sup" if first == "super" else "sub"
    number = first.rstrip("%")
    return "" if number in {"0", "-0"} else "sub" if number.startswith("-") else "sup"
