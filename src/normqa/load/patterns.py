"""Names of files by pattern, as a shell has them."""

import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits any of the patterns as a whole.

    ``*`` stands for any characters, ``/`` among them, ``?`` for one, and ``[ab]`` for one of these.
    """
    return any(fnmatchcase(_composed(name), _composed(pattern)) for pattern in patterns)


def _composed(text: str) -> str:
    """The form in which names are equal, however a file system or an editor writes their accents."""
    return unicodedata.normalize("NFC", text)
