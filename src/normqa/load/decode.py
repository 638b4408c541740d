"""From bytes to canonical characters: encoding, byte order mark, newlines and Unicode form."""

import codecs
import unicodedata
from dataclasses import dataclass

from normqa.load.problem import LoadError

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)

# Nobody writes UTF-7, and UTF-16 and UTF-32 text has NULs: in a space, a digit or a newline.
_NEVER_GUESSED = ["utf_7", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and the encoding that had to be guessed for it, if any."""

    text: str
    guessed: str | None = None


def decode(raw: bytes) -> Decoded:
    """Reads the bytes of a text file.

    A byte order mark decides; else UTF-8 is tried; else the encoding is guessed, which the result says.

    Raises:
        LoadError: If the bytes are not text in any encoding.
    """
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    try:
        text, guessed = raw.decode(marked or "utf-8"), None
    except UnicodeDecodeError:
        if marked:
            raise LoadError(f"it starts like {marked} but is not; save it as UTF-8") from None
        text, guessed = _guess(raw)
    if "\0" in text:
        raise LoadError("it is a binary file (it holds NUL characters)")
    return Decoded(normalise(text), guessed)


def normalise(text: str) -> str:
    """Brings text into canonical form: NFC, and a line feed for every newline."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _guess(raw: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - few files need it

    guesses = [] if b"\0" in raw else list(from_bytes(raw, cp_exclusion=_NEVER_GUESSED))
    guesses.sort(key=lambda guess: "cp1252" not in guess.could_be_from_charset)  # wins a tie: most common
    best = min(guesses, default=None)
    if best is None:
        raise LoadError("it is a binary file, or in an encoding that cannot be guessed; save it as UTF-8")
    return str(best), best.encoding
