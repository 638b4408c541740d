"""Read the strings that PDFium returns."""

import ctypes
from collections.abc import Callable


def read_string(read: Callable[..., int], handle: object, limit: int) -> str:
    """Return a string; an empty one if there is none, or it is longer than the limit.

    Args:
        read: A function of PDFium that writes UTF-16 to a buffer and returns its length in bytes.
        handle: The object to which the string belongs.
        limit: Maximum length in bytes.
    """
    size = read(handle, None, 0)
    if not 2 < size <= limit:  # noqa: PLR2004 - an empty string has a final zero
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    read(handle, buffer, size)
    return bytes(buffer)[:-2].decode("utf-16-le", "replace")
