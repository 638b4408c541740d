"""Read DrawingML text: the paragraphs of shapes, table cells and diagrams."""

from collections.abc import Iterator

from lxml import etree

from normqa.load.inline import InlineText
from normqa.load.office.formula import formula_text
from normqa.load.office.look import Look
from normqa.load.office.package import attribute, child, children, tag

_CONNECTIONS = frozenset({"parTrans", "sibTrans", "pres", "doc"})
"""Points of a diagram that show no text of their own."""


def paragraph_text(paragraph: etree._Element) -> str:
    """Return the text of a paragraph."""
    text = InlineText()
    for run in paragraph:
        match tag(run):
            case "br":
                text.add("\n")
            case "r" | "fld":
                properties = child(run, "rPr")
                raised = attribute(properties, "baseline") or "0"
                script = (
                    "" if raised.rstrip("%0") in {"", "-"} else "sub" if raised.startswith("-") else "sup"
                )
                shown = child(run, "t")
                with Look(struck=is_struck(run), script=script).applied_to(text):
                    text.add("" if shown is None else shown.text or "")
            case "m" | "AlternateContent":
                for formula in (found for found in run.iter() if tag(found) == "oMath"):
                    text.add(formula_text(formula))
    return text.text()


def is_struck(run: etree._Element) -> bool:
    """Whether a run is struck out."""
    return attribute(child(run, "rPr"), "strike") in {"sngStrike", "dblStrike"}


def diagram_texts(root: etree._Element) -> Iterator[str]:
    """Yield the texts of a diagram, which has a part of its own."""
    for point in root.iter():
        if tag(point) != "pt" or attribute(point, "type") in _CONNECTIONS:
            continue
        if attribute(child(point, "prSet"), "phldr") in {"1", "true"}:
            continue  # it only prompts its author
        body = child(point, "t")
        for paragraph in [] if body is None else children(body, "p"):
            yield paragraph_text(paragraph)
