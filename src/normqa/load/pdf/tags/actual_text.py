"""Take the text that marks state for what is painted out of a page.

PDFium would read it instead of the painted text, which is what a reader sees. It names characters that their
font does not name, and hyphens that are only painted because a line ends.
"""

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pypdfium2.raw as c

from normqa.load.pdf.page.glyphs import Glyph
from normqa.load.pdf.page.lines import SOFT_HYPHEN
from normqa.load.pdf.page.native import ADDRESS, INTEGER, native
from normqa.load.pdf.page.painted import Painted

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


def named_by(glyphs: Sequence[Glyph], stated: Sequence[ActualText]) -> list[Glyph]:
    """Return the characters of a page, with the names that are stated for them.

    Args:
        glyphs: The characters.
        stated: The stated texts. They replace only characters without a name, and hyphens at line ends.
    """
    if not stated:
        return list(glyphs)
    by_object = {address: text for text in stated for address in text.objects}
    own: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        if text := by_object.get(glyph.style.address):
            own.setdefault(id(text), []).append(glyph)
    names = {id(text): "".join(text.text.split()) for text in stated}
    renamed = {glyph.index: named for key, group in own.items() for glyph, named in _named(group, names[key])}
    return [new for glyph in glyphs for new in renamed.get(glyph.index, [glyph])]


def _named(glyphs: Sequence[Glyph], name: str) -> Iterator[tuple[Glyph, list[Glyph]]]:
    """Yield the characters that get a name, with what each becomes."""
    if len(glyphs) == 1 and name == SOFT_HYPHEN and glyphs[0].text in _HYPHENS:
        yield glyphs[0], [replace(glyphs[0], text=name)]
    elif name and all(glyph.unmapped for glyph in glyphs):
        ends = [len(name) * number // len(glyphs) for number in range(len(glyphs) + 1)]
        for glyph, (start, end) in zip(glyphs, pairwise(ends), strict=True):
            yield glyph, [replace(glyph, text=letter, unmapped=False) for letter in name[start:end]]


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
