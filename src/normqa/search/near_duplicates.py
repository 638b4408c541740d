"""Keeps what says the same from crowding out the others."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

_TEXTS_KEPT = 2048

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
    seen: list[frozenset[int]] = []
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


@lru_cache(_TEXTS_KEPT)
def _shingles(text: str) -> frozenset[int]:
    """Hashes of the shingles of a text; the texts that are found again and again are known."""
    words = re.findall(r"\w+", text.casefold())
    whole = zip(*(words[i:] for i in range(SHINGLE)), strict=False)
    return frozenset(map(hash, whole)) or frozenset([hash(tuple(words))])
