"""What a build has to say about a file of the corpus."""

from dataclasses import dataclass


class LoadError(Exception):
    """A file gives no document; the text says why, for the editor."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A file that was left out, or read with a guess.

    Attributes:
        path: Relative to the corpus.
        reason: What is wrong, and what mends it.
        skipped: Whether the file was left out.
    """

    path: str
    reason: str
    skipped: bool = True
