"""The language whose rules cut a document into sentences: stated, or detected by its function words."""

import re
import unicodedata
from collections import Counter

from normqa.datatypes import Document
from normqa.sentences.function_words import FUNCTION_WORDS

_SAMPLE = 20_000
"""Characters that are read to detect a language."""

_SHARE = 0.1
"""Minimum share of function words in a text that is plainly in a language."""

_PARTICLES = frozenset({"da", "de", "del", "den", "do", "la", "van", "von", "zu"})
"""Parts of names, which also appear in English."""

_TAG = re.compile(r"\s*([a-zA-Z]{2,3})(?![a-zA-Z])")
_SENTENCE_END = re.compile(r"[.!?:]\s|\n")
_WORD = re.compile(r"[^\W\d_]{2,}")  # single letters are often initials

# ISO 639-2 codes, and codes that share the rules of another one.
_ALIASES = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "dan": "da", "nor": "nb", "no": "nb", "nob": "nb", "nno": "nn", "swe": "sv",
    "fin": "fi", "ces": "cs", "cze": "cs", "pol": "pl", "hun": "hu", "ron": "ro", "rum": "ro", "hrv": "hr",
    "slv": "sl", "slk": "sk", "slo": "sk", "tur": "tr", "rus": "ru", "ukr": "uk", "ell": "el", "gre": "el",
    "ara": "ar", "heb": "he", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko", "hin": "hi",
}  # fmt: skip
_UNSPECIFIED = {"und", "mul", "zxx", "mis"}

_SCRIPTS = {
    "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "DEVANAGARI": "hi", "BENGALI": "bn",
    "TAMIL": "ta", "TELUGU": "te", "ARMENIAN": "hy", "GEORGIAN": "ka", "ETHIOPIC": "am", "MYANMAR": "my",
    "HANGUL": "ko", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja",
}  # fmt: skip


def document_language(document: Document) -> str:
    """Return the ISO 639 code of the language stated for a document, else of the one detected."""
    return stated_language(document.metadata.language) or detect_language(document.text)


def stated_language(tag: str | None) -> str | None:
    """Return the ISO 639 code of a language tag such as ``de-AT``; None if it is no tag of one language."""
    match = _TAG.match(tag or "")
    if not match or (code := match[1].lower()) in _UNSPECIFIED:
        return None
    return _ALIASES.get(code, code)


def detect_language(text: str) -> str:
    """Return the ISO 639 code of the language that a text is plainly in, else ``en``.

    Reads function words in lower case and at the start of a sentence, because names such as *El Salvador*
    contain capitalised ones. A word that is also an English one counts for neither.
    """
    sample = text[:_SAMPLE]
    if script := _foreign_script(sample):
        return script
    counts: Counter[str] = Counter()
    for sentence in _SENTENCE_END.split(sample):
        for i, word in enumerate(_WORD.findall(sentence)):
            counts[word.casefold() if i == 0 or word.islower() else ""] += 1
    english = FUNCTION_WORDS["en"]
    neutral = english | _PARTICLES
    best, score = "en", (0, 0)
    for language, words in FUNCTION_WORDS.items():
        hits = (counts.keys() & words) - neutral
        share = sum(counts[word] for word in hits)
        if len(hits) > 1 and (share, len(hits)) > score:
            best, score = language, (share, len(hits))
    against = sum(counts[word] for word in (counts.keys() & english) - FUNCTION_WORDS[best])
    plain = score[0] > 2 * against and score[0] >= _SHARE * counts.total()
    return best if plain else "en"


def _foreign_script(text: str) -> str | None:
    """Return the language of the script of most letters, if it isn't Latin."""
    letters = Counter(
        unicodedata.name(letter, "?").split()[0].split("-")[0] for letter in text[:2000] if letter.isalpha()
    )
    if not letters:
        return None
    if letters["HIRAGANA"] + letters["KATAKANA"] > letters["LATIN"]:
        return "ja"
    return _SCRIPTS.get(max(letters, key=lambda script: (letters[script], script)))
