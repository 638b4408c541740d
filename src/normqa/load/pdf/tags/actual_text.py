"""Take the text that marks state for what is painted out of a page.

PDFium would read it instead of the painted text, which is what a reader sees. It names characters that their
font does not name, and hyphens that are only painted because a line ends.
"""

import ctypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pypdfium2.raw as c

from normqa.load.pdf.page.glyphs import Glyphs, Numbers
from normqa.load.pdf.page.native import ADDRESS, INTEGER, native
from normqa.load.pdf.page.painted import Painted
from normqa.load.pdf.page.text.letters import SOFT_HYPHEN

_KEY = b"ActualText"
_MAX_BYTES = 4_000
_ENCODINGS = {b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}
"""Encodings of strings by their first bytes."""

_COUNT_MARKS = native(c.FPDFPageObj_CountMarks, INTEGER, ADDRESS)
_MARK = native(c.FPDFPageObj_GetMark, ADDRESS, ADDRESS, ctypes.c_ulong)
_VALUE_TYPE = native(c.FPDFPageObjMark_GetParamValueType, INTEGER, ADDRESS, ctypes.c_char_p)
_VALUE = native(
    c.FPDFPageObjMark_GetParamBlobValue, INTEGER, ADDRESS, ctypes.c_char_p, ADDRESS, ctypes.c_ulong, ADDRESS
)
_REMOVE = native(c.FPDFPageObjMark_RemoveParam, INTEGER, ADDRESS, ADDRESS, ctypes.c_char_p)

_HYPHENS = frozenset({"-", "\u2010", SOFT_HYPHEN})


@dataclass(slots=True)
class ActualText:
    """A text, and the addresses of the text objects that it is stated for."""

    text: str
    objects: set[int] = field(default_factory=set)


def take_actual_texts(objects: Iterable[Painted]) -> list[ActualText]:
    """Remove the texts that are stated for the objects of a page, and return them.

    The text page must be loaded afterwards. Most marks belong to many text objects.
    """
    found: dict[int, ActualText | None] = {}
    marks = []
    texts = [item.address for item in objects if item.kind == c.FPDF_PAGEOBJ_TEXT]
    for text, count in zip(texts, map(_COUNT_MARKS, texts), strict=True):
        for number in range(count):
            mark = _MARK(text, number)
            if mark not in found:
                is_stated = _VALUE_TYPE(mark, _KEY) != c.FPDF_OBJECT_UNKNOWN
                found[mark] = ActualText(_stated(mark)) if is_stated else None
            if stated := found[mark]:
                stated.objects.add(text)
                marks.append((text, mark))
    for text, mark in marks:
        _REMOVE(text, mark, _KEY)
    return [stated for stated in found.values() if stated]


def named_by(glyphs: Glyphs, stated: Sequence[ActualText]) -> Glyphs:
    """Return the characters of a page, with the names that are stated for them.

    Args:
        glyphs: The characters.
        stated: The stated texts. They replace only characters without a name, and hyphens at line ends.
    """
    if not stated:
        return glyphs
    groups = {address: number for number, text in enumerate(stated) for address in text.objects}
    own = np.array([groups.get(style.address, -1) for style in glyphs.styles], np.int64)[glyphs.owners]
    names: dict[int, str] = {}
    for number, text in enumerate(stated):
        names |= _names(glyphs, np.flatnonzero(own == number), "".join(text.text.split()))
    if not names:
        return glyphs
    counts = np.ones(len(glyphs), np.int64)
    counts[list(names)] = [len(name) for name in names.values()]
    rows = np.repeat(np.arange(len(glyphs)), counts)
    found = glyphs.take(rows)
    is_named = np.isin(rows, list(names))
    found.codes[is_named] = [ord(letter) for row in sorted(names) for letter in names[row]]
    found.unmapped[is_named] = False
    return found


def _names(glyphs: Glyphs, numbers: Numbers, name: str) -> dict[int, str]:
    """Return what each of these characters becomes that gets a name."""
    if len(numbers) == 1 and name == SOFT_HYPHEN and glyphs.text(numbers) in _HYPHENS:
        return {int(numbers[0]): name}
    if not name or not len(numbers) or not glyphs.unmapped[numbers].all():
        return {}
    ends = [len(name) * number // len(numbers) for number in range(len(numbers) + 1)]
    return {
        number: name[start:end] for number, (start, end) in zip(numbers.tolist(), pairwise(ends), strict=True)
    }


def _stated(mark: int) -> str:
    """Return the text of a mark; an empty one if it is long."""
    size = ctypes.c_ulong()
    buffer = (ctypes.c_ubyte * _MAX_BYTES)()
    if not _VALUE(mark, _KEY, ctypes.addressof(buffer), _MAX_BYTES, ctypes.addressof(size)):
        return ""
    raw = bytes(buffer[: size.value]) if size.value <= _MAX_BYTES else b""
    for start, encoding in _ENCODINGS.items():
        if raw.startswith(start):
            return raw.removeprefix(start).decode(encoding, "replace")
    return raw.decode("latin-1")
