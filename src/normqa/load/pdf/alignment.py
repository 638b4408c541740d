"""Align a text with the characters it was made from.

The text of a document differs from the characters on its pages in small ways: blanks, list markers and
hyphens come and go, ligatures are expanded, and footnotes move. The alignment follows both as long as they
agree, skips what only one of them has, and finds moved text by sequences that occur once in both.
"""

import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

import numpy as np

_ANCHOR = 12
"""Length of a sequence that identifies its place."""

_LOOK_AHEAD = 24
"""Characters that may be skipped to agree again."""

_NEAR = 400
"""Distance in which short text that moved is looked for."""

_MAX_MOVED = 50_000
"""Letters of moved text of which parts are looked for, too."""

_STEP = 64
"""Letters that are compared at once."""

_AGREEMENT = 4
"""Characters that must agree after a skip."""


def align(text: str, characters: Sequence[str]) -> list[int | None]:
    """Return, for each character of a text, the index of the character it was made from.

    Args:
        text: The text.
        characters: The characters that it was made from, roughly in its order; each may be several letters.
    """
    mine, mine_at = _letters(text)
    theirs, theirs_at = _letters(characters)
    found: list[int | None] = [None] * len(text)
    words = [n for n in range(1, len(mine)) if mine_at[n] - mine_at[n - 1] > 1]
    for letter, other in enumerate(_with_moved(mine, theirs, _in_order(mine, theirs), words)):
        if other is not None and found[mine_at[letter]] is None:
            found[mine_at[letter]] = theirs_at[other]
    return found


def _in_order(mine: str, theirs: str) -> list[int | None]:
    """Return, for each letter of one string, the letter of the other that it is."""
    places = _Anchors(mine, theirs)
    found: list[int | None] = [None] * len(mine)
    used = bytearray(len(theirs))
    here = there = 0
    while here < len(mine):
        same = _same(mine, theirs, here, there)
        if same and not used.count(1, there, there + same):
            used[there : there + same] = b"\1" * same
            found[here : here + same] = range(there, there + same)
            here, there = here + same, there + same
            continue
        if there < len(theirs) and mine[here] == theirs[there] and not used[there]:
            used[there] = 1
            found[here] = there
            here, there = here + 1, there + 1
            continue
        anchor = places.after(here)
        if anchor is not None and not used[anchor]:
            there = anchor
            continue
        step = _resume(mine, theirs, here, there)
        here, there = (here + step[0], there + step[1]) if step else (here + 1, there)
    return found


def _same(mine: str, theirs: str, here: int, there: int) -> int:
    """Return for how many letters two strings agree, in whole steps."""
    length = 0
    while mine[here + length : here + length + _STEP] == theirs[there + length : there + length + _STEP]:
        if here + length + _STEP > len(mine) or there + length + _STEP > len(theirs):
            break
        length += _STEP
    return length


def _with_moved(mine: str, theirs: str, found: list[int | None], words: Sequence[int]) -> list[int | None]:
    """Find words and parts of words that moved to a place nearby, such as a cell that is read from the right.

    Args:
        mine: The letters of the text.
        theirs: The letters it was made from.
        found: The place of each letter that was found in order.
        words: Where words start, except the first.
    """
    used = bytearray(len(theirs))
    for other in found:
        if other is not None:
            used[other] = 1
    missing: list[tuple[int, int, int]] = []
    near = 0
    for start, end in pairwise([0, *words, len(mine)]):
        for is_missing, places in groupby(range(start, end), lambda place: found[place] is None):
            part = list(places)
            if is_missing:
                missing.append((part[0], part[-1] + 1, near))
            else:
                near = found[part[-1]] or near
    # The longest come first, because their places are the surest.
    waiting = deque(sorted(missing, key=lambda part: part[0] - part[1]))
    may_split = sum(end - start for start, end, _ in missing) <= _MAX_MOVED
    while waiting:
        start, end, near = waiting.popleft()
        places = _occurrences(mine[start:end], theirs, max(0, near - _NEAR), near + _NEAR)
        free = (place for place in places if not used.count(1, place, place + end - start))
        place = min(free, key=lambda place: abs(place - near), default=None)
        if place is not None:
            found[start:end] = range(place, place + end - start)
            used[place : place + end - start] = b"\1" * (end - start)
        elif may_split and end - start > 1:
            middle = (start + end) // 2
            waiting += [(start, middle, near), (middle, end, near)]
    return found


def _occurrences(letters: str, text: str, start: int, end: int) -> Iterator[int]:
    place = text.find(letters, start, end)
    while place >= 0:
        yield place
        place = text.find(letters, place + 1, end)


class _Anchors:
    """The sequences that occur once in both of two strings."""

    def __init__(self, mine: str, theirs: str) -> None:
        self._mine = mine
        self._in_mine = _Places(mine)
        self._in_theirs = _Places(theirs)

    def after(self, here: int) -> int | None:
        """Return the place in the other string of the sequence that starts here, if it occurs once."""
        sequence = self._mine[here : here + _ANCHOR]
        return self._in_theirs.only(sequence) if self._in_mine.only(sequence) is not None else None


class _Places:
    """Where sequences occur in a string."""

    def __init__(self, letters: str) -> None:
        count = max(0, len(letters) - _ANCHOR + 1)
        sequences = [letters[place : place + _ANCHOR] for place in range(count)]
        self._last = dict(zip(sequences, range(count), strict=True))
        self._first = dict(zip(reversed(sequences), reversed(range(count)), strict=True))

    def only(self, sequence: str) -> int | None:
        """Return the place of a sequence that occurs once."""
        place = self._first.get(sequence)
        return place if place == self._last.get(sequence) else None


def _resume(mine: str, theirs: str, here: int, there: int) -> tuple[int, int] | None:
    """Return the shortest skips in both strings after which they agree again."""
    for total in range(1, _LOOK_AHEAD + 1):
        for own in range(total + 1):
            first, second = here + own, there + total - own
            ahead = mine[first : first + _AGREEMENT]
            if ahead and theirs.startswith(ahead, second):
                return own, total - own
    return None


def _letters(parts: Sequence[str]) -> tuple[str, list[int]]:
    """Return the letters of all parts, decomposed and without blanks, and the part that each comes from."""
    whole = "".join(parts)
    origins = np.repeat(np.arange(len(parts)), np.fromiter(map(len, parts), np.int64, len(parts)))
    letters = {
        character: "".join(unicodedata.normalize("NFKD", character).split()) for character in set(whole)
    }
    lengths = {character: len(own) for character, own in letters.items()}
    counts = np.fromiter(map(lengths.__getitem__, whole), np.int64, len(whole))
    return whole.translate({ord(character): own for character, own in letters.items()}), np.repeat(
        origins, counts
    ).tolist()
