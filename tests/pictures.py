"""Read the pictures of pages."""

import struct
import zlib

import numpy as np


def read_png(raw: bytes) -> np.ndarray:
    """The pixels of an RGB picture without filters, shape (height, width, 3)."""
    assert raw.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", raw[16:24])
    body, place = b"", 8
    while place < len(raw):
        size = struct.unpack(">I", raw[place : place + 4])[0]
        if raw[place + 4 : place + 8] == b"IDAT":
            body += raw[place + 8 : place + 8 + size]
        place += 12 + size
    rows = np.frombuffer(zlib.decompress(body), np.uint8).reshape(height, 1 + 3 * width)
    return rows[:, 1:].reshape(height, width, 3)


def marked_part(plain: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Which pixels are inside the rectangle around everything that differs, shape (height, width)."""
    rows, columns = np.nonzero((plain != marked).any(axis=2))
    part = np.zeros(plain.shape[:2], dtype=bool)
    if rows.size:
        part[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    return part
