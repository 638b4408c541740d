"""List what is painted on a page: text, paths, images, shadings and forms, those inside forms too."""

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as c

_MAX_DEPTH = 8
_MAX_OBJECTS = 200_000
_SCAN = 0.5
"""An image that covers this share of a page makes its invisible text the recognised text of a scan."""

_TOLERANCE = 0.5
_MIN_RULE = 20.0
_THIN = 3.0


@dataclass(slots=True)
class Painted:
    """An object.

    Attributes:
        kind: ``FPDF_PAGEOBJ_TEXT`` and so on.
        handle: The object of PDFium.
        left: Left edge in points, in the coordinates of the page or of its form.
        bottom: Lower edge.
        right: Right edge.
        top: Upper edge.
    """

    kind: int
    handle: object
    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        """Its area in square points."""
        return (self.right - self.left) * (self.top - self.bottom)

    def is_cut(self) -> bool:
        """Whether a part of it may be clipped off."""
        clip = c.FPDFPageObj_GetClipPath(self.handle)
        return any(not self._is_inside(clip, number) for number in range(c.FPDFClipPath_CountPaths(clip)))

    def _is_inside(self, clip: object, number: int) -> bool:
        """Whether it is inside a clip path that is an upright rectangle."""
        x, y = ctypes.c_float(), ctypes.c_float()
        points = []
        segments = c.FPDFClipPath_CountPathSegments(clip, number)
        for index in range(segments if segments <= 5 else 0):  # noqa: PLR2004 - a rectangle has five
            c.FPDFPathSegment_GetPoint(c.FPDFClipPath_GetPathSegment(clip, number, index), x, y)
            points.append((x.value, y.value))
        across, up = {round(x) for x, _ in points}, {round(y) for _, y in points}
        if len(across) != 2 or len(up) != 2:  # noqa: PLR2004 - two sides each
            return False
        return (
            min(x for x, _ in points) <= self.left + _TOLERANCE
            and max(x for x, _ in points) >= self.right - _TOLERANCE
            and min(y for _, y in points) <= self.bottom + _TOLERANCE
            and max(y for _, y in points) >= self.top - _TOLERANCE
        )

    def is_optional(self) -> bool:
        """Whether it belongs to a layer, which may be switched off."""
        name, length = ctypes.create_string_buffer(16), ctypes.c_ulong()
        for index in range(c.FPDFPageObj_CountMarks(self.handle)):
            mark = c.FPDFPageObj_GetMark(self.handle, index)
            units = ctypes.cast(name, ctypes.POINTER(c.FPDF_WCHAR))
            c.FPDFPageObjMark_GetName(mark, units, len(name), length)
            if name.raw[: length.value] == "OC\0".encode("utf-16-le"):
                return True
        return False


def count_annotations(page: pdfium.PdfPage) -> int:
    """Return how many annotations a page has, such as form fields and notes. Links do not count."""
    subtypes: Counter[int] = Counter()
    for index in range(c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = c.FPDFPage_GetAnnot(page.raw, index)
        subtypes[c.FPDFAnnot_GetSubtype(annotation)] += 1
        c.FPDFPage_CloseAnnot(annotation)
    del subtypes[c.FPDF_ANNOT_LINK], subtypes[c.FPDF_ANNOT_POPUP]
    return subtypes.total()


def painted(page: pdfium.PdfPage) -> list[Painted]:
    """Return the objects of a page, in the order in which they are painted."""
    return list(islice(_objects(page), _MAX_OBJECTS))


def is_scan(page: pdfium.PdfPage, objects: list[Painted]) -> bool:
    """Whether an image covers most of the page."""
    width, height = page.get_size()
    return any(
        found.kind == c.FPDF_PAGEOBJ_IMAGE and found.area > _SCAN * width * height for found in objects
    )


def _objects(page: pdfium.PdfPage) -> Iterator[Painted]:
    for index in range(c.FPDFPage_CountObjects(page.raw)):
        yield from _object(c.FPDFPage_GetObject(page.raw, index), _MAX_DEPTH)


def _object(handle: object, depth: int) -> Iterator[Painted]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    c.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    kind = c.FPDFPageObj_GetType(handle)
    yield Painted(kind, handle, left.value, bottom.value, right.value, top.value)
    if kind == c.FPDF_PAGEOBJ_FORM and depth > 0:
        for index in range(c.FPDFFormObj_CountObjects(handle)):
            yield from _object(c.FPDFFormObj_GetObject(handle, index), depth - 1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule."""

    y: float
    left: float
    right: float


def rules_of(objects: list[Painted]) -> list[Rule]:
    """Return the horizontal rules of a page, and the lower and upper edges of its boxes."""
    rules = []
    for found in objects:
        if found.kind == c.FPDF_PAGEOBJ_PATH and found.right - found.left >= _MIN_RULE:
            edges = {found.bottom, found.top} if found.top - found.bottom > _THIN else {found.bottom}
            rules += [Rule(y, found.left, found.right) for y in edges]
    return rules
