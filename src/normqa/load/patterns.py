"""Match file names against shell patterns."""

import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether the whole name matches one of the patterns.

    ``*`` matches any characters including ``/``, ``?`` matches one, and ``[ab]`` one of those listed.
    """
    return any(fnmatchcase(_composed(name), _composed(pattern)) for pattern in patterns)


def _composed(text: str) -> str:
    """NFC, because file systems and editors differ in how they write accents."""
    return unicodedata.normalize("NFC", text)
