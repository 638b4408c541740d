"""Read the text of an OpenDocument paragraph, and find what is anchored in it."""

from collections import Counter
from collections.abc import Callable

from lxml import etree

from normqa.load.inline import InlineText, joined_blanks
from normqa.load.numerals import integer
from normqa.load.office.look import Look
from normqa.load.office.odf.styles import Styles
from normqa.load.office.package import attribute, child, tag

MAX_REPEATS = 100
"""A cell or blank that claims more repetitions counts for this many."""

_BLANKS = {"s": " ", "tab": "\t", "line-break": "\n"}
SHAPES = frozenset(
    {
        "caption", "circle", "connector", "control", "custom-shape", "ellipse", "frame", "g", "line",
        "measure", "path", "polygon", "polyline", "rect", "regular-polygon", "scene",
    }
)  # fmt: skip


class ParagraphText:
    """The text of a paragraph.

    Args:
        paragraph: Its element.
        styles: The styles of the document.
        left_out: Counts what is left out.
        formula: Returns the formula in a shape; empty if the shape has something else.

    Attributes:
        text: The text.
        notes: The bodies of its footnotes.
        shapes: The shapes that are anchored in it.
    """

    def __init__(
        self,
        paragraph: etree._Element,
        styles: Styles,
        left_out: Counter[str],
        formula: Callable[[etree._Element], str],
    ) -> None:
        self.notes: list[etree._Element] = []
        self.shapes: list[etree._Element] = []
        self._styles = styles
        self._left_out = left_out
        self._formula = formula
        text = InlineText()
        look = styles.look("paragraph", attribute(paragraph, "style-name"))
        self._styled(
            paragraph, Look(_is_hidden_paragraph(paragraph) or look.hidden, look.struck, look.script), text
        )
        self.text = text.text()

    def _styled(self, element: etree._Element, look: Look, text: InlineText) -> None:
        if look.hidden:
            self._left_out["hidden"] += bool("".join(element.itertext()).strip())
            text.leave_out()
            return
        self._left_out["struck"] += look.struck and bool("".join(element.itertext()).strip())
        with look.applied_to(text):
            self._inline(element, text)

    def _inline(self, element: etree._Element, text: InlineText) -> None:
        text.add(joined_blanks(element.text))
        for part in element:
            self._part(part, text)
            text.add(joined_blanks(part.tail))

    def _part(self, part: etree._Element, text: InlineText) -> None:
        match tag(part):
            case "s" | "tab" | "line-break" as name:
                count = min(integer(attribute(part, "c"), 1, least=0), MAX_REPEATS)
                text.add(_BLANKS[name] * count)
            case "note":
                text.leave_out()
                if (body := child(part, "note-body")) is not None:
                    self.notes.append(body)
            case "annotation":
                self._left_out["comment"] += 1
                text.leave_out()
            case "annotation-end" | "tracked-changes" | "hidden-text" | "hidden-paragraph" | "ruby-text":
                text.leave_out()
            case "variable-set" | "user-field-get" | "user-field-set" if attribute(part, "display") == "none":
                text.leave_out()
            case name if name in SHAPES:
                if formula := self._formula(part):
                    text.add(_set_apart(formula, part))
                else:
                    text.leave_out()
                    self.shapes.append(part)
            case "span":
                self._styled(part, self._styles.look("text", attribute(part, "style-name")), text)
            case _:
                self._inline(part, text)


def _is_hidden_paragraph(paragraph: etree._Element) -> bool:
    return any(
        tag(part) == "hidden-paragraph" and attribute(part, "is-hidden") == "true"
        for part in paragraph.iter()
    )


def _set_apart(formula: str, frame: etree._Element) -> str:
    """Return a formula with blanks where it touches a word; in print its margins keep it apart."""
    previous, parent = frame.getprevious(), frame.getparent()
    before = previous.tail if previous is not None else parent.text if parent is not None else None
    starts = " " if (before or " ")[-1].isalnum() else ""
    return f"{starts}{formula}{' ' if (frame.tail or ' ')[0].isalnum() else ''}"
