"""Text is hidden in many ways, and each is found."""

import pytest

from normqa.datatypes import Metadata
from normqa.load.pdf.pdf import read_pdf
from tests.load.pdf.files import pdf, text
from tests.load.pdf.fonts import codes, font

SHOWN = text("Visible words.")
SECRET = text("Secret", y=650)
BOX = "60 640 200 30 re f\n"


def stream(entries: str, content: str | bytes) -> bytes:
    """A stream with entries in its dictionary."""
    raw = content.encode("latin-1") if isinstance(content, str) else content
    return f"<< {entries} /Length {len(raw)} >>\nstream\n".encode("latin-1") + raw + b"\nendstream"


def form(content: str, more: str = "", box: str = "0 0 595 842") -> bytes:
    """A form that pages can paint."""
    fonts = "/Resources << /Font << /F1 3 0 R >> >>"
    return stream(f"/Type /XObject /Subtype /Form /BBox [{box}] {more} {fonts}", content)


def state(entries: str) -> str:
    """A graphics state ``/GS``."""
    return f"/ExtGState << /GS << {entries} >> >>"


def shading(grey: str) -> str:
    """A pattern that is a shading of one grey."""
    return (
        "<< /Type /Pattern /PatternType 2 /Shading << /ShadingType 2 /ColorSpace /DeviceGray"
        " /Coords [0 0 595 0] /Function << /FunctionType 2 /Domain [0 1]"
        f" /C0 [{grey}] /C1 [{grey}] /N 1 >> /Extend [true true] >> >>"
    )


def tiles(content: str, kind: int) -> bytes:
    """A pattern of tiles; kind 1 has colours of its own, kind 2 has none."""
    entries = f"/Type /Pattern /PatternType 1 /PaintType {kind} /TilingType 1 /BBox [0 0 9 9]"
    return stream(f"{entries} /XStep 9 /YStep 9 /Resources << >>", content)


def space(definition: str) -> str:
    """A colour space ``/CS0``."""
    return f"/ColorSpace << /CS0 {definition} >>"


def image(entries: str, content: bytes) -> bytes:
    """An image."""
    return stream(f"/Type /XObject /Subtype /Image {entries}", content)


def annotation(kind: str, more: str = "") -> str:
    """An annotation over the secret, with the appearance of object 5."""
    return (
        f"/Annots [<< /Type /Annot /Subtype /{kind} /Rect [60 640 260 670] /F 4 {more} /AP << /N 5 0 R >> >>]"
    )


def painted(content: str, objects: list[str | bytes], font_entries: str = "5 0 R") -> bytes:
    """A page with a third font, which is object 5."""
    raw = pdf(SHOWN + content, objects=objects)
    return raw.replace(b"/F2 4 0 R >>", f"/F2 4 0 R /F3 {font_entries} >>".encode())


def type3(glyph: str) -> list[str | bytes]:
    """A Type 3 font of which every glyph has the same content."""
    names = "/Differences [32 " + " ".join(f"/g{code}" for code in range(32, 127)) + "]"
    procedures = " ".join(f"/g{code} 6 0 R" for code in range(32, 127))
    widths = " ".join(["600"] * 95)
    return [
        (
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 600 800] /FontMatrix [.001 0 0 .001 0 0]"
            f" /Encoding << {names} >> /FirstChar 32 /LastChar 126 /Widths [{widths}]"
            f" /CharProcs << {procedures} >> /Resources << >> /ToUnicode 7 0 R >>"
        ),
        stream("", glyph),
        stream(
            "",
            "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF>"
            " endcodespacerange 1 beginbfrange <20> <7E> <0020> endbfrange endcmap end",
        ),
    ]


def shaped(contour: list[tuple[int, int]]) -> bytes:
    """A page with a secret whose glyphs have an outline."""
    return painted(f"BT /F3 12 Tf 72 650 Td {codes('Secret')} Tj ET", font(contour, 5))


def over(before: str, covers: str, contour: list[tuple[int, int]]) -> bytes:
    """A page with a secret and, before or after it, text whose glyphs have an outline."""
    blocks = f"BT /F3 24 Tf 66 645 Td {codes('eeeeeeeee')} Tj ET "
    content = blocks + SECRET if before == "blocks" else SECRET + covers + blocks
    return painted(content, font(contour, 5))


PATTERN = "/Pattern << /P0 5 0 R >>"
FORM = "/XObject << /X0 5 0 R >>"
GROUP = "/Group << /S /Transparency /CS /DeviceRGB"
BLOCK = [(0, -200), (0, 800), (600, 800), (600, -200)]
FUNCTION = "<< /FunctionType 2 /Domain [0 1] /C0 [0 0 0] /C1 [1 1 1] /N 1 >>"
WHITE = "/CS0 cs 1 scn"
HIDDEN = {
    "nearly white fill": pdf(SHOWN + text("Secret", y=650, before=".985 g")),
    "nearly white RGB": pdf(SHOWN + text("Secret", y=650, before="1 1 .97 rg")),
    "CMYK without ink": pdf(SHOWN + text("Secret", y=650, before="0 0 0 0 k")),
    "white of a separation": pdf(
        SHOWN + text("Secret", y=650, before="/CS0 cs 0 scn"),
        resources=space(
            "[/Separation /Ink /DeviceRGB << /FunctionType 2 /Domain [0 1] /C0 [1 1 1] /C1 [0 0 0] /N 1 >>]"
        ),
    ),
    "white of a device N": pdf(
        SHOWN + text("Secret", y=650, before=WHITE),
        resources=space(f"[/DeviceN [/Ink] /DeviceRGB {FUNCTION}]"),
    ),
    "white of an index": pdf(
        SHOWN + text("Secret", y=650, before=WHITE), resources=space("[/Indexed /DeviceRGB 1 <000000FFFFFF>]")
    ),
    "white of Lab": pdf(
        SHOWN + text("Secret", y=650, before="/CS0 cs 100 0 0 scn"),
        resources=space("[/Lab << /WhitePoint [.9505 1 1.089] >>]"),
    ),
    "white of calibrated grey": pdf(
        SHOWN + text("Secret", y=650, before=WHITE),
        resources=space("[/CalGray << /WhitePoint [.9505 1 1.089] >>]"),
    ),
    "white of a profile": pdf(
        SHOWN + text("Secret", y=650, before="/CS0 cs 1 1 1 scn"),
        resources=space("[/ICCBased 5 0 R]"),
        objects=[stream("/N 3 /Alternate /DeviceRGB", b"")],
    ),
    "white shading": pdf(SHOWN + "/Pattern cs /P0 scn " + SECRET, resources=PATTERN, objects=[shading("1")]),
    "empty tiles": pdf(SHOWN + "/Pattern cs /P0 scn " + SECRET, resources=PATTERN, objects=[tiles("", 1)]),
    "white tiles": pdf(
        SHOWN + "/Pattern cs /P0 scn " + SECRET, resources=PATTERN, objects=[tiles("1 g 0 0 9 9 re f", 1)]
    ),
    "empty tiles of black": pdf(
        SHOWN + "/CS0 cs 0 0 0 /P0 scn " + SECRET,
        resources=PATTERN + space("[/Pattern /DeviceRGB]"),
        objects=[tiles("", 2)],
    ),
    "same colour over a shading": pdf(
        SHOWN + f"/Pattern cs /P0 scn {BOX} 0 g " + SECRET, resources=PATTERN, objects=[shading("0")]
    ),
    "same colour over tiles": pdf(
        SHOWN + f"/Pattern cs /P0 scn {BOX} 0 g " + SECRET,
        resources=PATTERN,
        objects=[tiles("0 g 0 0 9 9 re f", 1)],
    ),
    "same colour over a shading operator": pdf(
        SHOWN + "q 60 640 200 30 re W n /S0 sh Q " + SECRET,
        resources="/Shading << /S0 << /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 595 0] /Function"
        " << /FunctionType 2 /Domain [0 1] /C0 [0] /C1 [0] /N 1 >> /Extend [true true] >> >>",
    ),
    "under a shading operator": pdf(
        SHOWN + SECRET + "q 60 640 200 30 re W n /S0 sh Q ",
        resources="/Shading << /S0 << /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 595 0] /Function"
        " << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [1] /N 1 >> /Extend [true true] >> >>",
    ),
    "same colour over an image": pdf(
        SHOWN + "q 200 0 0 30 60 640 cm /X0 Do Q " + SECRET,
        resources=FORM,
        objects=[image("/Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", b"\0")],
    ),
    "under an image mask": pdf(
        SHOWN + SECRET + "1 g q 200 0 0 30 60 640 cm /X0 Do Q ",
        resources=FORM,
        objects=[image("/Width 1 /Height 1 /ImageMask true /BitsPerComponent 1", b"\0")],
    ),
    "under an inline image": pdf(
        SHOWN + SECRET + "q 200 0 0 30 60 640 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q "
    ),
    "under a form": pdf(SHOWN + SECRET + "/X0 Do ", resources=FORM, objects=[form("1 g " + BOX)]),
    "under a moved form": pdf(
        SHOWN + SECRET + "q 1 0 0 1 60 640 cm /X0 Do Q ",
        resources=FORM,
        objects=[form("1 g 0 0 200 30 re f", box="0 0 200 30")],
    ),
    "over a black form": pdf(SHOWN + "/X0 Do " + SECRET, resources=FORM, objects=[form("0 g " + BOX)]),
    "in a form that a form covers": pdf(
        SHOWN + "/X0 Do ", resources=FORM, objects=[form(SECRET + "1 g " + BOX)]
    ),
    "in a form of a switched off layer": pdf(
        SHOWN + "/X0 Do ",
        resources=FORM,
        catalog="/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >>",
        objects=[form(SECRET, "/OC 6 0 R"), "<< /Type /OCG /Name (layer) >>"],
    ),
    "in a layer of a switched off membership": pdf(
        SHOWN + f"/OC /MC0 BDC {SECRET}EMC",
        resources="/Properties << /MC0 6 0 R >>",
        catalog="/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>",
        objects=["<< /Type /OCG /Name (layer) >>", "<< /Type /OCMD /OCGs [5 0 R] /P /AllOn >>"],
    ),
    "in a layer inside marked content": pdf(
        SHOWN + f"/P << /MCID 0 >> BDC /OC /MC0 BDC /Span BMC {SECRET}EMC EMC EMC",
        resources="/Properties << /MC0 5 0 R >>",
        catalog="/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>",
        objects=["<< /Type /OCG /Name (layer) >>"],
    ),
    "white over a switched off black box": pdf(
        SHOWN + f"/OC /MC0 BDC 0 g {BOX} EMC .9 g " + SECRET,
        resources="/Properties << /MC0 5 0 R >>",
        catalog="/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>",
        objects=["<< /Type /OCG /Name (layer) >>"],
    ),
    "white over a black box that is clipped off": pdf(SHOWN + f"q 0 0 9 9 re W n 0 g {BOX} Q .9 g " + SECRET),
    "white over a triangle": pdf(SHOWN + "0 g 60 640 m 260 640 l 260 600 l h f .99 g " + SECRET),
    "under a square annotation": pdf(
        SHOWN + SECRET, page=annotation("Square"), objects=[form("1 g 0 0 200 30 re f", box="0 0 200 30")]
    ),
    "under a link with an appearance": pdf(
        SHOWN + SECRET, page=annotation("Link"), objects=[form("1 g 0 0 200 30 re f", box="0 0 200 30")]
    ),
    "under a stamp": pdf(
        SHOWN + SECRET, page=annotation("Stamp"), objects=[form("0 g 0 0 200 30 re f", box="0 0 200 30")]
    ),
    "soft mask of alpha": pdf(
        SHOWN + "q /GS gs " + SECRET + "Q",
        resources=state("/SMask << /Type /Mask /S /Alpha /G 5 0 R >>"),
        objects=[form("", GROUP + " >>")],
    ),
    "in a group with a soft mask": pdf(
        SHOWN + "q /GS gs /X0 Do Q",
        resources=state("/SMask << /Type /Mask /S /Luminosity /G 5 0 R >>") + "/XObject << /X0 6 0 R >>",
        objects=[form("0 g 0 0 595 842 re f", GROUP + " >>"), form(SECRET, GROUP + " >>")],
    ),
    "covered in a knockout group": pdf(
        SHOWN + "/X0 Do ", resources=FORM, objects=[form(SECRET + "1 g " + BOX, GROUP + " /K true >>")]
    ),
    "screen": pdf(SHOWN + "/GS gs " + SECRET + "/GS gs 1 g " + BOX, resources=state("/BM /Screen")),
    "lighten": pdf(SHOWN + SECRET + "/GS gs 1 g " + BOX, resources=state("/BM /Lighten")),
    "opacity of two percent": pdf(SHOWN + "/GS gs " + SECRET, resources=state("/ca .02")),
    "overprinted white": pdf(
        SHOWN + "/GS gs " + text("Secret", y=650, before="0 0 0 0 k"),
        resources=state("/OP true /op true /OPM 1"),
    ),
    "clipped to text": pdf(SHOWN + "q " + text("x", x=300, y=400, before="7 Tr") + "0 Tr " + SECRET + "Q"),
    "clipped to a triangle": pdf(SHOWN + "q 0 0 m 9 0 l 9 9 l h W n " + SECRET + "Q"),
    "clipped to nothing": pdf(SHOWN + "q 60 640 200 30 re W n 300 300 9 9 re W n " + SECRET + "Q"),
    "clipped to a thin strip": pdf(SHOWN + "q 60 650 200 .5 re W n " + SECRET + "Q"),
    "scaled to nothing": pdf(SHOWN + "q .01 0 0 .01 72 650 cm " + text("Secret", x=0, y=0) + "Q"),
    "squeezed to a line": pdf(SHOWN + "q .02 0 0 1 72 650 cm " + text("Secret", x=0, y=0) + "Q"),
    "flattened to a line": pdf(SHOWN + "q 1 0 0 .02 72 650 cm " + text("Secret", x=0, y=0) + "Q"),
    "sheared to a line": pdf(SHOWN + "BT /F1 12 Tf 1 1 1 1.001 72 650 Tm (Secret) Tj ET"),
    "so large that it is off the page": pdf(SHOWN + "BT /F1 5000 Tf 1 0 0 1 -9000 -9000 Tm (Secret) Tj ET"),
    "rotated off the page": pdf(SHOWN + "BT /F1 12 Tf 0 -1 1 0 300 -20 Tm (Secret) Tj ET"),
    "raised off the page": pdf(SHOWN + text("Secret", y=650, before="500 Ts")),
    "many thin strokes": pdf(
        SHOWN + SECRET + "1 G 1.5 w " + "".join(f"60 {646 + n} m 200 {646 + n} l S " for n in range(16))
    ),
    "one stroke of many lines": pdf(
        SHOWN + SECRET + "1 G 1.2 w " + "".join(f"60 {646 + n} m 200 {646 + n} l " for n in range(16)) + "S"
    ),
    "a dashed stroke": pdf(SHOWN + SECRET + "1 G 20 w [999] 0 d 60 655 m 200 655 l S"),
    "a curve": pdf(SHOWN + SECRET + "1 g 40 655 m 40 690 260 690 260 655 c 260 620 40 620 40 655 c f"),
    "glyphs without an outline": shaped([]),
    "glyphs that are dots": shaped([(0, 0), (0, 9), (9, 9)]),
    "glyphs without an area": shaped([(0, 0), (500, 700), (500, 0), (500, 700)]),
    "a Type 3 font that paints nothing": painted(
        "BT /F3 12 Tf 72 650 Td (Secret) Tj ET", type3("600 0 0 0 600 700 d1")
    ),
    "a Type 3 font that paints white": painted(
        "BT /F3 12 Tf 72 650 Td (Secret) Tj ET", type3("600 0 d0 1 g 0 0 500 700 re f")
    ),
    "white stroke and fill": pdf(SHOWN + text("Secret", y=650, before="1 g 1 G 2 Tr")),
    "white stroke of a dark fill": pdf(SHOWN + text("Secret", y=650, before="0 g 1 G 12 w 2 Tr")),
}


@pytest.mark.parametrize("raw", HIDDEN.values(), ids=HIDDEN)
def test_hidden_text_is_not_read(raw: bytes) -> None:
    found = read_pdf("doc", raw, Metadata())
    assert found.document.text == "Visible words."
    assert any("characters of hidden text were not read" in note for note in found.notes)


@pytest.mark.parametrize("order", ["blocks", "secret"])
def test_text_under_or_over_blocks_of_text_is_not_read(order: str) -> None:
    found = read_pdf("doc", over(order, "", BLOCK), Metadata())
    assert "Secret" not in found.document.text


def test_a_line_through_a_word_does_not_hide_it() -> None:
    raw = pdf(SHOWN + text("Shown too", y=650) + ".5 w 60 654 m 200 654 l S 60 648 200 .5 re f")
    assert read_pdf("doc", raw, Metadata()).document.text == "Visible words.\n\nShown too"


def test_the_hidden_part_of_a_word_is_not_read() -> None:
    found = read_pdf("doc", pdf(text("Amount 1,000,000.") + "1 g 149 690 300 30 re f"), Metadata())
    assert found.document.text in {"Amount 1,000", "Amount 1,000,"}
