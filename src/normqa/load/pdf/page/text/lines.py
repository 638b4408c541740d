"""Join the runs of a page to lines of text, whatever their order in the file."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import attrgetter

import numpy as np

from normqa.load.inline import InlineText
from normqa.load.pdf.page.glyphs import Glyphs, Numbers, text_of
from normqa.load.pdf.page.text.letters import EXPANDS, SOFT_HYPHEN, expanded, kinds_of
from normqa.load.pdf.page.text.reading_order import lines_in_reading_order
from normqa.load.pdf.page.text.runs import SAME_BASELINE, SCRIPT_SIZE, Run
from normqa.load.pdf.page.text.word_gaps import word_gaps

_RIGHT, _BOTTOM, _TOP, _SIZE = map(attrgetter, ("right", "bottom", "top", "size"))
_OVERLAP = 0.3
"""Characters beside each other overlap by at most this share of the font size."""


@dataclass(slots=True, eq=False)
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

    @property
    def glyphs(self) -> Glyphs:
        """The characters of its page."""
        return self.runs[0].glyphs

    @property
    def numbers(self) -> Numbers:
        """Its own characters, from the left."""
        return np.concatenate([run.numbers for run in self.runs])


def lines_of(runs: Iterable[Run]) -> list[Line]:
    """Join the runs of one column to lines, from the top."""
    return lines_from(grouped(runs))


def grouped(runs: Iterable[Run]) -> list[list[Run]]:
    """Group the runs of one column by line, from the top."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-run.y, run.left)):
        line = next((line for line in reversed(lines[-3:]) if _on_line(line, run)), None)
        if line is None:
            lines.append([run])
        else:
            line.append(run)
    return [rest for line in lines if (rest := _without_marks(line))]


def _on_line(line: Sequence[Run], run: Run) -> bool:
    base = max(line, key=_SIZE)
    size = max(base.size, run.size)
    if abs(base.y - run.y) <= SAME_BASELINE * size:
        return True
    overlap = min(base.top, run.top) - max(base.bottom, run.bottom)
    is_script = min(base.size, run.size) < SCRIPT_SIZE * size
    return is_script and overlap > 0.4 * min(base.top - base.bottom, run.top - run.bottom)


def _without_marks(line: Sequence[Run]) -> list[Run]:
    """Return the runs of a line without unnamed symbols, except a bullet at its start."""
    leftmost, rightmost = min(run.left for run in line), max(run.right for run in line)
    return [
        run
        for run in line
        if not (len(run) == 1 and run.glyphs.unmapped[run.numbers[0]])
        or (len(line) > 1 and (run.left == leftmost or run.right == rightmost))
    ]


def line_of(runs: Sequence[Run]) -> Line:
    """Return the line that these runs make."""
    return lines_from([runs])[0]


def lines_from(groups: Sequence[Sequence[Run]]) -> list[Line]:
    """Return the line that each group of runs makes."""
    if not groups:
        return []
    ordered = [sorted(runs, key=lambda run: run.left) for runs in groups]
    glyphs = ordered[0][0].glyphs
    numbers = np.concatenate([run.numbers for runs in ordered for run in runs])
    ends = np.array(list(accumulate(sum(map(len, runs)) for runs in ordered)), np.int64)
    starts = np.append(0, ends[:-1])
    _put_in_place(glyphs, numbers, starts, ends)
    is_bold = np.array([style.is_bold for style in glyphs.styles], np.int64)
    bold = np.add.reduceat(is_bold[glyphs.owners[numbers]], starts) / (ends - starts)
    ends_with_blank = glyphs.before_blank[numbers[ends - 1]]
    bases = [max(runs, key=len) for runs in ordered]
    return [
        Line(
            runs,
            text,
            runs[0].left,
            max(map(_RIGHT, runs)),
            min(map(_BOTTOM, runs)),
            max(map(_TOP, runs)),
            base.y,
            base.size,
            *others,
        )
        for runs, text, base, *others in zip(
            ordered,
            _texts(glyphs, numbers, starts, ends, bases),
            bases,
            bold.tolist(),
            ends_with_blank.tolist(),
            strict=True,
        )
    ]


def _put_in_place(glyphs: Glyphs, numbers: Numbers, starts: Numbers, ends: Numbers) -> None:
    """Sort the characters of lines from the left where some of them fill the gaps of others.

    Args:
        glyphs: The characters of a page.
        numbers: Those of the lines, run after run, which are sorted.
        starts: Where each line starts among these.
        ends: Where it ends.
    """
    left, reach = glyphs.boxes[numbers, 0], _OVERLAP * glyphs.sizes[numbers]
    goes_back = ~(left[1:] >= left[:-1] - reach[:-1])
    goes_back[starts[1:] - 1] = False
    for line in np.unique(np.searchsorted(ends, np.flatnonzero(goes_back), side="right")).tolist():
        own = numbers[starts[line] : ends[line]]
        placed = own[np.argsort(glyphs.boxes[own, 0], kind="stable")]
        left, _, right, _ = glyphs.boxes[placed].T
        is_free = (left[1:] >= right[:-1] - _OVERLAP * glyphs.sizes[placed][:-1]).all()
        if is_free and not any(map(unicodedata.combining, glyphs.text(own))):
            numbers[starts[line] : ends[line]] = placed


def _texts(
    glyphs: Glyphs, numbers: Numbers, starts: Numbers, ends: Numbers, bases: Sequence[Run]
) -> list[str]:
    """Return the texts of lines, with blanks, superscripts and subscripts, and soft hyphens at their ends.

    Args:
        glyphs: The characters of a page.
        numbers: Those of the lines, from the left.
        starts: Where each line starts among these.
        ends: Where it ends.
        bases: The run of each that sets its size and baseline.
    """
    numbers = lines_in_reading_order(glyphs, numbers, starts)
    codes, gaps = glyphs.codes[numbers], word_gaps(glyphs, numbers, starts)
    blanks = np.flatnonzero(gaps)
    whole = text_of(np.insert(codes, blanks, ord(" ")))
    before = np.searchsorted(blanks, [*starts, len(numbers)])
    bounds = (np.append(starts, len(numbers)) + before).tolist()
    texts = [whole[start:end] for start, end in pairwise(bounds)]
    smallest = SCRIPT_SIZE * np.array([base.size for base in bases])
    has_scripts = np.minimum.reduceat(glyphs.sizes[numbers], starts) < smallest
    has_scripts |= np.maximum.reduceat(kinds_of(codes) & EXPANDS, starts) > 0
    for line in np.flatnonzero(has_scripts).tolist():
        own = slice(starts[line], ends[line])
        texts[line] = _scripted(glyphs, numbers[own], gaps[own].tolist(), bases[line])
    return texts


def _scripted(glyphs: Glyphs, numbers: Numbers, gaps: Sequence[bool], base: Run) -> str:
    """Return the text of a line with superscripts and subscripts, or with letters that are written as others.

    Args:
        glyphs: The characters of a page.
        numbers: Those of the line, in reading order.
        gaps: Whether a gap between words is before each.
        base: The run that sets its size and baseline.
    """
    letters = glyphs.text(numbers)
    rises = ((glyphs.origins[numbers, 1] - base.y) / base.size).tolist()
    is_small = (glyphs.sizes[numbers] < SCRIPT_SIZE * base.size).tolist()
    text = InlineText()
    script, part = "", ""
    for letter, is_gap, small, rise in zip(letters, gaps, is_small, rises, strict=True):
        blank = " " if is_gap else ""
        now = _script(rise) if small else ""
        if now == script:
            part += blank + expanded(letter)
            continue
        text.add(part)
        if script:
            text.end(script)
        text.add(blank)
        if now:
            text.start(now)
        script, part = now, expanded(letter)
    text.add(part)
    return text.text() + (SOFT_HYPHEN if letters.endswith(SOFT_HYPHEN) else "")


def _script(rise: float) -> str:
    """Return whether a small character is a superscript or subscript, by its height above the baseline."""
    return "sup" if rise > 0.2 else "sub" if rise < -0.08 else ""  # noqa: PLR2004
