"""The note on how to write notes: it names the topics that there are, and what is no note."""

from dataclasses import dataclass

from normqa.lint.note import Note

NAME = "CONTRIBUTING.md"
"""Where the guide stands in the corpus."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What the guide's front matter says.

    Attributes:
        topics: The slugs that a note may have; empty where any will do.
        verbatim: Patterns of the names of files that are kept word for word; only their links are looked at.
    """

    topics: tuple[str, ...] = ()
    verbatim: tuple[str, ...] = ()

    @classmethod
    def of(cls, note: Note) -> "Guide":
        """Takes it from the note."""
        return cls(note.texts("topics"), note.texts("verbatim"))
