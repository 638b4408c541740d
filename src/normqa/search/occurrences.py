"""Find a text in another one: as it is, or apart from white space, presentation, case or separators."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from normqa.datatypes import Span
from normqa.presentation import fold, fold_with_origins
from normqa.text.canonical import one_line

_NOT_COMPARED = re.compile(r"[\W_]+")
_SEPARATORS = re.compile(r"[\s\"'-]+")


def skeleton(text: str) -> str:
    """Return the letters and digits of a text, in which every finder's occurrence is one too."""
    return _NOT_COMPARED.sub("", fold(text).casefold())


def find_exact(text: str, canonical: str) -> Iterator[Span]:
    """Find the text as it is, without the white space around it. Nothing is found of a blank text."""
    wanted = text.strip()
    start = canonical.find(wanted) if wanted else -1
    while start >= 0:
        yield Span(start, start + len(wanted))
        start = canonical.find(wanted, start + len(wanted))


def find_words(text: str, canonical: str) -> Iterator[Span]:
    """Find the text with every run of whitespace compared as one space.

    Avoids a regular expression, whose time could grow with the square of the length.
    """
    words = [(word.start(), word.group()) for word in re.finditer(r"\S+", canonical)]
    starts = list(accumulate((len(word) + 1 for _, word in words), initial=0))
    for found in find_exact(one_line(text), " ".join(word for _, word in words)):
        first, last = (bisect_right(starts, place) - 1 for place in (found.start, found.end - 1))
        yield Span(words[first][0] + found.start - starts[first], words[last][0] + found.end - starts[last])


def find_folded(text: str, canonical: str) -> Iterator[Span]:
    """Find the text with presentation variants compared as equal."""
    wanted = one_line(fold(text))
    if not wanted or wanted not in one_line(fold(canonical)):
        return  # the origins of characters take long to list
    folded, origins = fold_with_origins(canonical)
    for found in find_words(wanted, folded):
        yield Span(origins[found.start].start, origins[found.end - 1].end)


def find_case(text: str, canonical: str) -> Iterator[Span]:
    """Find the text with capitals and presentation variants compared as equal."""
    wanted = one_line(fold(text).casefold())
    if not wanted or wanted not in one_line(fold(canonical).casefold()):
        return
    characters, origins = _casefolded(canonical)
    for found in find_words(wanted, characters):
        yield Span(origins[found.start].start, origins[found.end - 1].end)


def find_separators(text: str, canonical: str) -> Iterator[Span]:
    """Find whole words as :func:`find_case` does, with quotation marks, hyphens and spaces left out.

    A separator between two digits, and the sign of a number, are compared.
    """
    wanted = "".join(part for part, _ in _without_separators(fold(text).casefold())).strip()
    reduced = "".join(part for part, _ in _without_separators(fold(canonical).casefold()))
    if not wanted or wanted not in reduced:
        return
    characters, origins = _casefolded(canonical)
    places = [
        place for part, start in _without_separators(characters) for place in range(start, start + len(part))
    ]
    for found in find_exact(wanted, reduced):
        span = Span(origins[places[found.start]].start, origins[places[found.end - 1]].end)
        if not (_splits_word(canonical, span.start) or _splits_word(canonical, span.end)):
            yield span


def _casefolded(text: str) -> tuple[str, list[Span]]:
    """Return the folded text without capitals, and the span of ``text`` that each character is from."""
    folded, origins = fold_with_origins(text)
    pairs = [
        (small, origin)
        for character, origin in zip(folded, origins, strict=True)
        for small in character.casefold()
    ]
    return "".join(small for small, _ in pairs), [origin for _, origin in pairs]


def _without_separators(text: str) -> Iterator[tuple[str, int]]:
    """Yield what to compare of a text in parts, with their places."""
    position = 0
    for run in _SEPARATORS.finditer(text):
        yield text[position : run.start()], position
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        if after.isdecimal() and _is_sign(run[0], before):
            yield "-", run.end() - 1
        elif before.isdecimal() and after.isdecimal():
            yield " ", run.start()
        position = run.end()
    yield text[position:], position


def _is_sign(separators: str, before: str) -> bool:
    """Whether a number after the separators has a sign: "-5" and "a -5" have one, "a-5" has none."""
    return separators.endswith("-") and (
        separators[-2:-1].isspace() or (separators == "-" and not before.isalnum())
    )


def _splits_word(text: str, place: int) -> bool:
    """Whether a place is inside a word of a script that separates words, or inside a number."""
    return 0 < place < len(text) and all(map(_is_in_word, text[place - 1 : place + 1]))


def _is_in_word(character: str) -> bool:
    return character.isdecimal() or character.lower() != character.upper()
