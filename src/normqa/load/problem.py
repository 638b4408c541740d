"""Problems with files of the corpus."""

from dataclasses import dataclass


class LoadError(Exception):
    """A file gives no document; the message tells the editor why."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A file that was skipped, or of which something was ignored or guessed.

    Attributes:
        path: Relative to the corpus.
        reason: What is wrong, and how to fix it.
        skipped: Whether the file was skipped.
    """

    path: str
    reason: str
    skipped: bool = True
