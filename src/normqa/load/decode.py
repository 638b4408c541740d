"""Decode the bytes of a text file: byte order mark, UTF-8, or a guess."""

import codecs
from dataclasses import dataclass

from normqa.load.problem import LoadError
from normqa.text import normalise

# UTF-32 comes first, because its little-endian mark starts with the mark of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)

# UTF-7 is not in use, and text in UTF-16 or UTF-32 contains NULs: in a space, a digit or a newline.
_NEVER_GUESSED = ["utf_7", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Canonical text, and the encoding if it was guessed."""

    text: str
    guessed: str | None = None


def decode(raw: bytes) -> Decoded:
    """Decode the bytes of a text file.

    A byte order mark determines the encoding. Without one, the text is read as UTF-8. If that
    fails, the encoding is guessed.

    Raises:
        LoadError: If the bytes are not text in any encoding.
    """
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    try:
        text, guessed = raw.decode(marked or "utf-8"), None
    except UnicodeDecodeError:
        if marked:
            raise LoadError(f"it has the mark of {marked} but is not {marked}; save it as UTF-8") from None
        text, guessed = _guess(raw)
    if "\0" in text:
        raise LoadError("it is a binary file (it contains NUL characters)")
    return Decoded(normalise(text), guessed)


def _guess(raw: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - few files need it

    guesses = [] if b"\0" in raw else list(from_bytes(raw, cp_exclusion=_NEVER_GUESSED))
    guesses.sort(key=lambda guess: "cp1252" not in guess.could_be_from_charset)  # the most common wins a tie
    best = min(guesses, default=None)
    if best is None:
        raise LoadError("it is a binary file, or its encoding is unknown; save it as UTF-8")
    return str(best), best.encoding
