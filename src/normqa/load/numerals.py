"""Read whole numbers from attributes, and write numbers as lists show them."""

import re
from collections.abc import Callable

LIST_TYPES = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
"""Formats of :func:`format_number` by their names in HTML and OpenDocument."""

_INTEGER = re.compile(r"\s*([+-]?[0-9]{1,9})\s*")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_ALPHABET = 26
_MAX_LETTERS = 30


def integer(text: str | None, default: int, least: int | None = None) -> int:
    """Return the whole number that an attribute states.

    Args:
        text: The attribute; None if there is none.
        default: Returned if it is no number, or less than ``least``.
        least: The least number that makes sense. Default: any.
    """
    match = _INTEGER.fullmatch(text or "")
    number = int(match[1]) if match else default
    return default if least is not None and number < least else number


def format_number(number: int, format_: str) -> str:
    """Return a number as a list shows it; as decimal if the format is not known.

    Args:
        number: The number.
        format_: A name of ECMA-376 Part 1, 17.18.59 "ST_NumberFormat", such as ``lowerRoman``.
    """
    return _FORMATS.get(format_, str)(number)


def _roman(number: int) -> str:
    out = []
    for value, numeral in _ROMAN:
        count, number = divmod(number, value)
        out.append(numeral * min(count, 10))
    return "".join(out)


def _letter(number: int) -> str:
    """Return a to z, then aa to zz, then aaa; decimals once that gets long."""
    if number > _MAX_LETTERS * _ALPHABET:
        return str(number)
    return chr(ord("a") + (number - 1) % _ALPHABET) * ((number - 1) // _ALPHABET + 1)


def _ordinal(number: int) -> str:
    is_teen = number % 100 in {11, 12, 13}
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


_FORMATS: dict[str, Callable[[int], str]] = {
    "bullet": lambda _: "",
    "none": lambda _: "",
    "decimalZero": "{:02}".format,
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperRoman": _roman,
    "ordinal": _ordinal,
}
