"""Read the characters of a PDF page with their boxes.

PDFium is not thread-safe, and a damaged file may crash it. Import this module only in a process of its own.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as c

INVISIBLE = 3
"""Text render mode of text that is not painted, such as the recognised text of a scan."""

_MAX_DEPTH = 8
_ITALIC = 64
_BOLD_WEIGHT = 600


@dataclass(slots=True)
class Glyph:
    """A character on a page, in points from the lower left corner of the page as it is shown.

    Attributes:
        text: One character, or several for a ligature.
        left: Left edge.
        bottom: Lower edge.
        right: Right edge.
        top: Upper edge.
        x: Where its baseline starts.
        y: Its baseline.
        size: Font size as shown.
        angle: Direction of the text in radians, counterclockwise.
        weight: Weight of the font, such as 400 or 700.
        font: Name of the font.
        color: Red, green, blue and opacity of its fill, from 0 to 255.
        mode: Text render mode.
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
    angle: float
    weight: int
    font: str
    color: tuple[int, int, int, int]
    mode: int
    unmapped: bool
    after_space: bool
    index: int

    @property
    def is_bold(self) -> bool:
        """Whether it is bold."""
        return (
            self.weight >= _BOLD_WEIGHT or "bold" in self.font.casefold() or "black" in self.font.casefold()
        )

    @property
    def middle(self) -> float:
        """The middle of its box, vertically."""
        return (self.bottom + self.top) / 2


def page_glyphs(textpage: pdfium.PdfTextPage) -> list[Glyph]:
    """Return the characters of a page in the order of the file, without blanks."""
    reader = _Reader(textpage)
    return list(reader.glyphs())


class _Reader:
    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        self._textpage = textpage
        self._objects: dict[int, tuple[float, str, int, tuple[int, int, int, int], int]] = {}

    def glyphs(self) -> Iterator[Glyph]:
        handle = self._textpage.raw
        left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
        loose = c.FS_RECTF()
        high, after_space = 0, False
        for index in range(c.FPDFText_CountChars(handle)):
            code = c.FPDFText_GetUnicode(handle, index)
            if 0xD800 <= code < 0xDC00:  # noqa: PLR2004 - surrogates
                high = code
                continue
            if 0xDC00 <= code < 0xE000:  # noqa: PLR2004
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
            high = 0
            if c.FPDFText_IsHyphen(handle, index) == 1:
                code = ord("-")
            character = chr(code) if code < 0x110000 else "\ufffd"  # noqa: PLR2004
            if character.isspace() or code == 0 or c.FPDFText_IsGenerated(handle, index) == 1:
                after_space = after_space or character.isspace()
                continue
            c.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
            c.FPDFText_GetCharOrigin(handle, index, x, y)
            # The loose box is as wide as the font says, so that gaps between boxes are gaps between letters.
            if c.FPDFText_GetLooseCharBox(handle, index, loose) and loose.right > loose.left:
                left.value, right.value = loose.left, loose.right
            size, font, weight, color, mode = self._style(index)
            yield Glyph(
                character,
                left.value,
                bottom.value,
                right.value,
                top.value,
                x.value,
                y.value,
                size,
                c.FPDFText_GetCharAngle(handle, index),
                weight,
                font,
                color,
                mode,
                c.FPDFText_HasUnicodeMapError(handle, index) == 1 or code < 32 or code == 0xFFFD,  # noqa: PLR2004
                after_space,
                index,
            )
            after_space = False

    def _style(self, index: int) -> tuple[float, str, int, tuple[int, int, int, int], int]:
        """Return size, font, weight, colour and render mode, which all characters of a text object share."""
        handle = self._textpage.raw
        text_object = c.FPDFText_GetTextObject(handle, index)
        key = ctypes.cast(text_object, ctypes.c_void_p).value or -index - 1
        if key not in self._objects:
            red, green, blue, alpha = (ctypes.c_uint(0) for _ in range(4))
            c.FPDFText_GetFillColor(handle, index, red, green, blue, alpha)
            flags = ctypes.c_int(0)
            length = c.FPDFText_GetFontInfo(handle, index, None, 0, flags)
            name = ctypes.create_string_buffer(max(1, length))
            c.FPDFText_GetFontInfo(handle, index, name, length, flags)
            matrix = c.FS_MATRIX()
            c.FPDFText_GetMatrix(handle, index, matrix)
            scale = (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
            self._objects[key] = (
                c.FPDFText_GetFontSize(handle, index) * scale,
                name.value.decode("utf-8", "replace"),
                c.FPDFText_GetFontWeight(handle, index),
                (red.value, green.value, blue.value, alpha.value),
                c.FPDFTextObj_GetTextRenderMode(text_object) if text_object else 0,
            )
        return self._objects[key]
