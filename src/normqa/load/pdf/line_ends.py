"""Join lines of text: with a blank, without one, or without the hyphen at the end of a line."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from normqa.load.pdf.page.text.letters import SOFT_HYPHEN
from normqa.load.pdf.page.text.lines import Line

_HYPHENATED = re.compile(r"(\w+)[-\u2010]$")
_LONGEST_WORD = 100
_WORD = re.compile(r"\w+(?:-\w+)*")
_FIRST_WORD = re.compile(r"\w+")
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "al")

_FIRST_WIDE = "\u1100"
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]")
_WITH_BLANK = 0.1
"""At least this share of the lines in Hangul end with a blank, if the file keeps the blanks at line ends."""

_FULL = 10
"""A line of fewer font sizes does not break a word."""

_SAME_SIZE = 0.05
_INDENT = 3
"""Lines of one paragraph start at most so many font sizes apart."""

_SHORTER = 1.5
"""A line that ends so many font sizes before the next one is not full, and does not break a word."""


@dataclass(frozen=True, slots=True)
class LineEnds:
    """What the ends of lines become.

    Attributes:
        words: Words that occur in the document, in lower case.
        keeps_blanks: Whether the file keeps the blanks at the ends of lines in Hangul, which may break words.
    """

    words: frozenset[str]
    keeps_blanks: bool

    @classmethod
    def of(cls, lines: Sequence[Line], stated: Iterable[str] = ()) -> "LineEnds":
        """Return the line ends of a document.

        Args:
            lines: Its lines.
            stated: Texts that the file states, with more words that occur.
        """
        words: set[str] = set()
        for text in (*(line.text for line in lines), *stated):
            words.update(_words(text))
        ends = [line.ends_with_blank for line in lines if _HANGUL.match(line.text[-1:])]
        return cls(frozenset(words), sum(ends) > _WITH_BLANK * len(ends))

    def joined(self, lines: Sequence[Line]) -> str:
        """Return the lines of a paragraph as one, without hyphens where the joined word is known."""
        text = lines[0].text.strip() if lines else ""
        for before, line in pairwise(lines):
            own = line.text.strip()
            hyphenated, following = _HYPHENATED.search(text[-_LONGEST_WORD:]), _FIRST_WORD.match(own)
            if text.endswith(SOFT_HYPHEN):
                text = text[:-1] + own
            elif hyphenated and following:
                whole = (hyphenated[1] + following[0]).casefold()
                compound = f"{hyphenated[1]}-{following[0]}".casefold()
                is_split = _is_known(whole, self.words) and compound not in self.words
                text = text[:-1] + own if is_split else text + own
            else:
                is_whole = not text or self._breaks_word(before, line, text[-1:], own[:1])
                text = text + own if is_whole else f"{text} {own}"
        return text.removesuffix(SOFT_HYPHEN)

    def _breaks_word(self, before: Line, line: Line, last: str, first: str) -> bool:
        """Whether no blank is between two lines. Chinese and Japanese have none, and Korean between words."""
        if not (_is_wide(last) and _is_wide(first)):
            return False
        if not (_HANGUL.match(last) or _HANGUL.match(first)):
            return True
        if not self.keeps_blanks or before.ends_with_blank:
            return False
        size = before.size
        if abs(size - line.size) >= _SAME_SIZE * size or before.right - before.left <= _FULL * size:
            return False
        is_beside = line.left >= before.right or line.right <= before.left
        is_full = before.right >= line.right - _SHORTER * size
        return is_beside or (is_full and abs(before.left - line.left) < _INDENT * size)


def _is_wide(character: str) -> bool:
    return character >= _FIRST_WIDE and unicodedata.east_asian_width(character) in {"W", "F"}


def _words(text: str) -> Iterator[str]:
    return (word.casefold() for word in _WORD.findall(text))


def _is_known(word: str, words: frozenset[str]) -> bool:
    """Whether a word, or another form of it, occurs elsewhere."""
    stems = {word, *(word.removesuffix(ending) for ending in _ENDINGS)}
    return any(
        stem in words or any(stem + ending in words for ending in _ENDINGS)
        for stem in stems
        if len(stem) > 3  # noqa: PLR2004 - shorter stems are of other words
    )
