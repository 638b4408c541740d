"""Tell the script of a question, and compare texts in scripts that write no spaces between words."""

import re
import unicodedata
from collections import Counter

_LETTERS = 200
"""Letters that are looked at."""

_SHARED = 1 / 3
"""Minimum share of the letter pairs of a question in a text that is related to it."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2,}")


def main_script(text: str) -> str | None:
    """Return the script of most letters, as Unicode names it: ``LATIN``, ``HEBREW``; None without letters."""
    letters = [letter for letter in text if letter.isalpha()][:_LETTERS]
    names = Counter(unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0] for letter in letters)
    return max(names, key=lambda name: (names[name], name), default=None)


def shares_letter_pairs(question: str, text: str) -> bool:
    """Return whether a text has many letter pairs of a question in a script without spaces."""
    pairs = {
        found[0][start : start + 2]
        for found in _UNSPACED.finditer(question)
        for start in range(len(found[0]) - 1)
    }
    return bool(pairs) and sum(pair in text for pair in pairs) >= _SHARED * len(pairs)
