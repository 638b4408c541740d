"""Keeps what says the same from crowding out the others."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

SHINGLE = 3
"""Words in a row that are compared."""

SAME = 0.8
"""Texts that share so much of their shingles say the same."""


def distinct_first(found: Iterable[T], text_of: Callable[[T], str], top_k: int) -> list[T]:
    """Moves whatever says nearly the same as something better behind the others.

    Broder 1997, "On the resemblance and containment of documents": the share of common shingles, here of all
    shingles of the shorter text, so that what is merely longer counts as the same. Where there is nothing
    else, near-duplicates are still found.

    Args:
        found: Best first.
        text_of: Gives the text of one.
        top_k: How many at most; no more texts are looked at than it takes to find so many that differ.
    """
    seen: list[frozenset[tuple[str, ...]]] = []
    first: list[T] = []
    after: list[T] = []
    for each in found:
        if len(first) == top_k:
            break
        shingles = _shingles(text_of(each))
        if any(len(shingles & other) >= SAME * min(len(shingles), len(other)) for other in seen):
            after.append(each)
        else:
            seen.append(shingles)
            first.append(each)
    return (first + after)[:top_k]


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return frozenset(zip(*(words[i:] for i in range(SHINGLE)), strict=False)) or frozenset([tuple(words)])
