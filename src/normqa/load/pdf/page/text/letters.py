"""Tell what kind of letter each of many code points is."""

import unicodedata

import numpy as np
from numpy.typing import NDArray

SOFT_HYPHEN = "\u00ad"
"""A hyphen that is painted only because a line ends."""

BLANK, UNNAMED, ALPHANUMERIC, COMBINING, WIDE, EXPANDS, RIGHT_TO_LEFT = (1 << bit for bit in range(7))
"""Bits of the kind of a letter. An unnamed one says nothing about which character it is, and one that expands
is written as other letters, or not at all."""

_KNOWN = 128
_FIRST_PRINTABLE = " "
_REPLACEMENT = "\ufffd"
_CONTROLS = range(0x7F, 0xA0)
_FIRST_EXPANDED = "\x7f"
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_WIDTHS = frozenset({"W", "F"})
_PRESENTATION_FORMS = (("\ufb00", "\ufb06"), ("\ufb50", "\ufdff"), ("\ufe70", "\ufeff"))
_table = np.zeros(0x110000, np.uint8)


def kinds_of(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return the kind of each code point."""
    kinds = _table[codes]
    if kinds.size and not kinds.min():
        for code in np.unique(codes[kinds == 0]).tolist():
            _table[code] = _kind(chr(code))
        kinds = _table[codes]
    return np.asarray(kinds, np.uint8)


def _kind(letter: str) -> int:
    return (
        _KNOWN
        | BLANK * letter.isspace()
        | UNNAMED * (letter < _FIRST_PRINTABLE or letter == _REPLACEMENT or ord(letter) in _CONTROLS)
        | ALPHANUMERIC * letter.isalnum()
        | COMBINING * bool(unicodedata.combining(letter))
        | WIDE * (unicodedata.east_asian_width(letter) in _WIDTHS)
        | EXPANDS * (expanded(letter) != letter)
        | RIGHT_TO_LEFT * (unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT)
    )


def expanded(text: str) -> str:
    """Return ligatures and presentation forms as plain letters."""
    if text < _FIRST_EXPANDED:
        return text
    if any(first <= text <= last for first, last in _PRESENTATION_FORMS):
        return unicodedata.normalize("NFKC", text)
    return "" if text in f"{SOFT_HYPHEN}\u200b\ufeff" else text
