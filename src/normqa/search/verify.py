"""Find a text in the documents, word for word."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Literal

from normqa.datatypes import Span
from normqa.presentation import fold, fold_with_origins
from normqa.text.canonical import one_line

MAX_MATCHES = 100
"""Maximum number of matches reported."""

Status = Literal["exact", "whitespace", "presentation", "not_found"]
Find = Callable[[str, str], Iterator[Span]]


@dataclass(frozen=True, slots=True)
class Match:
    """One occurrence of the text."""

    document_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether and where the documents contain a text.

    Attributes:
        status: ``exact``, ``whitespace`` if only whitespace differs, ``presentation`` if ligatures, quotation
            marks, hyphens or invisible characters differ as well, or ``not_found``.
        matches: In order of document id and start, at most :data:`MAX_MATCHES`.
    """

    status: Status
    matches: tuple[Match, ...]


def verify(text: str, texts: Callable[[], Iterable[tuple[str, str]]]) -> Verification:
    """Find a text.

    Args:
        text: In canonical form (NFC); surrounding whitespace is ignored.
        texts: Returns pairs of document id and canonical text. It is called again for every search, so that
            the texts need not be in memory together.
    """
    ways: tuple[tuple[Status, Find], ...] = (
        ("exact", _find_exact),
        ("whitespace", _find_words),
        ("presentation", _find_folded),
    )
    for status, find in ways:
        places = (
            Match(document_id, span) for document_id, canonical in texts() for span in find(text, canonical)
        )
        if found := tuple(islice(places, MAX_MATCHES)):
            return Verification(status, found)
    return Verification("not_found", ())


def _find_exact(text: str, canonical: str) -> Iterator[Span]:
    wanted = text.strip()
    start = canonical.find(wanted)
    while start >= 0:
        yield Span(start, start + len(wanted))
        start = canonical.find(wanted, start + len(wanted))


def _find_words(text: str, canonical: str) -> Iterator[Span]:
    """Find the text with every run of whitespace compared as one space.

    Avoids a regular expression, whose time could grow with the square of the length.
    """
    words = [(word.start(), word.group()) for word in re.finditer(r"\S+", canonical)]
    starts = list(accumulate((len(word) + 1 for _, word in words), initial=0))
    for found in _find_exact(one_line(text), " ".join(word for _, word in words)):
        first, last = (bisect_right(starts, place) - 1 for place in (found.start, found.end - 1))
        yield Span(words[first][0] + found.start - starts[first], words[last][0] + found.end - starts[last])


def _find_folded(text: str, canonical: str) -> Iterator[Span]:
    """Find the text with presentation variants compared as equal."""
    wanted = one_line(fold(text))
    if not wanted or wanted not in one_line(fold(canonical)):
        return  # the origins of characters take long to list
    folded, origins = fold_with_origins(canonical)
    for found in _find_words(wanted, folded):
        yield Span(origins[found.start].start, origins[found.end - 1].end)
