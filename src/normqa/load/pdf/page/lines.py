"""Join the characters of a page to lines of text, whatever their order in the file."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from normqa.load.inline import InlineText
from normqa.load.pdf.page.glyphs import Glyph
from normqa.load.pdf.page.reading_order import reading_order
from normqa.load.pdf.page.word_gaps import is_word_gap, word_gaps

_SAME_BASELINE = 0.25
"""Baselines that differ by less than this share of the font size are the same."""

_SCRIPT_SIZE = 0.85
"""A superscript or subscript is smaller than this share of its neighbour."""

_OVERLAP = 0.3
"""Characters beside each other overlap by at most this share of the font size."""

_RUN_GAP = 1.2
"""A gap of this share of the font size may separate columns."""

_DOUBLED = 0.2
"""The same character twice within this share of the font size is painted twice to look bold."""

SOFT_HYPHEN = "\u00ad"
"""A hyphen that is painted only because a line ends."""

_FIRST_EXPANDED = "\x7f"
_BULLET_GLYPHS = 2
"""Number of characters of a symbol that is a bullet, at most."""

_FINE = 1000.0
"""Places of characters that may be doubled are sorted to a thousandth of a point."""

_CELL = 40.0
"""Side in points of the squares in which doubled characters are looked for; more than their distance."""

_PRESENTATION_FORMS = (("\ufb00", "\ufb06"), ("\ufb50", "\ufdff"), ("\ufe70", "\ufeff"))


@dataclass(slots=True)
class Run:
    """Characters beside each other on one baseline, without a wide gap."""

    glyphs: list[Glyph]
    left: float
    right: float
    bottom: float
    top: float
    y: float
    size: float

    @classmethod
    def of(cls, glyphs: list[Glyph]) -> "Run":
        """Return the run of these characters; its size and baseline are those of most of them."""
        sizes = Counter(glyph.size for glyph in glyphs)
        size = max(sizes, key=lambda size: (sizes[size], size))
        base = next(glyph for glyph in glyphs if glyph.size == size)
        return cls(
            glyphs,
            min(glyph.left for glyph in glyphs),
            max(glyph.right for glyph in glyphs),
            min(glyph.bottom for glyph in glyphs),
            max(glyph.top for glyph in glyphs),
            base.y,
            size,
        )

    @property
    def width(self) -> float:
        """Its width in points."""
        return self.right - self.left


@dataclass(slots=True)
class Line:
    """A line of text in one column.

    Attributes:
        runs: Its parts, from the left.
        text: Its text in reading order.
        y: Its baseline.
        size: Font size of most of its text.
        bold: Share of its characters that are bold.
        ends_with_blank: Whether the file has a blank after it.
    """

    runs: list[Run]
    text: str
    left: float
    right: float
    bottom: float
    top: float
    y: float
    size: float
    bold: float
    ends_with_blank: bool


def runs_of(glyphs: Sequence[Glyph]) -> list[Run]:
    """Join characters that follow each other in the file and on the page."""
    return undoubled_runs(list(_undoubled(glyphs)) if _may_be_doubled(glyphs) else glyphs)


def undoubled_runs(kept: Sequence[Glyph], breaks: Sequence[int] = ()) -> list[Run]:
    """Join characters of which none is doubled.

    Args:
        kept: The characters.
        breaks: Numbers of characters that start a run wherever they are.
    """
    if not kept:
        return []
    left, right, bottom, top, y, size = (
        _values(kept, name) for name in ("left", "right", "bottom", "top", "y", "size")
    )
    is_start = np.ones(len(kept), bool)
    is_start[1:] = ~_follow(left, right, y, size)
    is_start[list(breaks)] = True
    starts = np.flatnonzero(is_start)
    low, high = np.minimum.reduceat, np.maximum.reduceat
    edges = [low(left, starts), high(right, starts), low(bottom, starts), high(top, starts)]
    is_even = low(size, starts) == high(size, starts)
    ends = [*starts[1:].tolist(), len(kept)]
    boxes = np.stack(edges, axis=1).tolist()
    runs = []
    for start, end, even, box in zip(starts.tolist(), ends, is_even.tolist(), boxes, strict=True):
        own, first = list(kept[start:end]), kept[start]
        runs.append(Run(own, box[0], box[1], box[2], box[3], first.y, first.size) if even else Run.of(own))
    return runs


def _values(glyphs: Sequence[Glyph], name: str) -> NDArray[np.float64]:
    return np.fromiter(map(attrgetter(name), glyphs), np.float64, len(glyphs))


def _may_be_doubled(glyphs: Sequence[Glyph]) -> bool:
    """Whether a character may be repeated so near to it that it only looks bold."""
    reach = _DOUBLED * _values(glyphs, "size")
    x, y = _values(glyphs, "x"), _values(glyphs, "y")
    # Code point, row and place are one number of 63 bits, because sorting three columns takes longer.
    codes = np.fromiter(map(ord, map(attrgetter("text"), glyphs)), np.int64, len(glyphs)) << 42
    places = np.clip(x * _FINE + 2**25, 0, 2**26 - 1).astype(np.int64)
    band = 2 * max(reach.max(initial=0.0), 0.1)
    for shift in (0.0, 0.5):
        rows = np.clip(y / band + shift + 2**15, 0, 2**16 - 1).astype(np.int64) << 26
        order = np.argsort(codes + rows + places)
        keys = (codes + rows)[order]
        same = np.flatnonzero(keys[1:] == keys[:-1])
        first, second = order[same], order[same + 1]
        if (np.abs(x[second] - x[first]) < np.maximum(reach[first], reach[second])).any():
            return True
    return False


def named(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield runs without the characters that no font names. At the start of a line, they are bullets."""
    for run in runs:
        if not any(map(attrgetter("unmapped"), run.glyphs)):
            yield run
            continue
        first = next((number for number, glyph in enumerate(run.glyphs) if not glyph.unmapped), None)
        known = [glyph for glyph in run.glyphs if not glyph.unmapped]
        if first is not None and 0 < first <= _BULLET_GLYPHS and is_word_gap(run.glyphs[first - 1], known[0]):
            known.insert(0, replace(run.glyphs[0], text="\u2022", right=run.glyphs[first - 1].right))
        if first is None and len(run.glyphs) <= _BULLET_GLYPHS:
            known = [replace(run.glyphs[0], text="\u2022")]
        if known:
            yield Run.of(known)


def lines_of(runs: Iterable[Run]) -> list[Line]:
    """Join the runs of one column to lines, from the top."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-run.y, run.left)):
        line = next((line for line in reversed(lines[-3:]) if _on_line(line, run)), None)
        if line is None:
            lines.append([run])
        else:
            line.append(run)
    return [line_of(rest) for line in lines if (rest := _without_marks(line))]


def _without_marks(line: Sequence[Run]) -> list[Run]:
    """Return the runs of a line without unnamed symbols, except a bullet at its start."""
    leftmost, rightmost = min(run.left for run in line), max(run.right for run in line)
    return [
        run
        for run in line
        if not (run.glyphs[0].unmapped and len(run.glyphs) == 1)
        or (len(line) > 1 and (run.left == leftmost or run.right == rightmost))
    ]


def line_of(runs: Sequence[Run]) -> Line:
    """Return the line that these runs make."""
    ordered = sorted(runs, key=lambda run: run.left)
    glyphs = _in_place(ordered)
    base = max(ordered, key=lambda run: len(run.glyphs))
    bold = sum(map(attrgetter("style.is_bold"), glyphs))
    return Line(
        list(ordered),
        _text(glyphs, base),
        min(run.left for run in ordered),
        max(run.right for run in ordered),
        min(run.bottom for run in ordered),
        max(run.top for run in ordered),
        base.y,
        base.size,
        bold / len(glyphs),
        glyphs[-1].before_blank,
    )


def _in_place(runs: Sequence[Run]) -> list[Glyph]:
    """Return the characters of runs from the left, also where some of them fill the gaps of others."""
    glyphs = [glyph for run in runs for glyph in run.glyphs]
    if all(after.left >= before.left - _OVERLAP * before.size for before, after in pairwise(glyphs)):
        return glyphs
    placed = sorted(glyphs, key=attrgetter("left"))
    is_free = all(after.left >= before.right - _OVERLAP * before.size for before, after in pairwise(placed))
    return placed if is_free and not any(unicodedata.combining(glyph.text) for glyph in glyphs) else glyphs


def _undoubled(glyphs: Sequence[Glyph]) -> Iterator[Glyph]:
    """Yield the characters without those that only make others look bold."""
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    for glyph in glyphs:
        text, reach = glyph.text, _DOUBLED * glyph.size
        left, right = int((glyph.x - reach) // _CELL), int((glyph.x + reach) // _CELL)
        low, high = int((glyph.y - reach) // _CELL), int((glyph.y + reach) // _CELL)
        if left == right and low == high:
            near = seen.setdefault((text, left, low), [])
        else:
            cells = ((text, column, row) for column in (left, right) for row in (low, high))
            near = [other for cell in cells for other in seen.get(cell, ())]
        if not near or not any(_is_double(other, glyph, reach) for other in near):
            seen.setdefault((text, int(glyph.x // _CELL), int(glyph.y // _CELL)), []).append(glyph)
            yield glyph


def _is_double(other: Glyph, glyph: Glyph, reach: float) -> bool:
    """Whether a character repeats another. The letters of a ligature share one place and are no doubles."""
    is_ligature = glyph.index - other.index <= 2 and glyph.x == other.x  # noqa: PLR2004 - at most three letters
    return not is_ligature and abs(other.x - glyph.x) < reach and abs(other.y - glyph.y) < reach


def _follow(
    left: NDArray[np.float64], right: NDArray[np.float64], y: NDArray[np.float64], sizes: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return whether each character but the first continues the run of the one before."""
    size, smaller = np.maximum(sizes[:-1], sizes[1:]), np.minimum(sizes[:-1], sizes[1:])
    gap, backwards = left[1:] - right[:-1], left[:-1] - right[1:]
    apart = np.abs(y[1:] - y[:-1])
    beside = (gap > -0.5 * size) & (gap < _RUN_GAP * size)
    beside |= (backwards > -0.5 * size) & (backwards < _RUN_GAP * size)
    script = (smaller < _SCRIPT_SIZE * size) & (apart < 0.7 * size) & (gap > -0.3 * size) & (gap < 0.5 * size)
    return np.where(apart <= _SAME_BASELINE * size, beside, script)


def _on_line(line: Sequence[Run], run: Run) -> bool:
    base = max(line, key=lambda other: other.size)
    size = max(base.size, run.size)
    if abs(base.y - run.y) <= _SAME_BASELINE * size:
        return True
    overlap = min(base.top, run.top) - max(base.bottom, run.bottom)
    is_script = min(base.size, run.size) < _SCRIPT_SIZE * size
    return is_script and overlap > 0.4 * min(base.top - base.bottom, run.top - run.bottom)


def _text(glyphs: Sequence[Glyph], base: Run) -> str:
    """Return the text of a line, with blanks, superscripts and subscripts, and a soft hyphen at its end."""
    ordered = reading_order(glyphs)
    smallest = _SCRIPT_SIZE * base.size
    letters = list(map(attrgetter("text"), ordered))
    gaps = word_gaps(ordered)
    end = SOFT_HYPHEN if letters and letters[-1] == SOFT_HYPHEN else ""
    if min(map(attrgetter("size"), ordered), default=smallest) >= smallest:
        if max(letters, default="") >= _FIRST_EXPANDED:
            letters = list(map(expanded, letters))
        return (
            "".join(" " + letter if is_gap else letter for letter, is_gap in zip(letters, gaps, strict=True))
            + end
        )
    text = InlineText()
    script, part = "", ""
    for glyph, is_gap in zip(ordered, gaps, strict=True):
        blank = " " if is_gap else ""
        now = _script(glyph, base) if glyph.size < smallest else ""
        if now == script:
            part += blank + (glyph.text if glyph.text < _FIRST_EXPANDED else expanded(glyph.text))
            continue
        text.add(part)
        if script:
            text.end(script)
        text.add(blank)
        if now:
            text.start(now)
        script, part = now, expanded(glyph.text)
    text.add(part)
    return text.text() + end


def _script(glyph: Glyph, base: Run) -> str:
    """Return whether a small character is a superscript or subscript."""
    rise = (glyph.y - base.y) / base.size
    return "sup" if rise > 0.2 else "sub" if rise < -0.08 else ""  # noqa: PLR2004


def expanded(text: str) -> str:
    """Return ligatures and presentation forms as plain letters."""
    if text < _FIRST_EXPANDED:
        return text
    if any(first <= text <= last for first, last in _PRESENTATION_FORMS):
        return unicodedata.normalize("NFKC", text)
    return "" if text in f"{SOFT_HYPHEN}\u200b\ufeff" else text
