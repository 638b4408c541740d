"""What loaders return."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from normqa.datatypes import Document, Metadata
from normqa.glyph_map import GlyphMap
from normqa.load.outline import Outline
from normqa.load.problem import LoadError, Problem

_LEFT_OUT = {
    "chapter": ("{} chapters are missing in the file", "{} chapters are missing in the file"),
    "words": (
        "{} words of navigation, margins and hidden text were not read",
        "{} words of navigation, margins and hidden text were not read",
    ),
    "book words": (
        "{} words of navigation and hidden text were not read",
        "{} words of navigation and hidden text were not read",
    ),
    "slide": ("{} hidden slide was not read", "{} hidden slides were not read"),
    "change": ("{} tracked change was read as accepted", "{} tracked changes were read as accepted"),
    "deletion": ("{} tracked deletion was read as accepted", "{} tracked deletions were read as accepted"),
    "insertion": (
        "{} tracked insertion was read as accepted",
        "{} tracked insertions were read as accepted",
    ),
    "comment": ("{} comment was not read", "{} comments were not read"),
    "hidden": ("{} piece of hidden text was not read", "{} pieces of hidden text were not read"),
    "struck": ("{} piece of struck text was not read", "{} pieces of struck text were not read"),
    "image": ("{} image was not read", "{} images were not read"),
    "chart": ("{} chart was not read", "{} charts were not read"),
    "object": ("{} embedded object was not read", "{} embedded objects were not read"),
    "field": ("{} empty form field was not read", "{} empty form fields were not read"),
    "margin": ("its page headers and footers were not read", "its page headers and footers were not read"),
    "contents": ("its table of contents was not read", "its table of contents was not read"),
    "symbol": ("{} symbol of a special font was not read", "{} symbols of special fonts were not read"),
    "scripted": (
        "most of its text is hidden until its scripts run, and was read all the same",
        "most of its text is hidden until its scripts run, and was read all the same",
    ),
    "macro": ("its macros were not read", "its macros were not read"),
    "metadata": ("its metadata is damaged and was ignored", "its metadata is damaged and was ignored"),
}
"""The notes about one and about several things of a kind, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document, and what the reader of the original sees but the document leaves out or guesses.

    Attributes:
        document: The document.
        notes: One phrase each, such as "2 pages have no text; they may be scans".
        glyphs: Where its characters are painted, if the file says so.
    """

    document: Document
    notes: tuple[str, ...] = ()
    glyphs: GlyphMap | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document, or a problem, or both if something in the file was ignored or guessed."""

    document: Document | None
    problem: Problem | None
    glyphs: GlyphMap | None = None


def over(stated: Metadata, found: Metadata) -> Metadata:
    """Return the stated metadata, completed by what was found in the file."""
    values = {
        field.name: getattr(stated, field.name) or getattr(found, field.name) for field in fields(Metadata)
    }
    return Metadata(**values)


def finished(outline: Outline, document_id: str, metadata: Metadata, notes: tuple[str, ...]) -> Parsed:
    """Return the document that was collected in an outline.

    Raises:
        LoadError: If it contains no text. The error tells what was left out.
    """
    try:
        return Parsed(outline.document(document_id, metadata), notes)
    except LoadError as error:
        raise LoadError("; ".join((str(error), *notes))) from None


def left_out_notes(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return a note about each kind of thing that was left out.

    Args:
        counts: How many things of each kind were. Kinds are the keys of the table above.
    """
    return tuple(
        (one if count == 1 else several).format(count)
        for kind, (one, several) in _LEFT_OUT.items()
        if (count := counts.get(kind, 0))
    )
