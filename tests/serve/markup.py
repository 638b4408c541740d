"""Parse pages."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


@dataclass
class Element:
    """One element of a page.

    Attributes:
        place: Number of elements that open before it.
        text: Its text, including nested elements.
    """

    tag: str
    attributes: dict[str, str]
    place: int
    text: str = ""


@dataclass
class _Reader(HTMLParser):
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, len(self.elements))
        self.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


class Page:
    """A parsed page, whose tags must be balanced."""

    def __init__(self, html: bytes) -> None:
        reader = _Reader()
        reader.feed(html.decode())
        reader.close()
        assert not reader.open, f"never closed: {[element.tag for element in reader.open]}"
        self.elements = reader.elements

    def all(self, *tags: str) -> list[Element]:
        """Return the elements with these tags, in order."""
        return [element for element in self.elements if element.tag in tags]

    def of_class(self, name: str) -> list[Element]:
        """Return the elements with a class, in order."""
        return [element for element in self.elements if name in element.attributes.get("class", "").split()]

    def one(self, tag: str) -> Element:
        """Return the only element with a tag."""
        [element] = self.all(tag)
        return element

    def texts(self, tag: str) -> list[str]:
        """Return the text of every element with a tag."""
        return [element.text for element in self.all(tag)]

    def hrefs(self) -> list[str]:
        """Return the targets of all links, in order."""
        return [element.attributes["href"] for element in self.all("a")]
