"""The properties that Word paragraphs and runs inherit from their styles."""

from collections.abc import Iterator

from lxml import etree

from normqa.load.numerals import integer
from normqa.load.office.look import Look
from normqa.load.office.package import attribute, child, children, is_on

_BODY_TEXT = 9
"""The outline level of text that is not a heading."""

_MAX_DEPTH = 20


class Styles:
    """The styles of a document.

    Args:
        root: The styles part; None if the file has none.
    """

    def __init__(self, root: etree._Element | None) -> None:
        styles = [] if root is None else list(children(root, "style"))
        self._styles = {attribute(style, "styleId") or "": style for style in styles}
        self._default = next(
            (
                attribute(style, "styleId")
                for style in styles
                if attribute(style, "type") == "paragraph" and attribute(style, "default") in {"1", "true"}
            ),
            None,
        )

    def paragraph_style(self, properties: etree._Element | None) -> str | None:
        """Return the id of the style of a paragraph."""
        return attribute(child(properties, "pStyle"), "val") or self._default

    def name(self, style: str | None) -> str:
        """Return the name of a style in lower case, which unlike its id is the same in every language."""
        element = self._styles.get(style or "")
        return (attribute(child(element, "name"), "val") or style or "").casefold()

    def outline_level(self, properties: etree._Element | None) -> int | None:
        """Return the heading level of a paragraph, from 1; None if it is no heading."""
        for part in self._chain(properties, self.paragraph_style(properties), "pPr"):
            value = attribute(child(part, "outlineLvl"), "val")
            outline = integer(value, -1, least=0)
            if outline >= 0:
                return outline + 1 if outline < _BODY_TEXT else None
        return None

    def numbering(self, properties: etree._Element | None) -> tuple[str, int] | None:
        """Return the list and the level of a paragraph; None if it is no item. List "0" means none."""
        number_id, level = None, None
        for part in self._chain(properties, self.paragraph_style(properties), "pPr"):
            found = child(part, "numPr")
            number_id = number_id or attribute(child(found, "numId"), "val")
            stated = attribute(child(found, "ilvl"), "val")
            level = level if level is not None else stated
        if not number_id or number_id == "0":
            return None
        return number_id, integer(level, 0, least=0)

    def numbered_styles(self, properties: etree._Element | None) -> Iterator[str]:
        """Yield the style of a paragraph and the styles that it is based on."""
        yield from self._bases(self.paragraph_style(properties))

    def look(self, run: etree._Element | None, paragraph_style: str | None) -> Look:
        """Return how a run looks, given its properties and the style of its paragraph."""
        style = attribute(child(run, "rStyle"), "val")
        parts = [
            *([run] if run is not None else []),
            *self._chain(None, style, "rPr"),
            *self._chain(None, paragraph_style, "rPr"),
        ]

        def switch(*names: str) -> bool:
            for part in parts:
                for name in names:
                    if (found := child(part, name)) is not None:
                        return is_on(found)
            return False

        aligned = next(
            (
                attribute(child(part, "vertAlign"), "val")
                for part in parts
                if child(part, "vertAlign") is not None
            ),
            "",
        )
        scripts = {"superscript": "sup", "subscript": "sub"}
        return Look(switch("vanish"), switch("strike", "dstrike"), scripts.get(aligned or "", ""))

    def _chain(self, direct: etree._Element | None, style: str | None, kind: str) -> Iterator[etree._Element]:
        """Yield the properties that count, the strongest first."""
        if direct is not None:
            yield direct
        for base in self._bases(style):
            if (found := child(self._styles[base], kind)) is not None:
                yield found

    def _bases(self, style: str | None) -> Iterator[str]:
        for _ in range(_MAX_DEPTH):
            if style not in self._styles:
                return
            yield style
            style = attribute(child(self._styles[style], "basedOn"), "val")
