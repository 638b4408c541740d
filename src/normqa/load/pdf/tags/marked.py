"""Find the marked content of the text objects of a page."""

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as c

NO_CONTENT = -1
_MAX_DEPTH = 8
_MAX_OBJECTS = 200_000


def text_objects(page: pdfium.PdfPage) -> Iterator[tuple[object, int]]:
    """Yield the text objects of a page, and the ids of their content.

    The text of a form, such as a drawing that was placed on the page, belongs to the content of the form. The
    ids in it are of another file or stream, and may be those of other content.
    """
    left = _MAX_OBJECTS

    def texts(handle: object, outer: int | None, depth: int) -> Iterator[tuple[object, int]]:
        nonlocal left
        left -= 1
        content = c.FPDFPageObj_GetMarkedContentID(handle) if outer is None else outer
        kind = c.FPDFPageObj_GetType(handle)
        if kind == c.FPDF_PAGEOBJ_TEXT:
            yield handle, content
        elif kind == c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
            for index in range(min(left, c.FPDFFormObj_CountObjects(handle))):
                yield from texts(c.FPDFFormObj_GetObject(handle, index), content, depth + 1)

    for index in range(min(left, c.FPDFPage_CountObjects(page.raw))):
        yield from texts(c.FPDFPage_GetObject(page.raw, index), None, 0)


def marked_text(page: pdfium.PdfPage) -> dict[int, int]:
    """Return the id of the content of each marked text object, by its address."""
    return {address_of(handle): content for handle, content in text_objects(page) if content != NO_CONTENT}


def address_of(handle: object) -> int:
    """Return the address of an object of PDFium."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0  # type: ignore[arg-type]
