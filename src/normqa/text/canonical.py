"""Canonical text, and the patterns of text that several stages share."""

import re
import unicodedata
from collections.abc import Iterable

MARKER = r"(?:\d{1,3}[.)]|[-*•–])"
"""Regular expression of a list marker: a number with a full stop or bracket, or a bullet."""

_MARKED = re.compile(rf"\s*{MARKER}\s+")
_NUMBERED = re.compile(r"\d{1,3}[.)]\s")


def normalise(text: str) -> str:
    """Return the text in canonical form: NFC, with a line feed for every newline."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return the text with every run of white space replaced by one space."""
    return " ".join(text.split())


def canonical_line(text: str) -> str:
    """Return the text in canonical form, with every run of white space replaced by one space."""
    return one_line(normalise(text))


def has_list_marker(text: str) -> bool:
    """Whether the text starts with a number or a bullet."""
    return _MARKED.match(text) is not None


def has_number(text: str) -> bool:
    """Whether the text starts with the number of a list item."""
    return _NUMBERED.match(text) is not None


def strip_list_marker(text: str) -> str:
    """Return the text without the number or bullet that it starts with."""
    return _MARKED.sub("", text, count=1) if has_list_marker(text) else text


def sentence_line(*sentences: Iterable[str | None]) -> str:
    """Join the parts of every sentence with commas and the sentences with periods; skip empty parts."""
    joined = (", ".join(part for part in parts if part) for parts in sentences)
    return " ".join(line if line[-1] in ".?!" else f"{line}." for line in joined if line)
