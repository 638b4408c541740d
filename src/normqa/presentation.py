"""Fold what differs only in how it is shown: ligatures, curly quotes, hyphens, invisible characters.

Superscripts and fractions stay, because 10⁶ is not 106 and 5½ is not 51/2. Folded text is compared, never
shown.
"""

import re
import unicodedata

from normqa.datatypes import Span

FOLD_VERSION = f"fold/1 unicode/{unicodedata.unidata_version}"
"""Identifies what is folded."""

_PUNCTUATION = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9\u2039\u203a\u05f3", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u02ba\u00ab\u00bb\u05f4", '"'),
    "\u0640": "",  # stretches Arabic words
    "\u2044": "/",
    "\ua78c": "'",
}

# Unicode property Default_Ignorable_Code_Point.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

_TAGS = "compat font final initial isolated medial narrow noBreak small square sub vertical wide"
_FOLDED_TAGS = frozenset(f"<{tag}>" for tag in _TAGS.split())

# What depends on its neighbours. Half-width kana with a voicing mark are one letter. A zero-width space
# separates words in scripts without spaces. A subscript next to a digit is no part of its number.
_CONTEXT = "[\uff66-\uff9d][\uff9e\uff9f]|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]\u200b|[\u2080-\u2089]+"
_IN_CONTEXT = re.compile(_CONTEXT)
_UNIT = re.compile(f"{_CONTEXT}|(.)", re.DOTALL)
_SUBSCRIPTS = dict(zip(range(0x2080, 0x208A), "0123456789", strict=True))


class _Table(dict[int, str]):
    """Maps code points to what they fold to; filled as they appear."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


class _LetterTable(dict[int, str]):
    """Maps letters and digits to what they fold to, and everything else to itself."""

    def __missing__(self, code: int) -> str:
        folded = _TABLE[code]
        self[code] = folded = folded if folded.isalnum() else chr(code)
        return folded


def fold(text: str) -> str:
    """Return the text with every presentation variant replaced by its plain form."""
    return text if text.isascii() else _IN_CONTEXT.sub(_fold_in_context, text).translate(_TABLE)


def fold_letters(text: str) -> str:
    """Return the text with only variants of letters and digits replaced, which models do not know."""
    return text if text.isascii() else text.translate(_LETTERS)


def fold_with_origins(text: str) -> tuple[str, list[Span]]:
    """Return the text as :func:`fold` does, and the span of ``text`` that each of its characters is from."""
    parts: list[str] = []
    origins: list[Span] = []
    for unit in _UNIT.finditer(text):
        folded = _TABLE[ord(unit[1])] if unit[1] else _fold_in_context(unit)
        parts.append(folded)
        if len(folded) == len(unit[0]):
            origins += (Span(start, start + 1) for start in range(*unit.span()))
        else:
            origins += [Span(*unit.span())] * len(folded)
    return "".join(parts), origins


def _fold_in_context(unit: re.Match[str]) -> str:
    text: str = unit[0]
    if text[-1] == "\u200b":
        return f"{text[0]} "
    if ord(text[0]) not in _SUBSCRIPTS:
        return unicodedata.normalize("NFKC", text)
    around = unit.string[max(0, unit.start() - 1) : unit.start()] + unit.string[unit.end() : unit.end() + 1]
    return text if any(map(str.isdecimal, around)) else text.translate(_SUBSCRIPTS)


def _fold_character(character: str) -> str:
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
    if _IGNORABLE.match(character):
        return ""
    tag, *codes = unicodedata.decomposition(character).split() or [""]
    if tag not in _FOLDED_TAGS or ord(character) in _SUBSCRIPTS:
        return character
    folded = unicodedata.normalize("NFC", "".join(_fold_character(chr(int(code, 16))) for code in codes))
    is_spacing_accent = folded[:1] == " " != folded
    # A number inside must not run into a number beside it.
    has_number = folded[:1].isdecimal() or folded[-1:].isdecimal()
    return character if is_spacing_accent or (has_number and not character.isdecimal()) else folded


_TABLE = _Table()
_LETTERS = _LetterTable()
