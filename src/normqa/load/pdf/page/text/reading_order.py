"""Put the characters of a line into the order in which they are read, whatever their direction."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from normqa.load.pdf.page.glyphs import Glyphs, Numbers
from normqa.load.pdf.page.text.letters import RIGHT_TO_LEFT, kinds_of

_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_LEFT_TO_RIGHT = frozenset({"L", "EN", "AN", "ES", "ET", "CS"})
_ALEFS = frozenset("\u0622\u0623\u0625\u0627")
_LAM = "\u0644"


def lines_in_reading_order(glyphs: Glyphs, numbers: Numbers, starts: Numbers) -> Numbers:
    """Return the characters of lines, each line in reading order.

    Args:
        glyphs: The characters of a page.
        numbers: Those of the lines, line after line, each from the left.
        starts: Where the lines start among these.
    """
    if not (kinds_of(glyphs.codes[numbers]) & RIGHT_TO_LEFT).any():
        return numbers
    return np.concatenate([reading_order(glyphs, line) for line in np.split(numbers, starts[1:])])


def reading_order(glyphs: Glyphs, numbers: Numbers) -> Numbers:
    """Return the characters of a line in reading order.

    A line with mostly right-to-left letters is read from the right; numbers and words of other scripts in it
    are read from the left.

    Args:
        glyphs: The characters of a page.
        numbers: Those of the line, from the left.
    """
    right = np.count_nonzero(kinds_of(glyphs.codes[numbers]) & RIGHT_TO_LEFT)
    if not right:
        return numbers
    text = glyphs.text(numbers)
    classes = [unicodedata.bidirectional(letter) for letter in text]
    is_reversed = right >= sum(name == "L" for name in classes)
    indexes, left = glyphs.indexes[numbers].tolist(), glyphs.boxes[numbers, 0].tolist()
    visual = sorted(
        _bases(text, indexes),
        key=lambda pair: (-left[pair[0]] if is_reversed else left[pair[0]], indexes[pair[1]]),
    )
    wanted = _LEFT_TO_RIGHT if is_reversed else _RIGHT_TO_LEFT
    out: list[int] = []
    pending: list[int] = []
    for base, place in visual:
        if classes[base] in wanted:
            pending.append(place)
        else:
            out += reversed(pending)
            pending = []
            out.append(place)
    boxes = list(
        zip(left, glyphs.boxes[numbers, 2].tolist(), glyphs.origins[numbers, 0].tolist(), strict=True)
    )
    ordered = [*out, *reversed(pending)]
    return numbers[[place for ligature in _ligatures(text, boxes, ordered) for place in ligature]]


def _bases(text: str, indexes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield every letter after the one that it belongs to: itself, or the one under a combining mark.

    Args:
        text: The letters.
        indexes: Their numbers in the file.
    """
    base: int | None = None
    for place in sorted(range(len(text)), key=indexes.__getitem__):
        if base is None or not unicodedata.combining(text[place]):
            base = place
        yield base, place


def _ligatures(text: str, boxes: Sequence[object], places: Sequence[int]) -> Iterator[list[int]]:
    """Yield the letters of each ligature in the order of the word.

    Letters of one ligature share a box. PDFium returns those of Arabic ligatures from left to right. Every
    ligature of lam and alef starts with lam.

    Args:
        text: The letters of a line.
        boxes: Where each is.
        places: Their places in the text, in reading order.
    """
    for _, same in groupby(places, key=boxes.__getitem__):
        letters = list(same)
        if len(letters) > 1 and all(unicodedata.bidirectional(text[place]) == "AL" for place in letters):
            letters.reverse()
            if text[letters[0]] in _ALEFS and text[letters[1]] == _LAM:
                letters[:2] = letters[1], letters[0]
        yield letters
