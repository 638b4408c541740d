"""Read the shapes of paths and clips: rectangles and straight lines."""

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.native import ADDRESS, INTEGER, address_of, native, written

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

Color = tuple[int, int, int]
"""Red, green, blue."""

_MAX_POINTS = 12
"""Paths with more points are looked at as a whole."""

_RECTANGLE = (4, 5)
"""Points of a rectangle, with or without the first at its end."""

_EVEN = 0.05
"""Difference in points between edges that count as one."""

_HAIRLINE = 0.5
_BROAD = 6.0
"""Broader lines are looked at as a whole, because they reach beyond their ends."""

_OPAQUE = 255
_SEGMENT = native(c.FPDFPath_GetPathSegment, ADDRESS, ADDRESS, INTEGER)
_POINT = native(c.FPDFPathSegment_GetPoint, INTEGER, ADDRESS, ADDRESS, ADDRESS)
_SEGMENT_TYPE = native(c.FPDFPathSegment_GetType, INTEGER, ADDRESS)
_CLOSES = native(c.FPDFPathSegment_GetClose, INTEGER, ADDRESS)
_CLIP = native(c.FPDFPageObj_GetClipPath, ADDRESS, ADDRESS)
_CLIP_PATHS = native(c.FPDFClipPath_CountPaths, INTEGER, ADDRESS)
_CLIP_POINTS = native(c.FPDFClipPath_CountPathSegments, INTEGER, ADDRESS, INTEGER)
_CLIP_SEGMENT = native(c.FPDFClipPath_GetPathSegment, ADDRESS, ADDRESS, INTEGER, INTEGER)
_COUNT_POINTS = native(c.FPDFPath_CountSegments, INTEGER, ADDRESS)
_DRAW_MODE = native(c.FPDFPath_GetDrawMode, INTEGER, ADDRESS, ADDRESS, ADDRESS)
_STROKE_WIDTH = native(c.FPDFPageObj_GetStrokeWidth, INTEGER, ADDRESS, ADDRESS)
_FILL = native(c.FPDFPageObj_GetFillColor, INTEGER, ADDRESS, *4 * [ADDRESS])
_STROKE = native(c.FPDFPageObj_GetStrokeColor, INTEGER, ADDRESS, *4 * [ADDRESS])
_FILL_PATTERN = native(c.FPDFPageObj_GetRenderedFillPattern, ADDRESS, ADDRESS, ADDRESS)
_STROKE_PATTERN = native(c.FPDFPageObj_GetRenderedStrokePattern, ADDRESS, ADDRESS, ADDRESS)
_DESTROY = native(c.FPDFBitmap_Destroy, None, ADDRESS)
_PATH_MATRIX = native(c.FPDFPageObj_GetMatrix, INTEGER, ADDRESS, ADDRESS)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a path paints.

    Attributes:
        boxes: Boxes around its parts; empty if only the box around all of it is known.
        is_rectangle: Whether it fills the whole box around it.
        colors: Its colours, as red, green and blue; none if they are not known.
    """

    boxes: tuple[Box, ...] = ()
    is_rectangle: bool = False
    colors: tuple[Color, ...] = ()


UNKNOWN = Shape()


def is_solid(page: pdfium.PdfPage, address: int, color: Sequence[int], *, is_stroke: bool = False) -> bool:
    """Whether an object is certainly filled or stroked with an opaque colour, and not with a pattern.

    PDFium returns white for every shading, so that white may be anything.

    Args:
        page: The page of the object.
        address: Its address.
        color: Its red, green, blue and opacity, as PDFium returns them.
        is_stroke: Whether this is the colour of its stroke.
    """
    if color[3] != _OPAQUE or min(color) == _OPAQUE:
        return False
    pattern = _STROKE_PATTERN if is_stroke else _FILL_PATTERN
    if bitmap := pattern(address_of(page.pdf.raw), address):
        _DESTROY(bitmap)
        return False
    return True


def clip_of(address: int) -> Box | None:
    """Return the rectangle to which an object is clipped; None if it is clipped to another shape."""
    clip = _CLIP(address)
    left, bottom, right, top = -math.inf, -math.inf, math.inf, math.inf
    for number in range(_CLIP_PATHS(clip) if clip else 0):
        count = _CLIP_POINTS(clip, number)
        segments = list(map(_CLIP_SEGMENT, repeat(clip), repeat(number), range(max(0, count))))
        box = _rectangle(_points(segments)) if count in _RECTANGLE and _are_straight(segments) else None
        if box is None:
            return None
        left, bottom = max(left, box[0]), max(bottom, box[1])
        right, top = min(right, box[2]), min(top, box[3])
    return left, bottom, right, top


def shape_of(page: pdfium.PdfPage, address: int) -> Shape:
    """Return what a path paints."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    _DRAW_MODE(address, ctypes.addressof(fill), ctypes.addressof(stroke))
    colors, is_plain = [], True
    for is_stroke, function in ((False, _FILL), (True, _STROKE)):
        if (stroke if is_stroke else fill).value:
            color = written(function, ([address],), (1, 4), np.uint32, 4)[0].tolist()
            colors.append((color[0], color[1], color[2]))
            is_plain &= is_solid(page, address, color, is_stroke=is_stroke)
    count = _COUNT_POINTS(address)
    segments = list(map(_SEGMENT, repeat(address), range(count))) if 0 < count <= _MAX_POINTS else []
    boxes: tuple[Box, ...] = ()
    is_rectangle = False
    if segments and _are_straight(segments):
        matrix = written(_PATH_MATRIX, ([address],), (1, 6), np.float32, 1).reshape(3, 2)
        points = np.hstack([_points(segments), np.ones((count, 1))]) @ matrix
        if fill.value:
            is_rectangle = count in _RECTANGLE and _rectangle(points) is not None
        else:
            boxes = _lines(address, segments, points, matrix)
    return Shape(boxes, is_rectangle, tuple(colors) if is_plain else ())


def _are_straight(segments: list[int]) -> bool:
    """Whether a path consists of one or more series of straight lines."""
    return all(_SEGMENT_TYPE(segment) != c.FPDF_SEGMENT_BEZIERTO for segment in segments)


def _points(segments: list[int]) -> NDArray[np.float64]:
    return written(_POINT, (segments,), (len(segments), 2), np.float32, 2).astype(np.float64)


def _rectangle(points: NDArray[np.float64]) -> Box | None:
    """Return the upright rectangle that points go round; None if they go elsewhere."""
    return _rectangle_of(points.tobytes())


@lru_cache(maxsize=1024)
def _rectangle_of(coordinates: bytes) -> Box | None:
    """Return the rectangle of these coordinates. Most text of a page is clipped to the same few."""
    points = np.frombuffer(coordinates).reshape(-1, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    is_high = np.abs(points - high) < _EVEN
    corners = is_high[:4]
    on_corner = is_high | (np.abs(points - low) < _EVEN)
    turns = (corners != np.roll(corners, 1, axis=0)).sum(axis=1)
    is_closed = bool((is_high[-1] == is_high[0]).all()) or len(points) == _RECTANGLE[0]
    if not (on_corner.all() and (turns == 1).all() and len({*map(tuple, corners.tolist())}) == len(corners)):
        return None
    return (*low.tolist(), *high.tolist()) if is_closed else None


def _lines(
    address: int, segments: list[int], points: NDArray[np.float64], matrix: NDArray[np.float64]
) -> tuple[Box, ...]:
    """Return boxes around the lines of a path that is only stroked."""
    width = ctypes.c_float()
    _STROKE_WIDTH(address, ctypes.addressof(width))
    scale = max(math.hypot(*matrix[0]), math.hypot(*matrix[1]))
    half = max(width.value * scale, _HAIRLINE) / 2
    if 2 * half > _BROAD:
        return ()
    boxes: list[Box] = []
    start = 0
    for number, segment in enumerate(segments):
        if _SEGMENT_TYPE(segment) == c.FPDF_SEGMENT_MOVETO:
            start = number
            continue
        ends = [points[[number - 1, number]]]
        if _CLOSES(segment):
            ends.append(points[[number, start]])
        for pair in ends:
            low, high = pair.min(axis=0) - half, pair.max(axis=0) + half
            boxes.append((*low.tolist(), *high.tolist()))
    return tuple(boxes)
