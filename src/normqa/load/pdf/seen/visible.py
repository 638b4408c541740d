"""Find the characters of a page that a reader cannot see.

Characters that can certainly be seen are found from the objects of the page. For the others, the page is
rendered: a character is visible if painting it changes the page.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.boxes import shown_matrix
from normqa.load.pdf.page.characters import Characters
from normqa.load.pdf.page.glyphs import Glyphs
from normqa.load.pdf.page.native import ADDRESS, INTEGER, native
from normqa.load.pdf.page.painted import Painted
from normqa.load.pdf.page.style import INVISIBLE
from normqa.load.pdf.seen.outlines import Outlines
from normqa.load.pdf.seen.proof import CONTRAST, doubts_of

_UNPAINTED = frozenset({INVISIBLE, 7})
"""Text render modes that paint nothing; 7 only clips."""

_MIN_SIZE = 1.5
_DIFFERENT = 24
"""Pixels that differ by less than this, from 0 to 255, look the same."""

_LEGIBLE = 6.0
"""Font size in pixels at which every character changes its picture."""

_GROUND_SCALE = 0.3
"""Pixels a point of a picture of what is under the text."""

_MARGIN = 2
"""Pixels around a character that are looked at with it."""

_APART = 16
"""Pixels between parts of a page that are rendered by themselves."""

_MAX_PARTS = 24

_SPECKS = 0.05
"""Share of the pixels of a character that may be seen although the character cannot be read."""

_MOST = 0.5
"""Share of a word that hides all of it if it is not seen."""

_STRETCH = 3
"""Characters beside each other that are hidden if none is seen, whatever the rest of their word."""

_MAX_PIXELS = 16_000_000


_MODE = native(c.FPDFTextObj_GetTextRenderMode, INTEGER, ADDRESS)
_SET_MODE = native(c.FPDFTextObj_SetTextRenderMode, INTEGER, ADDRESS, INTEGER)


def hidden_characters(
    page: pdfium.PdfPage,
    characters: Characters,
    objects: Sequence[Painted],
    annotations: NDArray[np.float64],
    outlines: Outlines,
    *,
    keep_invisible: bool,
) -> NDArray[np.bool_]:
    """Return which characters cannot be seen.

    The page cannot be used for anything else afterwards: its text is gone.

    Args:
        page: The page.
        characters: Its characters.
        objects: What is painted on it.
        annotations: The boxes of what annotations paint over it, shape (annotations, 4).
        outlines: Measures the letters of its fonts.
        keep_invisible: Whether text that is not painted counts, because it is the recognised text of a scan.
    """
    glyphs = characters.glyphs
    styles, owners, boxes = glyphs.styles, glyphs.owners, glyphs.boxes
    is_tiny = np.array([style.extent < _MIN_SIZE or style.color[3] == 0 for style in styles], bool)[owners]
    is_unpainted = np.array([style.mode in _UNPAINTED for style in styles], bool)[owners]
    left, bottom, right, top = page.get_bbox()
    x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2).T
    is_outside = ~((left <= x) & (x <= right) & (bottom <= y) & (y <= top))
    hidden: NDArray[np.bool_] = is_outside | np.where(is_unpainted, not keep_invisible, is_tiny)
    doubts = doubts_of(page, characters, objects, annotations, outlines)
    hidden |= doubts.clip
    candidates = ~hidden & ~is_unpainted
    doubtful, ground, text = (part & candidates for part in (doubts.any, doubts.ground, doubts.text))
    if ground.any():
        doubtful[ground] |= ~_stand_out(page, characters, objects, np.flatnonzero(ground))
    groups = [np.flatnonzero(group) for group in (doubtful, text) if group.any()]
    unseen = _unseen(page, characters, objects, groups)
    return np.asarray(hidden | _beyond_doubt(glyphs, hidden | unseen), bool)


def _stand_out(
    page: pdfium.PdfPage, characters: Characters, objects: Sequence[Painted], numbers: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which characters have another colour than all of the page under them.

    Args:
        page: The page.
        characters: Its characters.
        objects: What is painted on it.
        numbers: The numbers of the characters to look at.
    """
    texts = _texts(objects)
    modes = list(map(_MODE, texts))
    _clear(texts)
    frame = _Frame.around(page, characters.glyphs.boxes[numbers], _GROUND_SCALE)
    boxes = frame.boxes(characters.glyphs.boxes[numbers])
    colors = np.array([style.color[2::-1] for style in characters.glyphs.styles])[
        characters.glyphs.owners[numbers]
    ]
    differ = np.zeros(len(numbers), bool)
    with closing(frame.picture(page)) as bitmap:
        picture = bitmap.to_numpy()[..., :3].astype(np.int16)
        for color in np.unique(colors, axis=0):
            own = (colors == color).all(axis=1)
            similar = _Sums(np.abs(picture - color).max(axis=2) < CONTRAST)
            differ[own] = similar.inside(boxes[own]) == 0
    deque(map(_SET_MODE, texts, modes), maxlen=0)
    return differ


def _unseen(
    page: pdfium.PdfPage,
    characters: Characters,
    objects: Sequence[Painted],
    groups: Sequence[NDArray[np.int64]],
) -> NDArray[np.bool_]:
    """Return which characters do not change the picture of the page, or are in a place that changes wholly.

    A place changes wholly under a character that covers others, such as a block.

    PDFium drops the characters of a text object that repeats another at its place. Such an object may be seen
    where the other is not, so that it goes with every group.

    Args:
        page: The page.
        characters: Its characters.
        objects: What is painted on it.
        groups: The numbers of characters to look at. The text of a group is gone when the next is looked at.
    """
    unseen = np.zeros(len(characters.glyphs), bool)
    if not groups:
        return unseen
    glyphs, numbers = characters.glyphs, np.concatenate(groups)
    smallest = min(glyphs.styles[owner].extent for owner in set(glyphs.owners[numbers].tolist()))
    frames = _Frame.parts(page, glyphs.boxes, numbers, min(max(_LEGIBLE / smallest, 1.0), 3.0))
    with ExitStack() as opened:
        shown = [opened.enter_context(closing(frame.picture(page))).to_numpy() for frame, _ in frames]
        _clear(_texts(objects).difference(characters.text_objects))
        for group in groups:
            _clear(characters.text_objects[owner] for owner in np.unique(glyphs.owners[group]).tolist())
            for (frame, inside), before in zip(frames, shown, strict=True):
                own = np.intersect1d(inside, group, assume_unique=True)
                if len(own):
                    with closing(frame.picture(page)) as bare:
                        differ = _differ(before, bare.to_numpy())
                    unseen[own] = _are_unseen(differ, frame.boxes(glyphs.boxes[own]))
    return unseen


def _are_unseen(differ: NDArray[np.bool_], boxes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return in which boxes pixels do not differ, or all differ.

    Args:
        differ: Which pixels of a picture differ from one without the text.
        boxes: Left, top, right and bottom of each character in it.
    """
    changed = _Sums(differ)
    around = boxes + np.array([-1, -1, 1, 1]) * _MARGIN
    is_untouched = changed.inside(boxes) <= _SPECKS * changed.area(boxes)
    return np.asarray(is_untouched | (changed.inside(around) == changed.area(around)), bool)


def _texts(objects: Sequence[Painted]) -> set[int]:
    """Return the addresses of text objects."""
    return {found.address for found in objects if found.kind == c.FPDF_PAGEOBJ_TEXT}


def _clear(texts: Iterable[int]) -> None:
    """Make text objects invisible."""
    deque(map(_SET_MODE, filter(None, texts), repeat(INVISIBLE)), maxlen=0)


def _differ(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which pixels of two pictures do not look the same."""
    differ: NDArray[np.bool_] = first.view(np.uint32)[..., 0] != second.view(np.uint32)[..., 0]
    rows, columns = np.nonzero(differ)
    apart = np.abs(first[rows, columns, :3].astype(np.int16) - second[rows, columns, :3])
    differ[rows, columns] = apart.max(axis=1, initial=0) > _DIFFERENT
    return differ


class _Sums:
    """Counts the pixels that are set in rectangles: left, top, right and bottom.

    Args:
        pixels: Which pixels are set, shape (height, width).
    """

    def __init__(self, pixels: NDArray[np.bool_]) -> None:
        height, width = pixels.shape
        self._limits = [width, height, width, height]
        self._sums = np.zeros((height + 1, width + 1), np.int32)
        np.cumsum(pixels, axis=0, dtype=np.int32, out=self._sums[1:, 1:])
        np.cumsum(self._sums, axis=1, out=self._sums)

    def inside(self, boxes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many pixels are set in each rectangle."""
        left, top, right, bottom = np.clip(boxes, 0, self._limits).T
        sums = self._sums
        return np.asarray(
            sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left], np.int64
        )

    def area(self, boxes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many pixels each rectangle has."""
        left, top, right, bottom = np.clip(boxes, 0, self._limits).T
        return np.asarray((right - left) * (bottom - top), np.int64)


def _beyond_doubt(glyphs: Glyphs, unseen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the characters of words of which most is unseen, and those of unseen stretches of other words.

    A word is text of one style on one line without a blank. A thin stroke, such as a low line, may disappear
    in a small picture although it is printed.
    """
    if not unseen.any():
        return unseen
    looks = [hash((style.size, style.angle, style.font, style.color)) for style in glyphs.styles]
    styles = np.array(looks, np.int64)[glyphs.owners]
    lines = np.round(glyphs.origins[:, 1])
    starts = glyphs.after_space | (np.diff(styles, prepend=0) != 0) | (np.diff(lines, prepend=np.inf) != 0)
    changes = np.diff(unseen, prepend=False)
    words, lengths = _counts(unseen, starts)
    stretches, _ = _counts(unseen, starts | changes)
    return np.asarray((words > _MOST * lengths) | (stretches >= _STRETCH), bool)


def _counts(
    unseen: NDArray[np.bool_], starts: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each character, how many of its group are unseen, and how many characters its group has."""
    first = np.flatnonzero(starts | (np.arange(len(starts)) == 0))
    lengths = np.diff(first, append=len(unseen))
    counts = np.add.reduceat(unseen, first, dtype=np.int64)
    return np.repeat(counts, lengths), np.repeat(lengths, lengths)


def _split(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the numbers of the intervals in each group of intervals that are near each other."""
    order = np.argsort(starts, kind="stable")
    reach = np.maximum.accumulate(ends[order])
    return np.split(order, np.flatnonzero(starts[order][1:] - reach[:-1] > _APART) + 1)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A part of a page, in pixels.

    Attributes:
        width: Width of the page in pixels.
        height: Its height.
        to_pixels: The matrix from points to pixels of the page, shape (3, 2).
        part: Left, top, right and bottom of the part.
    """

    width: int
    height: int
    to_pixels: NDArray[np.float64]
    part: tuple[int, int, int, int]

    @classmethod
    def around(cls, page: pdfium.PdfPage, boxes: NDArray[np.float64], scale: float) -> "_Frame":
        """Return the part of a page around boxes in points.

        Args:
            page: The page.
            boxes: The boxes.
            scale: Pixels a point; fewer if the picture would be too large.
        """
        whole = cls._whole(page, scale)
        return replace(whole, part=whole._around(whole.boxes(boxes)))

    @classmethod
    def parts(
        cls, page: pdfium.PdfPage, boxes: NDArray[np.float64], numbers: NDArray[np.int64], scale: float
    ) -> "list[tuple[_Frame, NDArray[np.int64]]]":
        """Return parts of a page with the characters in them.

        Args:
            page: The page.
            boxes: The boxes of its characters in points.
            numbers: The numbers of the characters to look at.
            scale: Pixels a point; fewer if the picture would be too large.
        """
        whole = cls._whole(page, scale)
        inner = whole.boxes(boxes[numbers])
        rows = _split(inner[:, 1], inner[:, 3])
        parts = [row[part] for row in rows for part in _split(inner[row, 0], inner[row, 2])]
        parts = parts if len(parts) <= _MAX_PARTS else rows
        parts = parts if len(parts) <= _MAX_PARTS else [np.arange(len(numbers))]
        return [(replace(whole, part=whole._around(inner[part])), numbers[part]) for part in parts]

    @classmethod
    def _whole(cls, page: pdfium.PdfPage, scale: float) -> "_Frame":
        width, height = page.get_size()
        scale = min(scale, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return cls(*size, shown_matrix(page, *size, step=100, fine=1000), (0, 0, *size))

    def _around(self, boxes: NDArray[np.int64]) -> tuple[int, int, int, int]:
        """Return the part around boxes in pixels."""
        left, top = np.maximum(boxes[:, :2].min(axis=0) - 2 * _MARGIN, 0).tolist()
        right, bottom = np.minimum(boxes[:, 2:].max(axis=0) + 2 * _MARGIN, [self.width, self.height]).tolist()
        return left, top, max(right, left + 1), max(bottom, top + 1)

    def boxes(self, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return left, top, right and bottom in pixels of this part, given boxes in points."""
        ones = np.ones((len(boxes), 1))
        low, high = (np.hstack([corner, ones]) @ self.to_pixels for corner in (boxes[:, :2], boxes[:, 2:]))
        start, end = np.floor(np.minimum(low, high)), np.ceil(np.maximum(low, high))
        thin = end - start < 2  # noqa: PLR2004 - a dash may be painted beside its box
        left, top, right, bottom = self.part
        edges = np.hstack([start - thin, end + thin]) - [left, top, left, top]
        inside: NDArray[np.int64] = np.clip(edges, 0, [right - left, bottom - top] * 2).astype(np.int64)
        return inside

    def picture(self, page: pdfium.PdfPage) -> pdfium.PdfBitmap:
        """Render the part."""
        left, top, right, bottom = self.part
        bitmap = pdfium.PdfBitmap.new_native(right - left, bottom - top, c.FPDFBitmap_BGRx)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, right - left, bottom - top)
        c.FPDF_RenderPageBitmap(bitmap.raw, page.raw, -left, -top, self.width, self.height, 0, c.FPDF_ANNOT)
        return bitmap
