"""Rank near-duplicates behind distinct texts."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

_TEXTS_KEPT = 2048

SHINGLE = 3
"""Words in a shingle."""

SAME = 0.8
"""Share of common shingles from which two texts are near-duplicates."""


def distinct_first(found: Iterable[T], text_of: Callable[[T], str | None], top_k: int) -> list[T]:
    """Move near-duplicates of a better item behind all distinct items.

    Broder 1997, "On the resemblance and containment of documents": texts are compared by their common
    shingles, here as a share of the shingles of the shorter text, so that a longer version of a text is its
    near-duplicate.

    Args:
        found: Items, best first. Only as many are read as it takes to find ``top_k`` distinct ones.
        text_of: Returns the text of an item; None if it is no near-duplicate of any other.
        top_k: Maximum number of items returned.
    """
    seen: list[frozenset[int]] = []
    first: list[T] = []
    after: list[T] = []
    for item in found:
        if len(first) == top_k:
            break
        text = text_of(item)
        shingles = _shingles(text) if text is not None else frozenset()
        if text is None:
            first.append(item)
        elif any(len(shingles & other) >= SAME * min(len(shingles), len(other)) for other in seen):
            after.append(item)
        else:
            seen.append(shingles)
            first.append(item)
    return (first + after)[:top_k]


@lru_cache(_TEXTS_KEPT)
def _shingles(text: str) -> frozenset[int]:
    """Return hashes of the shingles of a text, cached for texts that are found often."""
    words = re.findall(r"\w+", text.casefold())
    whole = zip(*(words[i:] for i in range(SHINGLE)), strict=False)
    return frozenset(map(hash, whole)) or frozenset([hash(tuple(words))])
