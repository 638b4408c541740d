"""Problems with files of the corpus."""

from dataclasses import dataclass


class LoadError(Exception):
    """A file cannot be loaded; the message explains why."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A file that was skipped, or whose encoding was guessed.

    Attributes:
        path: Relative to the corpus.
        reason: The problem, and how to fix it.
        skipped: Whether the file was skipped.
    """

    path: str
    reason: str
    skipped: bool = True
