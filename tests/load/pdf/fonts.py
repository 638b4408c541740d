"""Write small TrueType fonts, to paint text with glyphs of any shape."""

import struct
from collections.abc import Sequence

_GLYPHS = 128
_ADVANCE = 600
_FIRST = 0x20
ASCII = "".join(map(chr, range(_FIRST, 0x7F)))


def font(contour: Sequence[tuple[int, int]], first: int, characters: str = ASCII) -> list[str | bytes]:
    """The objects of a font of which every glyph has one outline.

    Args:
        contour: The points of the outline in thousandths of an em; none for a glyph without one.
        first: The number of the first object, which is the font.
        characters: The characters that it names.
    """
    raw = _truetype(contour)
    names = _to_unicode(characters)
    return [
        (
            f"<< /Type /Font /Subtype /Type0 /BaseFont /Shapes /Encoding /Identity-H"
            f" /DescendantFonts [{first + 1} 0 R] /ToUnicode {first + 4} 0 R >>"
        ),
        (
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Shapes /FontDescriptor {first + 2} 0 R"
            f" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /DW {_ADVANCE} /CIDToGIDMap /Identity >>"
        ),
        (
            f"<< /Type /FontDescriptor /FontName /Shapes /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0"
            f" /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 /FontFile2 {first + 3} 0 R >>"
        ),
        b"<< /Length %d /Length1 %d >>\nstream\n%s\nendstream" % (len(raw), len(raw), raw),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(names), names),
    ]


def codes(words: str, characters: str = ASCII) -> str:
    """Words as a string of two bytes a character.

    Args:
        words: The words.
        characters: The characters that the font names.
    """
    return "<" + "".join(f"{_FIRST + characters.index(character):04X}" for character in words) + ">"


def _to_unicode(characters: str) -> bytes:
    named = " ".join(f"<{code:04X}> <{ord(name):04X}>" for code, name in enumerate(characters, _FIRST))
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def"
        f" 1 begincodespacerange <0000> <FFFF> endcodespacerange"
        f" {len(characters)} beginbfchar {named} endbfchar endcmap end end"
    ).encode()


def _truetype(contour: Sequence[tuple[int, int]]) -> bytes:
    glyph = _glyph(contour) if contour else b""
    count = _GLYPHS
    side = min((x for x, _ in contour), default=0)
    tables = {
        b"glyf": glyph * count or bytes(4),
        b"head": struct.pack(
            ">LLLLHHQQhhhhHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0, 1000, 0, 0, 0, 0, 1000, 1000, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(">LhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, _ADVANCE, *11 * [0], count),
        b"hmtx": struct.pack(">Hh", _ADVANCE, side) * count,
        b"loca": struct.pack(f">{count + 1}L", *(len(glyph) * number for number in range(count + 1))),
        b"maxp": struct.pack(">L14H", 0x10000, count, 64, 2, 0, 0, 1, *8 * [0]),
    }
    head = struct.pack(">LHHHH", 0x10000, len(tables), 64, 2, len(tables) * 16 - 64)
    start, body = 12 + 16 * len(tables), b""
    for tag, content in tables.items():
        head += tag + struct.pack(">LLL", 0, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    return head + body


def _glyph(contour: Sequence[tuple[int, int]]) -> bytes:
    across, up = [x for x, _ in contour], [y for _, y in contour]
    count = len(contour)
    out = struct.pack(">hhhhhHH", 1, min(across), min(up), max(across), max(up), count - 1, 0) + b"\1" * count
    for values in (across, up):
        steps = [value - before for before, value in zip([0, *values], values, strict=False)]
        out += struct.pack(f">{count}h", *steps)
    return out + bytes(-len(out) % 4)
