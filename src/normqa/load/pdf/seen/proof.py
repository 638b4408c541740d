"""Find characters that can certainly be seen, without rendering the page.

A character can be seen if what is under it differs from its colour, if nothing over it covers much of it, and
if nothing else can keep it from being painted. Whatever is not known for certain is no proof.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.characters import Characters
from normqa.load.pdf.page.native import ADDRESS, INTEGER, native
from normqa.load.pdf.page.painted import Painted
from normqa.load.pdf.page.style import Style
from normqa.load.pdf.page.text.letters import ALPHANUMERIC, kinds_of
from normqa.load.pdf.seen.outlines import Outlines
from normqa.load.pdf.seen.shapes import UNKNOWN, Color, clip_of, is_solid, shape_of

_WHITE = (255, 255, 255)
CONTRAST = 55
"""Colours of which no channel differs by so much, from 0 to 255, may look the same."""

_CLIPS = 4
"""The first text render mode that clips what is painted later."""

_TOUCH = 0.1
"""Shapes that share less than this with the box of a character, in points, only touch it."""

_COVERED = 0.3
"""A character of which less than this share is covered can be read."""

_STRIP = 0.1
"""A character of which less than this share is inside its clip cannot be read."""

_INSIDE = 0.5
"""A character is inside a shape if at most so many points of it are outside."""

_MAX_PAIRS = 2_000_000
_MAX_COVERS = 200
_THIN = 0.3
_DOT = 0.02
"""Letters and digits fill at least this share of an em square."""

_LARGE = 1.5
"""Characters that fill so many em squares of most others may cover them."""

_MAX_LARGE = 100
_KERNING = 1.0
"""Words beside each other may overlap by so many points."""


_HAS_TRANSPARENCY = native(c.FPDFPageObj_HasTransparency, INTEGER, ADDRESS)
_COUNT_MARKS = native(c.FPDFPageObj_CountMarks, INTEGER, ADDRESS)
_MARK = native(c.FPDFPageObj_GetMark, ADDRESS, ADDRESS, ctypes.c_ulong)
_MARK_NAME = native(c.FPDFPageObjMark_GetName, INTEGER, ADDRESS, ADDRESS, ctypes.c_ulong, ADDRESS)
_MODE = native(c.FPDFTextObj_GetTextRenderMode, INTEGER, ADDRESS)
_OPTIONAL = "OC\0".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Doubts:
    """Which characters are not certain to be seen, by what may hide them. Each has one doubt at most.

    Attributes:
        clip: What their text is clipped to: at most a strip of them is inside.
        any: Anything else.
        ground: What is under them, whose colour is not known. Their own colour is.
        text: Another text.
    """

    clip: NDArray[np.bool_]
    any: NDArray[np.bool_]
    ground: NDArray[np.bool_]
    text: NDArray[np.bool_]


def doubts_of(
    page: pdfium.PdfPage,
    characters: Characters,
    objects: Sequence[Painted],
    annotations: NDArray[np.float64],
    outlines: Outlines,
) -> Doubts:
    """Return what may hide the characters of a page.

    Args:
        page: The page.
        characters: Its characters.
        objects: What is painted on it.
        annotations: The boxes of what annotations paint over it, shape (annotations, 4).
        outlines: Measures the letters of its fonts.
    """
    glyphs = characters.glyphs
    styles, owners = glyphs.styles, glyphs.owners
    none = np.zeros(len(owners), bool)
    modes = [_MODE(found.address) for found in objects if found.kind == c.FPDF_PAGEOBJ_TEXT]
    if len(annotations) > _MAX_COVERS or max(modes, default=0) >= _CLIPS:
        return Doubts(none, ~none, none, none)
    orders = {found.address: order for order, found in enumerate(objects) if not found.is_inside_form}
    texts = characters.text_objects
    plain = np.array(
        [
            found in orders and _is_plain(page, found, style)
            for found, style in zip(texts, styles, strict=True)
        ],
        bool,
    )
    plain &= outlines.paint_something(characters)
    ink = _solid(characters.ink)
    inside = _share_inside(texts, plain, owners, ink)
    seen = plain[owners] & _has_outline(characters) & (inside >= 1 - _COVERED)
    for box in annotations:
        seen &= ~(_shared(ink, box) > 0).all(axis=1)
    order = np.array([orders.get(found, -1) for found in texts], np.int64)[owners]
    colors = np.array([style.color[:3] for style in styles], np.int64).reshape(-1, 3)[owners]
    ground = _Ground(page, ink, owners, order, colors)
    if not seen.any() or not ground.paint(objects):
        return Doubts(none, ~none, none, none)
    seen &= ground.stands_out & (ground.covered < _COVERED)
    meets = seen & _meets_others(characters, ink)
    unknown = seen & ground.is_unknown & ~meets
    clipped = inside < _STRIP
    return Doubts(clipped, ~seen & ~clipped, unknown, meets)


def _is_plain(page: pdfium.PdfPage, text_object: int, style: Style) -> bool:
    """Whether nothing but its place and what is painted there can hide a text."""
    return (
        style.mode == 0
        and not _HAS_TRANSPARENCY(text_object)
        and is_solid(page, text_object, style.color)
        and not is_optional(text_object)
    )


def is_optional(address: int) -> bool:
    """Whether an object belongs to a layer, which may be switched off."""
    count = _COUNT_MARKS(address)
    if not count:
        return False
    name, length = ctypes.create_string_buffer(16), ctypes.c_ulong()
    target, size = ctypes.addressof(name), ctypes.addressof(length)
    for index in range(count):
        _MARK_NAME(_MARK(address, index), target, len(name), size)
        if name.raw[: length.value] == _OPTIONAL:
            return True
    return False


def _solid(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return boxes that are at least as wide and high as a thin line."""
    thin = np.maximum(0.0, _THIN - (boxes[:, 2:] - boxes[:, :2])) / 2
    return np.hstack([boxes[:, :2] - thin, boxes[:, 2:] + thin])


def _areas(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    width, height = (boxes[:, 2:] - boxes[:, :2]).T
    return np.asarray(width * height, np.float64)


def _shared(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return width and height of what boxes share with others; below zero if they share nothing."""
    return np.minimum(boxes[..., 2:], others[..., 2:]) - np.maximum(boxes[..., :2], others[..., :2])


def _touching(boxes: NDArray[np.float64], others: NDArray[np.float64], least: float) -> NDArray[np.bool_]:
    """Return which boxes share more than this width and height with which others.

    Args:
        boxes: The boxes, which are larger than that.
        others: The others.
        least: The width and height.
    """
    left, bottom, right, top = boxes[:, :, None].transpose(1, 0, 2)
    touching = (right > others[:, 0] + least) & (left < others[:, 2] - least)
    touching &= (top > others[:, 1] + least) & (bottom < others[:, 3] - least)
    return np.asarray(touching & (others[:, 2:] - others[:, :2] > least).all(axis=1), bool)


def _shared_areas(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    width, height = np.maximum(_shared(boxes, others), 0).T
    return np.asarray(width * height, np.float64)


def _has_outline(characters: Characters) -> NDArray[np.bool_]:
    """Return which characters have an outline that is no dot, as far as its box says."""
    glyphs = characters.glyphs
    is_dot = _areas(characters.ink) < _DOT * glyphs.sizes**2
    return ~(is_dot & (kinds_of(glyphs.codes) & ALPHANUMERIC > 0))


def _share_inside(
    texts: Sequence[int], plain: NDArray[np.bool_], owners: NDArray[np.int64], ink: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how much of each character is inside what its text is clipped to; NaN if this is not known."""
    clips = [
        clip_of(found) if is_plain else None for found, is_plain in zip(texts, plain.tolist(), strict=True)
    ]
    boxes = np.array([clip or 4 * [np.nan] for clip in clips], np.float64).reshape(-1, 4)[owners]
    return _shared_areas(ink, boxes) / _areas(ink)


def _meets_others(characters: Characters, ink: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which characters are over or under another one, which may cover them."""
    if not _may_meet(characters, ink):
        return np.zeros(len(ink), bool)
    area = _areas(ink)
    centers = (ink[:, :2] + ink[:, 2:]) / 2
    meeting: list[NDArray[np.int64]] = []
    glyphs = characters.glyphs
    large = np.flatnonzero(area > _LARGE * np.median(glyphs.sizes) ** 2)
    for number in large[:_MAX_LARGE].tolist():
        inside = np.flatnonzero((_shared(np.hstack([centers, centers]), ink[number]) >= 0).all(axis=1))
        meeting += [inside] if len(inside) > 1 else []
    if len(large) > _MAX_LARGE:
        return np.ones(len(ink), bool)
    band = max(1.0, float(np.median(ink[:, 3] - ink[:, 1])))
    for shift in (0.0, 0.5):
        order = np.lexsort([centers[:, 0], np.floor(centers[:, 1] / band + shift)])
        first, second = order[:-1], order[1:]
        both = _shared_areas(ink[first], ink[second])
        is_other = (glyphs.codes[first] != glyphs.codes[second]) & (
            glyphs.origins[first] != glyphs.origins[second]
        ).any(axis=1)
        found = is_other & (both > np.minimum(area[first], area[second]) / 2)
        meeting += [first[found], second[found]]
    meets = np.zeros(len(ink), bool)
    meets[np.concatenate(meeting)] = True
    return meets


def _may_meet(characters: Characters, ink: NDArray[np.float64]) -> bool:
    """Whether text objects overlap, or one goes back over its own text, or text is turned."""
    owners = characters.glyphs.owners
    if any(style.angle for style in characters.glyphs.styles):
        return True
    goes_back = (np.diff(owners) == 0) & (np.diff(ink[:, 0]) < 0)
    texts = _hulls(ink, owners)
    if goes_back.any() or len(texts) ** 2 > _MAX_PAIRS:
        return True
    first, second = np.nonzero(_touching(texts, texts, 0.0))
    size = texts[:, 2:] - texts[:, :2]
    least = _COVERED * np.minimum(size[first], size[second])
    least[:, 0] = np.minimum(least[:, 0], _KERNING)
    return int((_shared(texts[first], texts[second]) > least).all(axis=1).sum()) > len(texts)


def _hulls(boxes: NDArray[np.float64], owners: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the box around the boxes of each owner; owners have the numbers from 0 on."""
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(owners.max(initial=-1) + 1))
    if not len(starts):
        return np.zeros((0, 4))
    low, high = boxes[order, :2], boxes[order, 2:]
    return np.hstack([np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)])


class _Ground:
    """What is under and over each character, while the objects of a page are painted one after another.

    Args:
        page: The page.
        ink: The boxes of its characters.
        owners: The number of the text object of each.
        order: The number of the object that paints each.
        colors: Their colours.

    Attributes:
        stands_out: Whether what is known to be under each character differs from it.
        is_unknown: Whether something else is under it.
        covered: Which share of it is covered.
    """

    def __init__(
        self,
        page: pdfium.PdfPage,
        ink: NDArray[np.float64],
        owners: NDArray[np.int64],
        order: NDArray[np.int64],
        colors: NDArray[np.int64],
    ) -> None:
        self._page = page
        self._ink = ink
        self._owners = owners
        self._order = order
        self._colors = colors
        self.stands_out = self._differs(np.arange(len(ink)), _WHITE)
        self.is_unknown = np.zeros(len(ink), bool)
        self.covered = np.zeros(len(ink))

    def paint(self, objects: Sequence[Painted]) -> bool:
        """Paint the objects of the page, and return whether they are few enough."""
        covers = [
            (order, found)
            for order, found in enumerate(objects)
            if found.kind != c.FPDF_PAGEOBJ_TEXT and not found.is_inside_form
        ]
        if not covers:
            return True
        boxes = np.array([(found.left, found.bottom, found.right, found.top) for _, found in covers])
        texts = _hulls(self._ink, self._owners)
        if len(texts) * len(boxes) > _MAX_PAIRS:
            return False
        meeting = _touching(texts, boxes, _TOUCH)
        numbers = np.flatnonzero(meeting.any(axis=0)).tolist()
        for number in numbers[:_MAX_COVERS]:
            near = np.flatnonzero(meeting[self._owners, number])
            self._paint(*covers[number], boxes[number], near)
        return len(numbers) <= _MAX_COVERS

    def _paint(self, order: int, found: Painted, box: NDArray[np.float64], near: NDArray[np.int64]) -> None:
        """Paint an object.

        Args:
            order: Its number.
            found: The object.
            box: The box around it.
            near: The numbers of the characters that it may touch.
        """
        is_plain = found.kind == c.FPDF_PAGEOBJ_PATH and not _HAS_TRANSPARENCY(found.address)
        shape = shape_of(self._page, found.address) if is_plain else UNKNOWN
        ink, is_over = self._ink[near], order > self._order[near]
        touched = np.zeros(len(near), bool)
        for part in np.array(shape.boxes) if shape.boxes else box[None]:
            shared = _shared(ink, part)
            touched |= (shared > _TOUCH).all(axis=1)
            self.covered[near] += is_over * _shared_areas(ink, part) / _areas(ink)
        under = near[touched & ~is_over]
        if not shape.colors:
            self.is_unknown[under] = True
            return
        self.stands_out[under] &= self._differs(under, *shape.colors)
        if shape.is_rectangle and not is_optional(found.address) and (clip := clip_of(found.address)):
            box = np.concatenate([np.maximum(box[:2], clip[:2]), np.minimum(box[2:], clip[2:])])
            is_inside = ~is_over & (ink[:, :2] >= box[:2] - _INSIDE).all(axis=1)
            inside = near[is_inside & (ink[:, 2:] <= box[2:] + _INSIDE).all(axis=1)]
            self.stands_out[inside] = self._differs(inside, *shape.colors)
            self.is_unknown[inside] = False

    def _differs(self, numbers: NDArray[np.int64], *colors: Color) -> NDArray[np.bool_]:
        """Return which characters have a colour that differs from all of these."""
        apart = np.abs(self._colors[numbers, None] - np.array(colors)[None]).max(axis=2)
        return np.asarray((apart >= CONTRAST).all(axis=1), bool)
