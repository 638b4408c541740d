"""Recognise headings in plain text, where they are plainly meant: "SCOPE", "1. SCOPE", "Article 5 Scope"."""

import re
from collections.abc import Sequence

_LEVELS = {
    **dict.fromkeys(("part", "title", "book", "annex", "appendix", "schedule"), 2),
    "chapter": 3,
    **dict.fromkeys(("section", "article"), 4),
}
_LEVEL = 4  # of lines in capitals
_DIVISION = re.compile(
    r"""
    ([A-Z][a-z]+|[A-Z]+) [ \t]+ (?: \d+[A-Za-z]? (?:\.\d+)* | [IVXLC]+ | [A-Z] ) \b [.:]?
    (?: [ \t]* [-–—:]? [ \t]+ ["“(\[]? [^\Wa-z\d_] .* )?
    """,
    re.VERBOSE,
)
_LABEL = re.compile(r"(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z])[.)]?[ \t]+")
_NUMBER = re.compile(r"\d+((?:\.\d+)*)")
_GAP = re.compile(r"\t|\S {3,}\S")
_BULLETS = frozenset("-*•–")
_KEY = re.compile(r"[\w-]+:(?:\s|$)")
_MAX_LINE, _MAX_LINES, _MAX_TITLE = 100, 4, 120
_MIN_LETTERS = 4


def heading_lines(lines: Sequence[str]) -> int:
    """Return how many of the first lines of a paragraph are a heading above the others.

    The line after a heading starts a sentence, or else the heading would be part of one.
    """
    count = 0
    if _is_division(lines[0]):
        count = 1
        if len(lines) == 2 and not _is_division(lines[1]) and is_title(lines[1]):  # noqa: PLR2004 - its title
            count = 2
    while count < len(lines) and _is_capitals(lines[count]):
        count += 1
    is_heading = count <= _MAX_LINES and (count == len(lines) or not lines[count].lstrip()[0].islower())
    return count if is_heading else 0


def heading_level(line: str) -> int:
    """Return the level of a heading from its first line."""
    line = line.strip()
    if _is_division(line):
        return _LEVELS[line.split()[0].lower()]
    number = _NUMBER.match(line)
    return _LEVEL + (number[1].count(".") if number else 0)


def is_title(text: str) -> bool:
    """Whether a paragraph is a title: a short line that is no sentence, or a heading."""
    lines = text.split("\n")
    if heading_lines(lines) == len(lines):
        return True
    line = text.strip()
    return (
        len(lines) == 1
        and len(line) <= _MAX_TITLE
        and line[-1] not in ".;,:"
        and any(map(str.isalpha, line))
        and line[0] not in _BULLETS
        and not _GAP.search(line)
        and not _KEY.match(line)
    )


def _is_division(line: str) -> bool:
    line = line.strip()
    division = _DIVISION.fullmatch(line) if len(line) <= _MAX_LINE else None
    return division is not None and division[1].lower() in _LEVELS and line[-1] not in ",;"


def _is_capitals(line: str) -> bool:
    line = line.strip()
    if not 0 < len(line) <= _MAX_LINE or line[-1] in ".,;" or line[0] in _BULLETS or _GAP.search(line):
        return False
    label = _LABEL.match(line)
    words = line[label.end() :] if label else line
    letters = sum(map(str.isalpha, words))
    return words.isupper() and letters >= _MIN_LETTERS and 5 * letters >= 3 * len("".join(words.split()))
