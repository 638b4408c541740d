"""Correct the typos of a question towards the words of the documents."""

import re
from collections.abc import Callable, Mapping

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?(?![\w/.-]*\d)")
_SHORTEST = 4
"""Letters of a word that may be corrected."""

_LONG = 8
"""Letters from which a word may have two typos."""

_MOST = 4
"""A question with more unknown words is left alone: it is about something else, or in another language."""


def correct_spelling(
    question: str, spellings: Callable[[str], Mapping[str, int]], is_known: Callable[[str], bool]
) -> str:
    """Return the question with its unknown words replaced by the most similar words of the documents.

    Numbers, codes and words in capitals stay as they are. So does a name, unless one letter is wrong.

    Args:
        question: As it was asked.
        spellings: Returns the words of the documents that begin with a prefix, in lower case, with their
            frequency.
        is_known: Whether a word is right as it is.
    """
    if question.isupper():
        return question
    unknown = [word for word in _WORD.finditer(question) if _may_be_typo(word[0]) and not is_known(word[0])]
    if not unknown or len(unknown) > _MOST:
        return question
    corrected = question
    for word in reversed(unknown):
        is_name = word[0][0].isupper() and word.start() > 0
        if found := _most_similar(word[0].lower(), spellings, 1 if is_name else 2):
            found = found.capitalize() if word[0][0].isupper() else found
            corrected = corrected[: word.start()] + found + corrected[word.end() :]
    return corrected


def _may_be_typo(word: str) -> bool:
    return (
        len(word) >= _SHORTEST and word.isascii() and word.isalpha() and not any(map(str.isupper, word[1:]))
    )


def _most_similar(word: str, spellings: Callable[[str], Mapping[str, int]], most: int) -> str | None:
    """Return the word with the fewest typos between them; None if none is near.

    Damerau 1964: swapped neighbours count as one typo. The first letter is seldom wrong. Of several words,
    one that only has more letters comes first, then the most frequent.
    """
    most = min(most, 2 if len(word) >= _LONG else 1)
    vocabulary = spellings(word[0])
    near = extract(word, vocabulary.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=most, limit=None)
    found = [
        (distance, not _is_subsequence(word, other), -vocabulary[other], other)
        for other, distance, _ in near
        if other.isalpha() and len(other) >= _SHORTEST
    ]
    return min(found)[-1] if found else None


def _is_subsequence(word: str, other: str) -> bool:
    letters = iter(other)
    return all(letter in letters for letter in word)
