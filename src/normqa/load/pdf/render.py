"""Draw a page of a PDF with marked places, in a process of its own that ends with the picture.

PDFium is not thread-safe, and a damaged file may crash it or take it over. The process is limited in time and
memory, reads the file from its standard input, and writes a PNG file to its standard output.
"""

import struct
import subprocess
import sys
import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from normqa.glyph_map import Box
from normqa.load.problem import LoadError
from normqa.load.process import child

_SECONDS = 20.0
_MEMORY_BYTES = 2_000_000_000
_MAX_PNG_BYTES = 64_000_000
_MAX_PIXELS = 16_000_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MARKER = np.array([255, 233, 110], dtype=np.uint16)
"""Color that marked places are multiplied with, as by a highlighter."""

_EDGE = np.array([214, 122, 0], dtype=np.uint8)
_MARGIN = 1.0
"""Points around a marked place."""


def render_page(raw: bytes, page: int, boxes: Iterable[Box], scale: float) -> bytes:
    """Return a page as a PNG file.

    Args:
        raw: The PDF file.
        page: Number of the page, from 1.
        boxes: Places to mark.
        scale: Pixels a point; fewer if the picture would be too large.

    Raises:
        LoadError: If the page cannot be drawn within the limits.
    """
    places = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            child.command(__name__),
            input=child.packed({"page": page, "boxes": places, "scale": scale}, raw),
            capture_output=True,
            timeout=_SECONDS,
            env=child.environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LoadError(f"drawing it takes longer than {_SECONDS:g} seconds") from None
    if done.returncode or not done.stdout.startswith(_SIGNATURE) or len(done.stdout) > _MAX_PNG_BYTES:
        raise LoadError(f"drawing it failed (exit status {done.returncode})")
    return done.stdout


def _draw(raw: bytes, page_number: int, boxes: Sequence[Sequence[float]], scale: float) -> bytes:
    import pypdfium2 as pdfium  # noqa: PLC0415 - only the process that draws needs it

    page = pdfium.PdfDocument(raw)[page_number - 1]
    width, height = page.get_size()
    scale = min(scale, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
    picture = bitmap.to_numpy()[..., :3].copy()
    for left, top, right, bottom in boxes:
        edges = left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN
        _mark(picture, *(round(scale * edge) for edge in edges))
    return _png(picture)


def _mark(picture: np.ndarray, left: int, top: int, right: int, bottom: int) -> None:
    part = picture[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    if not part.size:
        return
    part[...] = part * _MARKER // 255
    for edge in (part[:1], part[-1:], part[:, :1], part[:, -1:]):
        edge[...] = _EDGE


def _png(picture: np.ndarray) -> bytes:
    """Return a picture, shape (height, width, 3), as a PNG file."""
    height, width, _ = picture.shape
    rows = np.insert(picture.reshape(height, -1), 0, 0, axis=1)  # each row starts with its filter: none

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    return _SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _main() -> None:
    child.limit_memory(_MEMORY_BYTES)
    out = child.take_output()
    head, raw = child.unpacked(sys.stdin.buffer.read())
    out.write(_draw(raw, head["page"], head["boxes"], head["scale"]))
    out.close()


if __name__ == "__main__":
    _main()
