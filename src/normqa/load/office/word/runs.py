"""Read the runs of Word paragraphs: stretches of text that look alike, and what is between them."""

import re
from collections import Counter
from collections.abc import Mapping

from lxml import etree

from normqa.load.inline import InlineText
from normqa.load.office.formula import formula_text
from normqa.load.office.package import attribute, child, children, tag
from normqa.load.office.word.styles import Styles
from normqa.load.office.word.symbols import symbol

DELETED = frozenset({"del", "moveFrom"})
CHANGES = frozenset({"ins", "del", "moveFrom", "moveTo"})
_WRAPPERS = frozenset({"ins", "moveTo", "hyperlink", "smartTag", "customXml", "fldSimple", "dir", "bdo"})
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\N{NON-BREAKING HYPHEN}"}
_HEX = re.compile("[0-9A-Fa-f]{1,6}")
_PRIVATE = re.compile("[\uf000-\uf0ff]")


class RunReader:
    """Reads runs in reading order.

    Args:
        styles: The styles of the document.
        notes: Its foot- and endnotes, by the name of what refers to them and by id.
        codes: What belongs to the codes of fields.
        left_out: Counts what is left out.

    Attributes:
        pending: Text boxes, diagrams and notes that were met and are still to be read.
        comments: Ids of the comments that were met.
    """

    def __init__(
        self,
        styles: Styles,
        notes: Mapping[str, Mapping[str | None, etree._Element]],
        codes: frozenset[etree._Element],
        left_out: Counter[str],
    ) -> None:
        self.pending: list[etree._Element] = []
        self.comments: set[str | None] = set()
        self._styles = styles
        self._notes = notes
        self._codes = codes
        self._left_out = left_out

    def read(self, container: etree._Element, text: InlineText, style: str | None) -> None:
        """Add what a paragraph, or a part of it, shows to a text.

        Args:
            container: The element around the runs.
            text: The text.
            style: The style of the paragraph.
        """
        for element in container:
            name = tag(element)
            if name == "r":
                self._run(element, text, style)
            elif name in _WRAPPERS:
                self._left_out["change"] += name in CHANGES
                self.read(element, text, style)
            elif name in DELETED:
                self._left_out["change"] += 1
                text.leave_out()
            elif name == "sdt":
                if (content := self.form_content(element)) is not None:
                    self.read(content, text, style)
            elif name in {"oMath", "oMathPara"}:
                text.add(formula_text(element))
            elif name == "AlternateContent":
                self.read(chosen(element), text, style)
            elif name == "commentRangeStart":
                self.comments.add(attribute(element, "id"))

    def _run(self, run: etree._Element, text: InlineText, style: str | None) -> None:
        look = self._styles.look(child(run, "rPr"), style)
        if look.hidden:
            self._left_out["hidden"] += any(tag(element) == "t" for element in run)
            text.leave_out()
            return
        self._left_out["struck"] += look.struck and any(tag(element) == "t" for element in run)
        font = attribute(child(run, "rPr", "rFonts"), "ascii")
        with look.applied_to(text):
            for element in run:
                if element not in self._codes:
                    self._piece(element, text, style, font)

    def _piece(self, element: etree._Element, text: InlineText, style: str | None, font: str | None) -> None:
        match tag(element):
            case "t":
                text.add(_PRIVATE.sub(lambda found: self._symbol(font, ord(found[0])), element.text or ""))
            case "tab" | "ptab" | "br" | "cr" | "noBreakHyphen" as name:
                text.add(_CHARACTERS[name])
            case "sym":
                code = attribute(element, "char") or ""
                text.add(
                    self._symbol(attribute(element, "font"), int(code, 16) if _HEX.fullmatch(code) else 0)
                )
            case "ruby":
                for base in children(element, "rubyBase"):
                    self.read(base, text, style)
            case "footnoteReference" | "endnoteReference" as name:
                note = self._notes[name].get(attribute(element, "id"))
                text.leave_out()
                self.pending += [] if note is None else [note]
            case "drawing" | "pict" | "object":
                text.leave_out()
                self._drawing(element)
            case "AlternateContent":
                for inner in chosen(element):
                    self._piece(inner, text, style, font)

    def _symbol(self, font: str | None, code: int) -> str:
        """Return the character of a glyph; a blank if it is not known."""
        found = symbol(font, code)
        self._left_out["symbol"] += found is None
        return found or " "

    def _drawing(self, element: etree._Element) -> None:
        boxes = [found for found in element.iter() if tag(found) == "txbxContent"]
        # A box inside a box is read with the outer one.
        outer = [box for box in boxes if not any(parent in boxes for parent in box.iterancestors())]
        others = [found for found in element.iter() if not any(box in found.iterancestors() for box in outer)]
        names = {tag(found) for found in others}
        self.pending += outer
        self.pending += [found for found in others if tag(found) in {"textpath", "relIds"}]
        self._left_out["image"] += not names.isdisjoint({"blip", "imagedata"})
        self._left_out["chart"] += "chart" in names

    def form_content(self, field: etree._Element) -> etree._Element | None:
        """Return what a form field shows; None if that is only its prompt."""
        if child(field, "sdtPr", "showingPlcHdr") is not None:
            self._left_out["field"] += 1
            return None
        return child(field, "sdtContent")


def chosen(element: etree._Element) -> etree._Element:
    """Return one of the alternatives, which show the same content in different ways."""
    alternatives = (child(element, name) for name in ("Choice", "Fallback"))
    return next((found for found in alternatives if found is not None), element)
