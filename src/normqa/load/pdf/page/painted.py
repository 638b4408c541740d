"""List what is painted on a page: text, paths, images, shadings and forms, those inside forms too."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from normqa.load.pdf.page.native import ADDRESS, INTEGER, Function, address_of, native, written

_MAX_DEPTH = 8
_MAX_OBJECTS = 200_000
_SCAN = 0.5
"""An image that covers this share of a page makes its invisible text the recognised text of a scan."""

_NO_LOOKS = 2
"""Bytes of an appearance that is empty."""

_MIN_RULE = 20.0
_THIN = 3.0

NO_CONTENT = -1

_CONTENT = native(c.FPDFPageObj_GetMarkedContentID, INTEGER, ADDRESS)
_COUNT = native(c.FPDFPage_CountObjects, INTEGER, ADDRESS)
_OBJECT = native(c.FPDFPage_GetObject, ADDRESS, ADDRESS, INTEGER)
_COUNT_INSIDE = native(c.FPDFFormObj_CountObjects, INTEGER, ADDRESS)
_OBJECT_INSIDE = native(c.FPDFFormObj_GetObject, ADDRESS, ADDRESS, ctypes.c_ulong)
_TYPE = native(c.FPDFPageObj_GetType, INTEGER, ADDRESS)
_BOUNDS = native(c.FPDFPageObj_GetBounds, INTEGER, ADDRESS, *4 * [ADDRESS])
_MATRIX = native(c.FPDFPageObj_GetMatrix, INTEGER, ADDRESS, ADDRESS)

_UNMOVED = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])


@dataclass(slots=True)
class Painted:
    """An object.

    Attributes:
        kind: ``FPDF_PAGEOBJ_TEXT`` and so on.
        address: Its address in PDFium.
        left: Left edge in points, in the coordinates of the page.
        bottom: Lower edge.
        right: Right edge.
        top: Upper edge.
        is_inside_form: Whether a form paints it.
        content: Id of its marked content. What is in a form, such as a drawing that was placed on the page,
            belongs to the content of the form: the ids in it are of another file or stream.
    """

    kind: int
    address: int
    left: float
    bottom: float
    right: float
    top: float
    is_inside_form: bool
    content: int

    @property
    def area(self) -> float:
        """Its area in square points."""
        return (self.right - self.left) * (self.top - self.bottom)


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotations of a page.

    Attributes:
        count: How many there are, such as form fields and notes. Links do not count.
        boxes: Left, bottom, right and top of those that are painted, shape (annotations, 4).
    """

    count: int
    boxes: NDArray[np.float64]


def annotations_of(page: pdfium.PdfPage) -> Annotations:
    """Return the annotations of a page."""
    count, boxes = 0, []
    rectangle = c.FS_RECTF()
    for index in range(c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = c.FPDFPage_GetAnnot(page.raw, index)
        kind = c.FPDFAnnot_GetSubtype(annotation)
        is_link = kind in {c.FPDF_ANNOT_LINK, c.FPDF_ANNOT_POPUP}
        count += not is_link
        looks = c.FPDFAnnot_GetAP(annotation, c.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None, 0)
        if not is_link or looks > _NO_LOOKS:
            c.FPDFAnnot_GetRect(annotation, rectangle)
            boxes.append((rectangle.left, rectangle.bottom, rectangle.right, rectangle.top))
        c.FPDFPage_CloseAnnot(annotation)
    return Annotations(count, np.array(boxes, np.float64).reshape(-1, 4))


def painted(page: pdfium.PdfPage) -> list[Painted]:
    """Return the objects of a page, in the order in which they are painted."""
    handle = address_of(page.raw)
    return list(islice(_objects(handle, _COUNT, _OBJECT, _UNMOVED, _MAX_DEPTH, None), _MAX_OBJECTS))


def marked_text(objects: Sequence[Painted]) -> dict[int, int]:
    """Return the id of the content of each marked text object, by its address."""
    texts = (found for found in objects if found.kind == c.FPDF_PAGEOBJ_TEXT)
    return {found.address: found.content for found in texts if found.content != NO_CONTENT}


def is_scan(page: pdfium.PdfPage, objects: Sequence[Painted]) -> bool:
    """Whether an image covers most of the page."""
    width, height = page.get_size()
    return any(
        found.kind == c.FPDF_PAGEOBJ_IMAGE and found.area > _SCAN * width * height for found in objects
    )


def _objects(
    parent: int,
    count: Function,
    object_at: Function,
    matrix: NDArray[np.float64],
    depth: int,
    content: int | None,
) -> Iterator[Painted]:
    """Yield the objects of a page or form.

    Args:
        parent: Its address.
        count: Returns how many objects it has.
        object_at: Returns the address of one.
        matrix: The matrix from its coordinates to those of the page, shape (3, 2).
        depth: How many levels of forms may follow.
        content: Id of the content of the form; None for a page.
    """
    addresses = list(map(object_at, repeat(parent), range(min(count(parent), _MAX_OBJECTS))))
    is_inside = depth < _MAX_DEPTH
    boxes = written(_BOUNDS, (addresses,), (len(addresses), 4), np.float32, 4)
    boxes = _moved(boxes, matrix) if is_inside else boxes
    ids = map(_CONTENT, addresses) if content is None else repeat(content, len(addresses))
    for address, kind, (left, bottom, right, top), id_ in zip(
        addresses, map(_TYPE, addresses), boxes.tolist(), ids, strict=True
    ):
        yield Painted(kind, address, left, bottom, right, top, is_inside, id_)
        if kind == c.FPDF_PAGEOBJ_FORM and depth > 0:
            own = written(_MATRIX, ([address],), (1, 6), np.float32, 1).reshape(3, 2)
            own = np.hstack([own, [[0], [0], [1]]]) @ np.hstack([matrix, [[0], [0], [1]]])
            yield from _objects(address, _COUNT_INSIDE, _OBJECT_INSIDE, own[:, :2], depth - 1, id_)


def _moved(boxes: NDArray[np.float32], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return boxes around the boxes of a form, in the coordinates of the page."""
    corners = [
        np.stack([boxes[:, x], boxes[:, y], np.ones(len(boxes))], axis=1) @ matrix
        for x in (0, 2)
        for y in (1, 3)
    ]
    return np.hstack([np.min(corners, axis=0), np.max(corners, axis=0)])


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule."""

    y: float
    left: float
    right: float


def rules_of(objects: Sequence[Painted]) -> list[Rule]:
    """Return the horizontal rules of a page, and the lower and upper edges of its boxes."""
    rules = []
    for found in objects:
        if found.kind == c.FPDF_PAGEOBJ_PATH and found.right - found.left >= _MIN_RULE:
            edges = {found.bottom, found.top} if found.top - found.bottom > _THIN else {found.bottom}
            rules += [Rule(y, found.left, found.right) for y in edges]
    return rules
