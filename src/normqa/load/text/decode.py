"""Decode the bytes of a text file: byte order mark, UTF-8, UTF-8 with stray bytes, or a guess."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from normqa.load.problem import LoadError
from normqa.text.canonical import normalise

# UTF-32 comes first, because its little-endian mark starts with the mark of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)

_CANDIDATES = [
    *("cp1252", "cp1250", "iso8859-2", "cp1251", "koi8-r", "cp1253", "cp1254", "cp1255", "cp1256", "cp874"),
    *("mac-roman", "cp932", "shift_jis_2004", "euc_jis_2004", "euc_kr", "cp949", "gb18030", "big5hkscs"),
    *("cp1257", "iso8859-5", "koi8-u", "mac-cyrillic", "cp850", "cp852", "cp866"),
]
"""Encodings in which text files are still found; in a tie, the first wins.

The more encodings are tried, the more often a short text is misread.
"""

_MOST_COMMON = "cp1252"
_PRIOR = 1.5
"""How much more likely the most common encoding is than any other, before the bytes are seen."""

_SAMPLE_BYTES = 20_000
"""How much of a text is examined for a guess. Every byte is decoded."""

_LINES_NAMED = 5
"""Maximum number of lines that a note names."""

_STRAY = re.compile(r"[\udc80-\udcff]")
"""A byte that is not UTF-8, decoded with ``surrogateescape``."""

_INSIDE_WORDS = frozenset("’·–—…\N{LEFT SINGLE QUOTATION MARK}\N{SOFT HYPHEN}")
"""Characters other than letters that appear between two small letters."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Canonical text, and what was guessed.

    Attributes:
        text: The text.
        guessed: The encoding, if it was guessed.
        stray_lines: Lines of a UTF-8 text with bytes that are not UTF-8, which were read as cp1252.
    """

    text: str
    guessed: str | None = None
    stray_lines: tuple[int, ...] = ()

    def notes(self) -> Iterator[str]:
        """Say what was guessed."""
        if self.guessed is not None:
            yield f"it is not UTF-8 and was read as {self.guessed}; save it as UTF-8 to be sure"
        if lines := self.stray_lines:
            numbers = ", ".join(map(str, lines[:_LINES_NAMED]))
            where = f"lines {numbers}" if len(lines) > 1 else f"line {numbers}"
            rest = " and others" if len(lines) > _LINES_NAMED else ""
            yield f"{where}{rest}: bytes that are not UTF-8 were read as cp1252; save it as UTF-8 to be sure"


def decode(raw: bytes) -> Decoded:
    """Decode the bytes of a text file.

    A byte order mark determines the encoding. Without one, the text is read as UTF-8. Stray bytes in UTF-8
    are read as cp1252. Any other encoding is guessed.

    Raises:
        LoadError: If the bytes are not text in any encoding.
    """
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    guessed: str | None = None
    stray_lines: tuple[int, ...] = ()
    try:
        text = raw.decode(marked or "utf-8")
    except UnicodeDecodeError:
        with_strays = _utf_8_with_strays(raw) if marked in {None, "utf-8-sig"} else None
        if with_strays is not None:
            text, stray_lines = with_strays
        elif marked:
            raise LoadError(f"it has the mark of {marked} but is not {marked}; save it as UTF-8") from None
        else:
            text, guessed = _guess(raw)
    if "\0" in text:
        raise LoadError(
            "it is a binary file (it contains NUL characters), or UTF-16 without a mark; save it as UTF-8"
        )
    return Decoded(normalise(text), guessed, stray_lines)


def _utf_8_with_strays(raw: bytes) -> tuple[str, tuple[int, ...]] | None:
    """Read stray bytes in UTF-8 as cp1252, and return their lines; None if this is not UTF-8."""
    text = raw.decode("utf-8-sig", "surrogateescape")
    strays = len(_STRAY.findall(text))
    if 2 * strays > len(text) - len(text.encode("ascii", "ignore")):
        return None
    lines = enumerate(normalise(text).split("\n"), 1)
    stray_lines = tuple(number for number, line in lines if _STRAY.search(line))
    return _STRAY.sub(lambda stray: _cp1252(stray[0]), text), stray_lines


def _cp1252(stray: str) -> str:
    return stray.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _guess(raw: bytes) -> tuple[str, str]:
    lines = (line for line in raw.splitlines() if not line.isascii())
    sample = b"\n".join(lines)[:_SAMPLE_BYTES]
    readings = [] if b"\0" in raw else list(_readings(raw, sample))
    if not readings:
        raise LoadError("it is a binary file, or its encoding is unknown; save it as UTF-8")
    plausible = (reading for reading in readings if _is_plausible(sample.decode(reading[1], "ignore")))
    return next(plausible, readings[0])


def _readings(raw: bytes, sample: bytes) -> Iterator[tuple[str, str]]:
    """Yield the text in each encoding in which it can be read, with the name of the encoding, best first."""
    from chardet import detect_all  # noqa: PLC0415 - few files need it

    def rank(encoding: str) -> tuple[float, int]:
        prior = _PRIOR if encoding == _MOST_COMMON else 1
        return -confidence[encoding] * prior, _CANDIDATES.index(encoding)

    # A file may contain much English besides the few lines that tell the encoding.
    detected = detect_all(sample, ignore_threshold=True, include_encodings=_CANDIDATES, compat_names=False)
    confidence = {entry["encoding"]: entry["confidence"] for entry in detected if entry["encoding"]}
    for encoding in sorted(confidence, key=rank):
        try:
            yield raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue


def _is_plausible(text: str) -> bool:
    """Whether every character has the neighbours that it has in real texts."""
    neighbours = zip(f" {text}", text, f"{text[1:]} ", strict=False)
    return not any(
        _is_odd(before, here, after)
        for before, here, after in neighbours
        if not (before.isascii() and here.isascii())
    )


def _is_odd(before: str, here: str, after: str) -> bool:
    if not here.isalpha():
        is_sign = not (here.isascii() or here.isnumeric() or here.isspace() or here in _INSIDE_WORDS)
        return "\x7f" <= here <= "\x9f" or (is_sign and before.islower() and after.islower())
    if before.isalpha() and {_is_latin(before), _is_latin(here)} == {True, False}:
        return True
    if _is_latin(here) is None:  # two or more ideographs follow a Latin word
        return before.islower() and after.isascii()
    is_in_small_letters = before.islower() or (before.isalpha() and after.islower())
    return here.isupper() and not here.isascii() and is_in_small_letters


def _is_latin(letter: str) -> bool | None:
    """Whether a letter is Latin; None if it belongs to a script that is written beside Latin words."""
    if letter < "\u0250" or "\u1e00" <= letter < "\u1f00":
        return True
    return False if letter < "\u0e80" else None
