"""Find the acronyms that a text defines, such as "Global Forum on Cyber Expertise (GFCE)".

Schwartz and Hearst 2003, "A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text":
the letters of the acronym are looked for backwards in the words before it, and its first letter must begin a
word.
"""

import re
from collections.abc import Iterator

_IN_BRACKETS = re.compile(r"\(\s*[\"“]?([A-Z][\w&/-]{1,9}?)s?[\"”]?\s*(?:[,;)])")
_BOUNDARY = re.compile(r"[.!?;:()\n]\s*(?=\S)")
_WORD = re.compile(r"\S+")
_SMALL = re.compile(r"(?:a|an|and|by|for|in|of|on|the|to)\b", re.IGNORECASE)
"""Words that no long form begins with."""


def acronym_definitions(text: str) -> Iterator[tuple[str, str]]:
    """Yield every acronym that the text defines, and its long form.

    Args:
        text: In canonical form.
    """
    for found in _IN_BRACKETS.finditer(text):
        acronym = found[1]
        if sum(map(str.isupper, acronym)) < 2 or acronym.isdigit():  # noqa: PLR2004 - one capital is a word
            continue
        before = text[max(0, found.start() - 200) : found.start()]
        clause = _BOUNDARY.split(before)[-1]
        words = _WORD.findall(clause)[-min(len(acronym) + 5, 2 * len(acronym)) :]
        if long_form := _long_form(acronym, " ".join(words)):
            yield acronym, long_form


def _long_form(acronym: str, words: str) -> str | None:
    """Return the end of ``words`` that the acronym stands for; None if it stands for something else."""
    folded, place = words.casefold(), len(words)
    first, *others = (letter for letter in acronym.casefold() if letter.isalnum())
    for letter in reversed(others):
        place = folded.rfind(letter, 0, place)
        if place < 0:
            return None
    begins = [
        start
        for start in range(place)
        if folded[start] == first
        and (start == 0 or not folded[start - 1].isalnum())
        and not _SMALL.match(folded, start)
    ]
    long_form = words[begins[-1] :].strip(" \"“”'’") if begins else ""
    is_longer = " " in long_form or "-" in long_form
    return long_form if is_longer and "," not in long_form else None
