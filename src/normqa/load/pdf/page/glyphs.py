"""Read the characters of a PDF page with their boxes.

PDFium is not thread-safe, and a damaged file may crash it. Import this module only in a process of its own.
"""

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as c

INVISIBLE = 3
"""Text render mode of text that is not painted, such as the recognised text of a scan."""

_BOLD_WEIGHT = 600
_BOLD = re.compile(
    r"bold|black|heavy|demi(?!lig)|[-_]bd|myriadbd|^(?:[A-Z]{6}\+)?(?:cm|sf)b[xs]", re.IGNORECASE
)
_SYMBOLS = re.compile(r"wingdings|webdings|dingbats", re.IGNORECASE)
"""Fonts whose letters and digits are not letters and digits."""

_CONTROLS = range(0x7F, 0xA0)
_HYPHENS = frozenset({0x02, 0x2D, 0xAD, 0xFFFE})
"""Codes that PDFium returns for a hyphen at a line end, besides the hyphen itself."""

_FIRST_PRINTABLE = 32
_REPLACEMENT = 0xFFFD
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class Style:
    """What the characters of a text object share.

    Attributes:
        size: Font size as shown, in points.
        angle: Direction of the text in degrees, counterclockwise.
        font: Name of the font.
        is_bold: Whether the font is bold.
        is_symbolic: Whether it is a font of symbols, whose letters are none.
        color: Red, green, blue and opacity of its fill, from 0 to 255.
        mode: Text render mode.
        address: Address of the text object.
    """

    size: float
    angle: int
    font: str
    is_bold: bool
    is_symbolic: bool
    color: tuple[int, int, int, int]
    mode: int
    address: int = 0


@dataclass(slots=True)
class Glyph:
    """A character on a page, in points from the lower left corner of the page.

    Attributes:
        text: One character.
        left: Left edge.
        bottom: Lower edge.
        right: Right edge.
        top: Upper edge.
        x: Where its baseline starts.
        y: Its baseline.
        size: Font size as shown.
        style: Its font, colour and direction.
        unmapped: Whether the font does not say which character it is, so that the text is not known.
        after_space: Whether the file has a blank before it, or PDFium sees one.
        index: Its number in the page.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    x: float
    y: float
    size: float
    style: Style
    unmapped: bool
    after_space: bool
    index: int

    @property
    def middle(self) -> float:
        """The middle of its box, vertically."""
        return (self.bottom + self.top) / 2


def page_glyphs(textpage: pdfium.PdfTextPage) -> list[Glyph]:
    """Return the characters of a page in the order of the file, without blanks."""
    return list(_Reader(textpage).glyphs())


# The same function with plain addresses, because it is called for every character.
_address_of_text_object = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(c.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)


class _Reader:
    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        self._handle = textpage.raw
        self._address = ctypes.cast(textpage.raw, ctypes.c_void_p)
        self._styles: dict[int, Style] = {}

    def glyphs(self) -> Iterator[Glyph]:
        handle = self._handle
        left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
        loose = c.FS_RECTF()
        box = [ctypes.byref(edge) for edge in (left, right, bottom, top)]
        origin = [ctypes.byref(edge) for edge in (x, y)]
        loose_box = ctypes.byref(loose)
        after_space = False
        for index, code in self._codes():
            character = chr(code)
            if code == 0 or character.isspace():
                after_space = after_space or code != 0
                continue
            style = self._style(index)
            c.FPDFText_GetCharBox(handle, index, *box)
            c.FPDFText_GetCharOrigin(handle, index, *origin)
            # The loose box is as wide as the font says, so that gaps between boxes are gaps between letters.
            if c.FPDFText_GetLooseCharBox(handle, index, loose_box):
                if style.angle % 180 == 0 and loose.right > loose.left:
                    left.value, right.value = loose.left, loose.right
                elif style.angle % 180 == 90 and loose.top > loose.bottom:  # noqa: PLR2004 - a right angle
                    bottom.value, top.value = loose.bottom, loose.top
            yield Glyph(
                character,
                left.value,
                bottom.value,
                right.value,
                top.value,
                x.value,
                y.value,
                style.size,
                style,
                code < _FIRST_PRINTABLE
                or code == _REPLACEMENT
                or code in _CONTROLS
                or (style.is_symbolic and character.isalnum())
                or c.FPDFText_HasUnicodeMapError(handle, index) == 1,
                after_space,
                index,
            )
            after_space = False

    def _codes(self) -> Iterator[tuple[int, int]]:
        """Yield index and code point of every character."""
        high = 0
        for index in range(c.FPDFText_CountChars(self._handle)):
            code = c.FPDFText_GetUnicode(self._handle, index)
            if code in _HYPHENS and c.FPDFText_IsHyphen(self._handle, index) == 1:
                code = ord("-")
            if code not in _SURROGATES:
                yield index, code if code <= 0x10FFFF else _REPLACEMENT  # noqa: PLR2004 - the last code point
            elif code < 0xDC00:  # noqa: PLR2004 - the first half of a pair
                high = code
                continue
            else:
                yield index, 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else _REPLACEMENT
            high = 0

    def _style(self, index: int) -> Style:
        address = _address_of_text_object(self._address, index)
        key = address or -index - 1
        style = self._styles.get(key)
        if style is None:
            text_object = c.FPDFText_GetTextObject(self._handle, index)
            style = self._styles[key] = self._read_style(index, text_object, address)
        return style

    def _read_style(self, index: int, text_object: object, address: int | None) -> Style:
        handle = self._handle
        red, green, blue, alpha = (ctypes.c_uint(0) for _ in range(4))
        c.FPDFText_GetFillColor(handle, index, red, green, blue, alpha)
        flags = ctypes.c_int(0)
        length = c.FPDFText_GetFontInfo(handle, index, None, 0, flags)
        name = ctypes.create_string_buffer(max(1, length))
        c.FPDFText_GetFontInfo(handle, index, name, length, flags)
        font = name.value.decode("utf-8", "replace")
        matrix = c.FS_MATRIX()
        c.FPDFText_GetMatrix(handle, index, matrix)
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        weight = c.FPDFText_GetFontWeight(handle, index)
        return Style(
            c.FPDFText_GetFontSize(handle, index) * scale,
            round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360,
            font,
            weight >= _BOLD_WEIGHT or _BOLD.search(font) is not None,
            _SYMBOLS.search(font) is not None,
            (red.value, green.value, blue.value, alpha.value),
            c.FPDFTextObj_GetTextRenderMode(text_object) if text_object else 0,
            address or 0,
        )
