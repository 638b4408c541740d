"""Align a text with the characters it was made from.

The text of a document differs from the characters on its pages in small ways: blanks, list markers and
hyphens come and go, ligatures are expanded, and footnotes move. The alignment follows both as long as they
agree, skips what only one of them has, and finds moved text by sequences that occur once in both.
"""

import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from normqa.load.pdf.anchors import Anchors, Places, codes_of

_LOOK_AHEAD = 24
"""Characters that may be skipped to agree again."""

_NEAR = 400
"""Distance in which short text that moved is looked for."""

_FAR = 4_000
"""The same for whole words, such as those of a table on a page of its own."""

_MAX_MOVED = 50_000
"""Letters of moved text that is looked for far away, and in parts."""

_STEP = 64
"""Letters that are compared at once, at first."""

_AGREEMENT = 4
"""Characters that must agree after a skip."""


def align(text: str, characters: str | Sequence[str]) -> Places:
    """Return, for each character of a text, the index of the character it was made from, or -1.

    Args:
        text: The text.
        characters: The characters that it was made from, roughly in its order; each may be several letters.
    """
    mine, mine_at = _letters(text)
    theirs, theirs_at = _letters(characters)
    places = _in_order(mine, theirs)
    _find_moved(mine, theirs, places, np.flatnonzero(np.diff(mine_at) > 1) + 1)
    found = np.full(len(text), -1, np.int64)
    letters = np.flatnonzero(places >= 0)[::-1]  # the first letter of a character comes last, and counts
    found[mine_at[letters]] = theirs_at[places[letters]]
    return found


def _in_order(mine: str, theirs: str) -> Places:
    """Return, for each letter of one string, the letter of the other that it is."""
    anchors = Anchors(mine, theirs)
    found = np.full(len(mine), -1, np.int64)
    used = np.zeros(len(theirs), bool)
    here = there = 0
    while here < len(mine):
        same = _same(anchors.mine, anchors.theirs, used, here, there)
        if same:
            used[there : there + same] = True
            found[here : here + same] = np.arange(there, there + same)
            here, there = here + same, there + same
            continue
        anchor = anchors.after(here)
        if anchor is not None and not used[anchor]:
            there = anchor
            continue
        step = _resume(mine, theirs, here, there)
        here, there = (here + step[0], there + step[1]) if step else (here + 1, there)
    return found


def _same(
    mine: NDArray[np.uint32], theirs: NDArray[np.uint32], used: NDArray[np.bool_], here: int, there: int
) -> int:
    """Return for how many letters two strings agree, as far as those of the other are not used."""
    end, length, step = min(len(mine) - here, len(theirs) - there), 0, _STEP
    while length < end:
        part = slice(there + length, there + min(length + step, end))
        differ = mine[here + length : here + part.stop - there] != theirs[part]
        differ |= used[part]
        if differ.any():
            return length + int(differ.argmax())
        length, step = length + step, 2 * step
    return max(0, end)


def _find_moved(mine: str, theirs: str, found: Places, words: Places) -> None:
    """Find words and parts of words that moved to a place nearby, such as a cell that is read from the right.

    Args:
        mine: The letters of the text.
        theirs: The letters it was made from.
        found: The place of each letter that was found in order. Others are added.
        words: Where words start, except the first.
    """
    is_missing = found < 0
    if not is_missing.any():
        return
    used = bytearray(len(theirs))
    for other in found[~is_missing].tolist():
        used[other] = 1
    is_start = np.append(True, is_missing[1:] != is_missing[:-1])
    is_start[words] = True
    starts = np.flatnonzero(is_start)
    ends = np.append(starts[1:], len(mine))
    last = np.maximum.accumulate(np.where(is_missing, -1, np.arange(len(mine))))
    near_by = np.where(last >= 0, found[last], 0)
    missing = [
        (start, end, near)
        for start, end, near in zip(starts.tolist(), ends.tolist(), near_by[starts].tolist(), strict=True)
        if is_missing[start]
    ]
    # The longest come first, because their places are the surest.
    words_left = sorted(missing, key=lambda part: part[0] - part[1])
    may_split = sum(end - start for start, end, _ in missing) <= _MAX_MOVED
    for reach in (_NEAR, _FAR) if may_split else (_NEAR,):
        words_left = [part for part in words_left if not _find_near(mine, theirs, found, used, part, reach)]
    waiting = deque(words_left if may_split else ())
    while waiting:
        start, end, near = waiting.popleft()
        if not _find_near(mine, theirs, found, used, (start, end, near), _NEAR) and end - start > 1:
            middle = (start + end) // 2
            waiting += [(start, middle, near), (middle, end, near)]


def _find_near(
    mine: str, theirs: str, found: Places, used: bytearray, part: tuple[int, int, int], reach: int
) -> bool:
    """Find the nearest place of a part of a text that is not used, and return whether there is one.

    Args:
        mine: The letters of the text.
        theirs: The letters it was made from.
        found: The place of each letter that was found. Those of the part are added.
        used: Which letters are used. Those of the part are added.
        part: The first letter of the part, the one after it, and the place to look near.
        reach: How far from there it may be.
    """
    start, end, near = part
    places = _occurrences(mine[start:end], theirs, max(0, near - reach), near + reach)
    free = (place for place in places if not used.count(1, place, place + end - start))
    place = min(free, key=lambda place: abs(place - near), default=None)
    if place is None:
        return False
    found[start:end] = np.arange(place, place + end - start)
    used[place : place + end - start] = b"\1" * (end - start)
    return True


def _occurrences(letters: str, text: str, start: int, end: int) -> Iterator[int]:
    place = text.find(letters, start, end)
    while place >= 0:
        yield place
        place = text.find(letters, place + 1, end)


def _resume(mine: str, theirs: str, here: int, there: int) -> tuple[int, int] | None:
    """Return the shortest skips in both strings after which they agree again."""
    for total in range(1, _LOOK_AHEAD + 1):
        for own in range(total + 1):
            first, second = here + own, there + total - own
            ahead = mine[first : first + _AGREEMENT]
            if ahead and theirs.startswith(ahead, second):
                return own, total - own
    return None


def _letters(parts: str | Sequence[str]) -> tuple[str, Places]:
    """Return the letters of all parts, decomposed and without blanks, and the part that each comes from."""
    whole = parts if isinstance(parts, str) else "".join(parts)
    origins = np.arange(len(parts))
    if not isinstance(parts, str):
        origins = np.repeat(origins, np.fromiter(map(len, parts), np.int64, len(parts)))
    letters = {
        character: "".join(unicodedata.normalize("NFKD", character).split()) for character in set(whole)
    }
    changed = {ord(character): own for character, own in letters.items() if own != character}
    codes = codes_of(whole)
    counts = np.ones(int(codes.max(initial=0)) + 1, np.int64)
    counts[list(changed)] = [len(own) for own in changed.values()]
    return whole.translate(changed), np.repeat(origins, counts[codes])
