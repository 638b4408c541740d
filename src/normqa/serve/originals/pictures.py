"""Pictures of pages, cached."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from math import isfinite

from normqa.errors import PageNotDrawn
from normqa.glyph_map import Box
from normqa.load.pdf.render import render_page
from normqa.load.problem import LoadError

MIN_SCALE, DEFAULT_SCALE, MAX_SCALE = 0.5, 2.0, 4.0
_CACHE_BYTES = 64_000_000

Key = tuple[str, int, tuple[Box, ...], float]


def read_scale(value: str | float) -> float:
    """Return a scale from an address, brought within the limits; the default if it is malformed."""
    try:
        scale = float(value)
    except ValueError:
        return DEFAULT_SCALE
    return min(max(scale, MIN_SCALE), MAX_SCALE) if isfinite(scale) else DEFAULT_SCALE


class PagePictures:
    """Draws pages of PDF files and caches the pictures. Safe to use from several threads.

    Args:
        cache_bytes: Size of all pictures that are cached.
    """

    def __init__(self, cache_bytes: int = _CACHE_BYTES) -> None:
        self._cache_bytes = cache_bytes
        self._lock = threading.Lock()
        self._pictures: OrderedDict[Key, bytes] = OrderedDict()
        self._size = 0

    def draw(self, raw: bytes, sha256: str, page: int, boxes: Sequence[Box], scale: float) -> bytes:
        """Return a page as a PNG file.

        Args:
            raw: The PDF file.
            sha256: Identifies it.
            page: Number of the page, from 1.
            boxes: Places to mark.
            scale: Pixels a point.

        Raises:
            PageNotDrawn: If drawing it fails.
        """
        key = (sha256, page, tuple(boxes), scale)
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
                return self._pictures[key]
        try:
            picture = render_page(raw, page, boxes, scale)
        except LoadError as error:
            raise PageNotDrawn(f"Page {page} has no picture: {error}.") from error
        with self._lock:
            self._size += len(picture) - len(self._pictures.get(key, b""))
            self._pictures[key] = picture
            while self._size > self._cache_bytes:
                _, dropped = self._pictures.popitem(last=False)
                self._size -= len(dropped)
        return picture
