"""Find the characters of a page that a reader cannot see.

A character is visible if painting it changes the page: the page is rendered with and without its text, and
the two pictures must differ in the character's box. Pages on which nothing can hide text are not rendered.
"""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c

from normqa.load.pdf.glyphs import INVISIBLE, Glyph

_MAX_DEPTH = 8
_DARK = 110
"""Text whose brightest channel is below this is seen on white paper."""

_UNPAINTED = frozenset({INVISIBLE, 7})
"""Text render modes that paint nothing; 7 only clips."""

_OPAQUE = 200
_MIN_SIZE = 1.5
_DIFFERENT = 24
"""Pixels that differ by less than this, from 0 to 255, look the same."""

_SMALL = 7.0
_MAX_PIXELS = 16_000_000
_SCAN = 0.5
"""An image that covers this share of a page makes its invisible text the recognised text of a scan."""

_PAPER = 36.0
"""Filled areas smaller than this, in square points, hide no text."""


_Bounds = tuple[float, float, float, float]


def is_scan(page: pdfium.PdfPage) -> bool:
    """Whether an image covers most of the page."""
    width, height = page.get_size()
    return any(
        kind == c.FPDF_PAGEOBJ_IMAGE and (right - left) * (top - bottom) > _SCAN * width * height
        for kind, _, (left, bottom, right, top) in _objects(page)
    )


def hidden_glyphs(page: pdfium.PdfPage, glyphs: Sequence[Glyph], *, keep_invisible: bool) -> set[int]:
    """Return the indexes of the characters that cannot be seen.

    The page cannot be used for anything else afterwards: its text is gone.

    Args:
        page: The page.
        glyphs: Its characters.
        keep_invisible: Whether text that is not painted counts, because it is the recognised text of a scan.
    """
    left, bottom, right, top = page.get_cropbox()
    hidden, doubtful = set(), []
    for glyph in glyphs:
        x, y = (glyph.left + glyph.right) / 2, glyph.middle
        if not (left <= x <= right and bottom <= y <= top):
            hidden.add(glyph.index)
        elif glyph.mode in _UNPAINTED:
            if not keep_invisible:
                hidden.add(glyph.index)
        elif glyph.size < _MIN_SIZE or glyph.color[3] == 0:
            hidden.add(glyph.index)
        else:
            doubtful.append(glyph)
    if doubtful and _may_hide(page, doubtful):
        hidden |= _unchanged(page, doubtful)
    return hidden


def _may_hide(page: pdfium.PdfPage, glyphs: Sequence[Glyph]) -> bool:
    """Whether something on the page could hide text."""
    if any(max(glyph.color[:3]) > _DARK or glyph.color[3] < _OPAQUE or glyph.mode != 0 for glyph in glyphs):
        return True
    if c.FPDFPage_HasTransparency(page.raw):
        return True
    return any(_is_cover(kind, bounds) or _is_bounded(handle) for kind, handle, bounds in _objects(page))


def _is_cover(kind: int, bounds: _Bounds) -> bool:
    left, bottom, right, top = bounds
    is_thin = kind == c.FPDF_PAGEOBJ_PATH and (right - left) * (top - bottom) <= _PAPER
    return kind != c.FPDF_PAGEOBJ_TEXT and not is_thin


def _is_bounded(handle: object) -> bool:
    """Whether an object is clipped, or may be switched off."""
    clips = c.FPDFClipPath_CountPaths(c.FPDFPageObj_GetClipPath(handle))
    return bool(clips > 0 or c.FPDFPageObj_CountMarks(handle) > 0)


def _unchanged(page: pdfium.PdfPage, glyphs: Sequence[Glyph]) -> set[int]:
    """Return the indexes of the characters in whose boxes the page without text looks the same."""
    width, height = page.get_size()
    scale = 1.5 if min(glyph.size for glyph in glyphs) >= _SMALL else 3.0
    scale = min(scale, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    with_text = _picture(page, scale)
    for kind, handle, _ in _objects(page):
        if kind == c.FPDF_PAGEOBJ_TEXT:
            c.FPDFTextObj_SetTextRenderMode(handle, INVISIBLE)
    without = _picture(page, scale)
    changed = _differences(with_text, without)
    to_pixels = _transform(page, changed.shape[1], changed.shape[0])
    boxes = _pixel_boxes(glyphs, to_pixels, changed.shape[1], changed.shape[0])
    seen = {
        glyph.index: bool(changed[y0:y1, x0:x1].any())
        for glyph, (x0, y0, x1, y1) in zip(glyphs, boxes.tolist(), strict=True)
    }
    hidden: set[int] = set()
    for _, same in groupby(glyphs, key=lambda glyph: (glyph.font, glyph.size, glyph.color, round(glyph.y))):
        run = list(same)
        if 2 * sum(seen[glyph.index] for glyph in run) < len(run):
            hidden.update(glyph.index for glyph in run)
    return hidden


def _differences(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return which pixels differ, shape (height, width)."""
    apart = (np.maximum(first, second) - np.minimum(first, second)) > _DIFFERENT
    return np.asarray(apart[..., 0] | apart[..., 1] | apart[..., 2])


def _pixel_boxes(glyphs: Sequence[Glyph], to_pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return left, top, right and bottom of each character in pixels, shape (characters, 4)."""
    low = np.array([(glyph.left, glyph.bottom, 1.0) for glyph in glyphs]) @ to_pixels
    high = np.array([(glyph.right, glyph.top, 1.0) for glyph in glyphs]) @ to_pixels
    start, end = np.floor(np.minimum(low, high)), np.ceil(np.maximum(low, high))
    end = np.maximum(end, start + 1)
    limits = np.array([width, height])
    return np.hstack([np.clip(start, 0, limits), np.clip(end, 0, limits)]).astype(int)


def _picture(page: pdfium.PdfPage, scale: float) -> np.ndarray:
    bitmap = page.render(scale=scale, may_draw_forms=False)
    picture = bitmap.to_numpy().copy()
    bitmap.close()
    return np.asarray(picture)


def _transform(page: pdfium.PdfPage, width: int, height: int) -> np.ndarray:
    """Return the matrix, shape (3, 2), from points to pixels, with the rotation and crop of the page."""
    fine = 1000
    x, y = ctypes.c_int(), ctypes.c_int()

    def pixel(left: float, bottom: float) -> np.ndarray:
        c.FPDF_PageToDevice(page.raw, 0, 0, width * fine, height * fine, 0, left, bottom, x, y)
        return np.array([x.value, y.value]) / fine

    origin = pixel(0.0, 0.0)
    return np.array([(pixel(100.0, 0.0) - origin) / 100, (pixel(0.0, 100.0) - origin) / 100, origin])


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[int, object, _Bounds]]:
    """Yield kind, handle and bounds of every object, those inside forms too."""
    for found in page.get_objects(max_depth=_MAX_DEPTH):
        try:
            yield found.type, found.raw, found.get_bounds()
        except pdfium.PdfiumError:
            yield found.type, found.raw, (0.0, 0.0, 0.0, 0.0)
