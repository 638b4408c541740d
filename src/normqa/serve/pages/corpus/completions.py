"""Complete what a reader types with known questions and headings."""

import re
from collections.abc import Iterable

from normqa.presentation import fold

_WORD = re.compile(r"\w+")


class Completions:
    """Finds the entries whose words begin with the typed words.

    Args:
        entries: Texts, the most useful first.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = [(entry, f" {_folded(entry)}") for entry in dict.fromkeys(entries)]

    def first(self, count: int) -> list[str]:
        """Return the first entries."""
        return [entry for entry, _ in self._entries[:count]]

    def find(self, typed: str, count: int) -> list[str]:
        """Return entries that contain a word with every typed beginning; those that begin so come first."""
        folded = _folded(typed)
        beginnings = [f" {word}" for word in folded.split()]
        if not beginnings:
            return []
        found = [pair for pair in self._entries if all(word in pair[1] for word in beginnings)]
        found.sort(key=lambda pair: not pair[1].startswith(f" {folded}"))
        return [entry for entry, _ in found[:count]]


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(fold(text).casefold()))
