"""Decide whether a sentence goes on after a period, from the words on both sides of it."""

import re

from normqa.sentences.abbreviations import CLOSING, LEADING, NUMBERED, OPEN, OWN, UNITS, WORDS
from normqa.sentences.function_words import SENTENCE_OPENERS

REACH = 48
"""Characters that are read on each side, so that long texts take linear time."""

_ORDINALS = """
    bs cs da de dsb et eu fi fo gsw hr hsb hu is lb lv nb nds nn no pl sk sl sr tr
"""
ORDINAL_LANGUAGES = frozenset(_ORDINALS.split())
"""Languages that write an ordinal as a number with a period, such as *3. Advent*."""

_LAST_WORD = re.compile(r"(?<![^\W\d_])((?:[^\W\d_]+\.)*[^\W\d_]+)\.\s*$")
_LAST_NUMBER = re.compile(r"(?<![\w.,:/])(?:\d{1,2}|[IVXLC]{2,})\.\s*$")
_NUMBER_BEFORE = re.compile(r"\d[\d.,/]*\s*[^\W\d_]+\.\s*$")
_NEXT = re.compile(r"[\W_]*?(?P<number>\d)|[\W_]*?(?P<word>[^\W\d_]+[-./’']?\w*)")
_NUMERAL = re.compile(r"[A-Z]|[IVXLC]{2,}|[A-Z]{1,3}(?:[./-]\w*|\d\w*)")
_VOWELLESS = re.compile(r"[^\W\d_aeiouyäöüAEIOUYÄÖÜ]{2,5}")

_NOTHING: frozenset[str] = frozenset()
_LOWER = frozenset({"lower"})
_DIGIT = frozenset({"digit"})
_LOWER_OR_DIGIT = _LOWER | _DIGIT
_ANYTHING = _LOWER_OR_DIGIT | {"numeral", "name"}
_KINDS = (
    (LEADING, _ANYTHING | {"opener"}),
    (WORDS, _DIGIT | {"numeral"}),
    (CLOSING, _LOWER),
    (NUMBERED, _LOWER_OR_DIGIT),
    (OPEN, _ANYTHING),
)
"""What can follow an abbreviation inside a sentence; the first match counts."""

_ENGLISH_WORD = re.compile(rf"(?<![\w.])(?:{'|'.join(sorted(WORDS))}|May)\.\s+(?=[A-Z][a-z])")
_LEADING_NUMBER = re.compile(r"\d{1,4}\.\s+(?=[^\W\d_])")

_TIME = re.compile(r"\b[ap]\.\s?m\.\s*$", re.IGNORECASE)
_ONLY_TIME = re.compile(r"\W*(?:\w+\s+){0,2}\d[\d:.]*\s*[ap]\.\s?m\.\s*$", re.IGNORECASE)
_TIME_AS_ADJECTIVE = re.compile(
    r"\b(?:an?|the|its|his|her|our|their|every|each|this|that|daily)\s+\d[\d:.]*\s*[ap]\.\s?m\.\s*$",
    re.IGNORECASE,
)
_AFTER_TIME = re.compile(
    r"\W*(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August"
    r"|September|October|November|December|Eastern|Central|Pacific|Mountain|Atlantic|Greenwich"
    r"|[A-Z]{1,4}[TC]|\w+(?:\s\w+)?\s+[Tt]ime)\b"
)


def missed_ends(text: str, language: str) -> list[int]:
    """Return where sentencex may miss the end of a sentence.

    It takes English words for abbreviations, and a number after an abbreviation for that of a list item.
    """
    number = _LEADING_NUMBER.match(text)
    words = _ENGLISH_WORD.finditer(text) if language == "en" else ()
    return [*([number.end()] if number else []), *(match.end() for match in words)]


def continues(before: str, after: str, language: str) -> bool:
    """Whether the sentence that ends ``before`` goes on in ``after``.

    Args:
        before: Text up to a boundary.
        after: Text from the boundary on.
        language: ISO 639 code.
    """
    if not after or not before.rstrip().endswith(".") or before.endswith("\n\n"):
        return False
    before, after = before[-REACH:], after[:REACH]
    following = _NEXT.match(after)
    if not following:
        return False
    if _LAST_NUMBER.search(before):
        return language in ORDINAL_LANGUAGES and _follows_ordinal(following, language)
    if _TIME.search(before):
        return _follows_time(before, after, following)
    last = _LAST_WORD.search(before)
    return last is not None and _follows_abbreviation(last[1], before, following, language)


def _follows_ordinal(following: re.Match[str], language: str) -> bool:
    word = following["word"]
    return bool(word) and (word[0].islower() or not _opens(word, language))


def _follows_time(before: str, after: str, following: re.Match[str]) -> bool:
    word = following["word"]
    if not word or _opens(word, "en"):
        return False
    return (
        word[0].islower()
        or _AFTER_TIME.match(after) is not None
        or _ONLY_TIME.fullmatch(before) is not None
        or _TIME_AS_ADJECTIVE.search(before) is not None
    )


def _follows_abbreviation(last: str, before: str, following: re.Match[str], language: str) -> bool:
    return _kind(following, language) in _kinds_after(last, before, following["word"], language)


def _kinds_after(last: str, before: str, word: str | None, language: str) -> frozenset[str]:
    """Return what can follow a word and its period inside a sentence."""
    folded = last.casefold()
    if folded in WORDS and word in {"A", "I"} and (last.islower() or folded == "no"):
        return _NOTHING  # rather the first word of a sentence than a numeral
    if folded in UNITS and _NUMBER_BEFORE.search(before):
        return _LOWER_OR_DIGIT
    for words, kinds in _KINDS:
        if folded in words:
            return kinds
    if folded in OWN.get(language, ()):
        return _ANYTHING
    if len(last) == 1:
        return _LOWER_OR_DIGIT if last.islower() else _DIGIT
    # Without a vowel and not in capitals: an abbreviation in any language with Latin letters.
    return _LOWER_OR_DIGIT if _VOWELLESS.fullmatch(last) and not last.isupper() else _NOTHING


def _kind(following: re.Match[str], language: str) -> str:
    """Return what follows: ``digit``, ``lower``, ``numeral``, ``name`` or ``opener`` of a sentence."""
    word = following["word"]
    if not word:
        return "digit"
    if word[0].islower():
        return "lower"
    if _NUMERAL.fullmatch(word):
        return "numeral"
    return "opener" if _opens(word, language) else "name"


def _opens(word: str, language: str) -> bool:
    """Whether a capitalised word is one that sentences open with, not a name."""
    folded = re.split(r"['’]", word)[0].casefold()
    openers = SENTENCE_OPENERS.get(language, frozenset()) | SENTENCE_OPENERS["en"]
    return word[0].isupper() and folded in openers
