"""What loaders return."""

from dataclasses import dataclass, fields

from normqa.datatypes import Document, Metadata
from normqa.glyph_map import GlyphMap
from normqa.load.problem import Problem


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
