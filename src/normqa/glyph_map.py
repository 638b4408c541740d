"""Map the characters of a text to the places on the pages of the original where a reader sees them."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import Span

_HEADER = struct.Struct("<BI")
_VERSION = 1
_COLUMNS = 6
_ROW_BYTES = 4 * _COLUMNS
_TENTHS = 10
_SAME_EDGE = 0.3
"""Boxes are on one line if their upper and lower edges differ by at most this part of their height."""

_GAP = 1.5
"""Boxes on one line belong together if they are at most this many heights apart."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from the upper left corner of the page as a reader sees it.

    Attributes:
        page: Number of the page in the file, from 1.
    """

    page: int
    left: float
    top: float
    right: float
    bottom: float


class GlyphMap:
    """The box of every character of a text that is painted on a page.

    Args:
        table: A row for each such character in the order of the text, shape (characters, 6): its offset in
            the text, its page from 1, and left, top, right and bottom of its box in tenths of a point.
    """

    def __init__(self, table: NDArray[np.int32]) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def boxes(self, span: Span) -> list[Box]:
        """Return the boxes of the characters of a span, joined along each line."""
        first, last = np.searchsorted(self._table[:, 0], [span.start, span.end])
        return list(_joined(self._table[first:last, 1:]))

    def to_bytes(self) -> bytes:
        """Return the map in compact form: differences between neighbours, compressed."""
        offset, page, left, top, right, bottom = self._table.T
        after = np.concatenate([[0], right[:-1]])  # a character usually starts where the one before it ends
        steps = [np.diff(column, prepend=0) for column in (offset, page, top, bottom)]
        columns = np.array([*steps, left - after, right - left], dtype="<i4")
        planes = columns.view(np.uint8).reshape(_COLUMNS, -1, 4).transpose(0, 2, 1)
        return _HEADER.pack(_VERSION, len(self)) + zlib.compress(planes.tobytes(), 9)

    @classmethod
    def from_bytes(cls, raw: bytes, characters: int) -> "GlyphMap":
        """Return the map that was written by :meth:`to_bytes`.

        Args:
            raw: The compact form.
            characters: Length of the text.

        Raises:
            ValueError: If it is malformed.
        """
        try:
            version, rows = _HEADER.unpack_from(raw)
            if version != _VERSION or rows > characters:
                raise ValueError("it has another version, or more characters than the text")
            content = zlib.decompressobj().decompress(raw[_HEADER.size :], rows * _ROW_BYTES + 1)
        except (struct.error, zlib.error) as error:
            raise ValueError(str(error)) from error
        if len(content) != rows * _ROW_BYTES:
            raise ValueError("its length is wrong")
        planes = np.frombuffer(content, np.uint8).reshape(_COLUMNS, 4, rows).transpose(0, 2, 1)
        offset, page, top, bottom, gap, width = np.ascontiguousarray(planes).view("<i4")[..., 0]
        right = np.cumsum(gap + width)
        absolute = map(np.cumsum, (offset, page, top, bottom))
        offset, page, top, bottom = absolute
        return cls(np.stack([offset, page, right - width, top, right, bottom], axis=1).astype(np.int32))


def _joined(rows: NDArray[np.int32]) -> Iterator[Box]:
    current: list[int] | None = None
    for page, left, top, right, bottom in rows.tolist():
        if current and current[0] == page and _adjoins(current, left, top, right, bottom):
            current[1:] = [
                min(current[1], left),
                min(current[2], top),
                max(current[3], right),
                max(current[4], bottom),
            ]
        else:
            if current:
                yield _box(current)
            current = [page, left, top, right, bottom]
    if current:
        yield _box(current)


def _adjoins(current: list[int], left: int, top: int, right: int, bottom: int) -> bool:
    _, left_edge, upper, right_edge, lower = current
    height = max(lower - upper, bottom - top)
    apart = max(abs(top - upper), abs(bottom - lower))
    gap = max(left - right_edge, left_edge - right)
    return apart <= _SAME_EDGE * height and gap <= _GAP * height


def _box(values: list[int]) -> Box:
    page, *edges = values
    left, top, right, bottom = (edge / _TENTHS for edge in edges)
    return Box(page, left, top, right, bottom)
