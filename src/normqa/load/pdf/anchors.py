"""Find the sequences of letters that occur once in both of two strings."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
"""Places of letters in another string; -1 for those that were not found."""

_ANCHOR = 12
"""Length of a sequence that identifies its place."""

_PRIME = 0x100000001B3
"""Base of the numbers that stand for sequences."""


class Anchors:
    """The sequences that occur once in both of two strings.

    Attributes:
        mine: The code points of one string.
        theirs: Those of the other.
    """

    def __init__(self, mine: str, theirs: str) -> None:
        self._strings = mine, theirs
        self.mine, self.theirs = codes_of(mine), codes_of(theirs)

    def after(self, here: int) -> int | None:
        """Return the place in the other string of the sequence that starts here, if it occurs once."""
        mine, theirs = self._strings
        place = self._places[here] if here < len(self._places) else -1
        is_same = place >= 0 and mine[here : here + _ANCHOR] == theirs[place : place + _ANCHOR]
        return int(place) if is_same else None

    @cached_property
    def _places(self) -> Places:
        """The place in the other string of each sequence that occurs once in both."""
        own, other = _sequences(self.mine), _sequences(self.theirs)
        in_own, in_other = _single(own), _single(other)
        _, first, second = np.intersect1d(
            own[in_own], other[in_other], assume_unique=True, return_indices=True
        )
        places = np.full(len(own), -1, np.int64)
        places[in_own[first]] = in_other[second]
        return places


def _sequences(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return a number for the sequence that starts at each letter."""
    count = max(0, len(codes) - _ANCHOR + 1)
    numbers = np.zeros(count, np.uint64)
    for step in range(_ANCHOR):
        numbers = numbers * np.uint64(_PRIME) + codes[step : step + count]
    return numbers


def _single(sequences: NDArray[np.uint64]) -> Places:
    """Return where the sequences are that occur once."""
    _, places, counts = np.unique(sequences, return_index=True, return_counts=True)
    return np.asarray(places[counts == 1], np.int64)


def codes_of(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
