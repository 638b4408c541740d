"""Find the bullets that are drawn as small shapes and are no characters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pypdfium2.raw as c

from normqa.load.pdf.page.painted import Painted
from normqa.load.pdf.page.text.lines import Line

_SMALLEST, _LARGEST = 1.0, 16.0
"""Sides of a bullet in points."""

_SMALL, _LARGE = 0.12, 1.0
"""The same, as shares of the font size."""

_ROUND = 1.6
"""A bullet is at most so many times as wide as high, or as high as wide."""

_GAP = 2.5
"""Distance of a bullet from its line in font sizes, at most."""

_BAND = 12.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape that may be a bullet."""

    left: float
    right: float
    bottom: float
    top: float


def marks_of(objects: Iterable[Painted]) -> list[Mark]:
    """Return the shapes that may be bullets."""
    return [
        Mark(found.left, found.right, found.bottom, found.top)
        for found in objects
        if found.kind in {c.FPDF_PAGEOBJ_PATH, c.FPDF_PAGEOBJ_IMAGE, c.FPDF_PAGEOBJ_FORM}
        and _is_small(found.right - found.left, found.top - found.bottom)
    ]


def _is_small(width: float, height: float) -> bool:
    return (
        min(width, height) >= _SMALLEST
        and max(width, height) <= _LARGEST
        and max(width, height) <= _ROUND * min(width, height)
    )


def with_bullets(lines: Sequence[Line], marks: Sequence[Mark]) -> list[Line]:
    """Return lines with a bullet before each that a mark is beside.

    Args:
        lines: The lines of a column.
        marks: The marks of its page.
    """
    bands: dict[int, list[Mark]] = {}
    for mark in marks:
        bands.setdefault(int((mark.bottom + mark.top) / 2 // _BAND), []).append(mark)
    return [_with_bullet(line, bands) for line in lines] if bands else list(lines)


def _with_bullet(line: Line, bands: dict[int, list[Mark]]) -> Line:
    low, high = int(line.y // _BAND), int((line.y + line.size) // _BAND)
    near = (mark for band in range(low, high + 1) for mark in bands.get(band, ()))
    left = min((mark.left for mark in near if _is_bullet(mark, line)), default=None)
    return line if left is None else replace(line, text=f"\u2022 {line.text}", left=left)


def _is_bullet(mark: Mark, line: Line) -> bool:
    return (
        _SMALL * line.size <= mark.right - mark.left <= _LARGE * line.size
        and 0.0 <= line.left - mark.right <= _GAP * line.size
        and 0.0 <= (mark.bottom + mark.top) / 2 - line.y <= 0.7 * line.size
    )
