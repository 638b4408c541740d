"""Find the characters of a page that a reader cannot see.

A character is visible if painting it changes the page: the page is rendered with and without its text, and
the two pictures must differ in the character's box. Pages on which nothing can hide text are not rendered.
"""

from collections.abc import Sequence
from contextlib import closing
from itertools import groupby

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c

from normqa.load.pdf.page.boxes import shown_matrix
from normqa.load.pdf.page.glyphs import INVISIBLE, Glyph
from normqa.load.pdf.page.painted import Painted

_LIGHT = 200
"""Text whose darkest channel is below this is seen on white paper."""

_UNPAINTED = frozenset({INVISIBLE, 7})
"""Text render modes that paint nothing; 7 only clips."""

_OPAQUE = 200
_MIN_SIZE = 1.5
_DIFFERENT = 24
"""Pixels that differ by less than this, from 0 to 255, look the same."""

_TOUCH = 0.1
"""Shapes that share less than this with the box of a character, in points, only touch it."""

_MAX_PAIRS = 1_000_000

_LEGIBLE = 6.0
"""Font size in pixels at which every character changes its picture."""

_MAX_PIXELS = 16_000_000


def hidden_glyphs(
    page: pdfium.PdfPage,
    glyphs: Sequence[Glyph],
    objects: Sequence[Painted],
    *,
    has_annotations: bool,
    keep_invisible: bool,
) -> set[int]:
    """Return the indexes of the characters that cannot be seen.

    The page cannot be used for anything else afterwards: its text is gone.

    Args:
        page: The page.
        glyphs: Its characters.
        objects: What is painted on it.
        has_annotations: Whether it has annotations other than links.
        keep_invisible: Whether text that is not painted counts, because it is the recognised text of a scan.
    """
    left, bottom, right, top = page.get_bbox()
    hidden, doubtful = set(), []
    for glyph in glyphs:
        style = glyph.style
        x, y = (glyph.left + glyph.right) / 2, glyph.middle
        if not (left <= x <= right and bottom <= y <= top):
            hidden.add(glyph.index)
        elif style.mode in _UNPAINTED:
            if not keep_invisible:
                hidden.add(glyph.index)
        elif style.size < _MIN_SIZE or style.color[3] == 0:
            hidden.add(glyph.index)
        else:
            doubtful.append(glyph)
    if doubtful and (has_annotations or _may_hide(page, doubtful, objects)):
        hidden |= _unchanged(page, doubtful, objects)
    return hidden


def _may_hide(page: pdfium.PdfPage, glyphs: Sequence[Glyph], objects: Sequence[Painted]) -> bool:
    """Whether something in the content of the page could hide text."""
    styles = {id(glyph.style): glyph.style for glyph in glyphs}.values()
    if any(
        min(style.color[:3]) > _LIGHT or style.color[3] < _OPAQUE or style.mode != 0 for style in styles
    ) or c.FPDFPage_HasTransparency(page.raw):
        return True
    covers = [found for found in objects if found.kind != c.FPDF_PAGEOBJ_TEXT]
    return _overlap(glyphs, covers) or any(
        found.kind == c.FPDF_PAGEOBJ_FORM
        or c.FPDFPageObj_HasTransparency(found.handle)
        or found.is_optional()
        or found.is_cut()
        for found in objects
    )


def _overlap(glyphs: Sequence[Glyph], covers: Sequence[Painted]) -> bool:
    """Whether a character is over or under something else, or so much is painted that this is not known."""
    if not covers:
        return False
    if len(glyphs) * len(covers) > _MAX_PAIRS:
        return True
    boxes = np.array([(glyph.left, glyph.bottom, glyph.right, glyph.top) for glyph in glyphs])[:, None]
    areas = np.array([(cover.left, cover.bottom, cover.right, cover.top) for cover in covers])[None]
    shared = np.minimum(boxes[..., 2:], areas[..., 2:]) - np.maximum(boxes[..., :2], areas[..., :2])
    return bool((shared > _TOUCH).all(axis=2).any())


def _unchanged(page: pdfium.PdfPage, glyphs: Sequence[Glyph], objects: Sequence[Painted]) -> set[int]:
    """Return the indexes of the characters in whose boxes the page without text looks the same."""
    changed = _changed_by_text(page, _scale(page, glyphs), objects)
    height, width = changed.shape
    to_pixels = shown_matrix(page, width, height, step=100, fine=1000)
    boxes = _pixel_boxes(glyphs, to_pixels, width, height)
    seen = {
        glyph.index: bool(changed[y0:y1, x0:x1].any())
        for glyph, (x0, y0, x1, y1) in zip(glyphs, boxes.tolist(), strict=True)
    }
    hidden: set[int] = set()
    for _, same in groupby(glyphs, key=lambda glyph: (id(glyph.style), round(glyph.y))):
        run = list(same)
        if 2 * sum(seen[glyph.index] for glyph in run) < len(run):
            hidden.update(glyph.index for glyph in run)
    return hidden


def _scale(page: pdfium.PdfPage, glyphs: Sequence[Glyph]) -> float:
    """Return pixels per point: enough for the smallest text, on any size of page."""
    width, height = page.get_size()
    scale = min(max(_LEGIBLE / min(glyph.size for glyph in glyphs), 1.0), 3.0)
    return float(min(scale, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5))


def _changed_by_text(page: pdfium.PdfPage, scale: float, objects: Sequence[Painted]) -> np.ndarray:
    """Return which pixels differ with and without text, shape (height, width)."""
    with closing(_picture(page, scale)) as bitmap:
        for found in objects:
            if found.kind == c.FPDF_PAGEOBJ_TEXT:
                c.FPDFTextObj_SetTextRenderMode(found.handle, INVISIBLE)
        with closing(_picture(page, scale)) as bare:
            before, after = bitmap.to_numpy(), bare.to_numpy()
            rows, columns = np.nonzero(before.view(np.uint32)[..., 0] != after.view(np.uint32)[..., 0])
            apart = np.abs(before[rows, columns, :3].astype(np.int16) - after[rows, columns, :3])
            changed = np.zeros(before.shape[:2], dtype=bool)
    far = apart.max(axis=1, initial=0) > _DIFFERENT
    changed[rows[far], columns[far]] = True
    return changed


def _pixel_boxes(glyphs: Sequence[Glyph], to_pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return left, top, right and bottom of each character in pixels, shape (characters, 4)."""
    low = np.array([(glyph.left, glyph.bottom, 1.0) for glyph in glyphs]) @ to_pixels
    high = np.array([(glyph.right, glyph.top, 1.0) for glyph in glyphs]) @ to_pixels
    start, end = np.floor(np.minimum(low, high)), np.ceil(np.maximum(low, high))
    thin = end - start < 2  # noqa: PLR2004 - a dash may be painted beside its box
    start, end = start - thin, end + thin
    limits = np.array([width, height])
    return np.hstack([np.clip(start, 0, limits), np.clip(end, 0, limits)]).astype(int)


def _picture(page: pdfium.PdfPage, scale: float) -> pdfium.PdfBitmap:
    return page.render(scale=scale, may_draw_forms=False, prefer_bgrx=True)
