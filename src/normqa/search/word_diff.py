"""Compare a text with a place in a document, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from normqa.presentation import fold

_WORD = re.compile(r"\s*\S+\s*")


@dataclass(frozen=True, slots=True)
class DiffPart:
    """Consecutive words of both texts that correspond, with the white space after them.

    Attributes:
        sent: In the text that was sent.
        document: In the document. The words are the same if both texts are equal.
    """

    sent: str
    document: str

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return self.sent == self.document


def word_diff(sent: str, document: str) -> tuple[DiffPart, ...]:
    """Return both texts in parts, as few as possible, that are equal or differ in a few words.

    The texts have the same letters and digits apart from presentation and case, which takes linear time.
    """
    parts: list[DiffPart] = []
    for is_same, group in groupby(_pairs(sent, document), key=lambda part: part.is_same):
        found = list(group)
        whole = DiffPart("".join(part.sent for part in found), "".join(part.document for part in found))
        parts += [whole] if is_same else found
    return tuple(parts)


def aligned_words(sent: str, document: str) -> tuple[DiffPart, ...]:
    """Return both texts in parts that are equal or differ, where whole words may be added or missing.

    Words that differ only in presentation or case are aligned, and differ.
    """
    ours, theirs = _WORD.findall(sent), _WORD.findall(document)
    matcher = SequenceMatcher(None, _compared(ours), _compared(theirs), autojunk=False)
    parts: list[DiffPart] = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        part = DiffPart("".join(ours[start:end]), "".join(theirs[other_start:other_end]))
        parts += [part] if kind != "equal" else word_diff(part.sent, part.document)
    return tuple(parts)


def _compared(words: list[str]) -> list[str]:
    return [fold(word).casefold().strip() for word in words]


def _pairs(sent: str, document: str) -> Iterator[DiffPart]:
    """Yield the shortest runs of words that have equally many letters and digits."""
    ours, theirs = _words(sent), _words(document)
    texts, sizes = ["", ""], [0, 0]
    while True:
        side = 0 if not texts[0] or (texts[1] and sizes[0] < sizes[1]) else 1
        text, size = next((ours, theirs)[side], (None, 0))
        if text is None:
            side = 1 - side
            text, size = next((ours, theirs)[side], (None, 0))
        if text is None:
            break
        texts[side] += text
        sizes[side] += size
        if all(texts) and sizes[0] == sizes[1]:
            yield DiffPart(*texts)
            texts, sizes = ["", ""], [0, 0]
    if any(texts):
        yield DiffPart(*texts)


def _words(text: str) -> Iterator[tuple[str, int]]:
    """Yield every word with the white space after it, and how many letters and digits it has."""
    for word in _WORD.finditer(text):
        yield word[0], sum(map(str.isalnum, fold(word[0]).casefold()))
