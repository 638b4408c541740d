"""Spell out the acronyms of a question as the documents define them."""

import re
from collections.abc import Callable, Sequence

from normqa.index.analyzer import tokenize

_WORD = re.compile(r"\b[A-Za-z][\w&-]{1,9}\b")
_SHORTEST_LOWER = 3
"""Letters of an acronym in lower case, in a question without capitals."""


def spell_out_acronyms(question: str, long_forms: Callable[[str], Sequence[str]]) -> str:
    """Return the question with the long form of every acronym before it.

    Args:
        question: As it is searched.
        long_forms: Returns what the documents say that an acronym stands for, the most frequent first.
    """
    folded = question.casefold()
    has_capitals = question != question.lower()

    def spell_out(found: re.Match[str]) -> str:
        word = found[0]
        capitals = sum(map(str.isupper, word))
        is_acronym = capitals > 1 if has_capitals else len(word) >= _SHORTEST_LOWER
        if not is_acronym or not tokenize(word):
            return word
        acronym = word.removesuffix("s") if word[-1:] == "s" and capitals else word
        long = next(iter(long_forms(acronym)), None)
        return word if long is None or long.casefold() in folded else f"{long} ({word})"

    return _WORD.sub(spell_out, question)
