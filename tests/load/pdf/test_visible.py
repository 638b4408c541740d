"""Text that a reader cannot see is not in the document, and is reported."""

import pytest

from normqa.datatypes import Metadata
from normqa.load.pdf.pdf import read_pdf
from normqa.load.problem import LoadError
from tests.load.pdf.files import pdf, text

SHOWN = text("Visible words.")
BOX = "60 640 200 30 re f\n"


def layer(content: str, is_on: str) -> bytes:
    """A page with content in a layer that is ``ON`` or ``OFF``."""
    return pdf(
        SHOWN + f"/OC /MC0 BDC {content}EMC",
        catalog=f"/OCProperties << /OCGs [5 0 R] /D << /{is_on} [5 0 R] >> >>",
        resources="/Properties << /MC0 5 0 R >>",
        objects=["<< /Type /OCG /Name (layer) >>"],
    )


FORM = "/XObject << /X0 5 0 R >>"
MASK = "/ExtGState << /GS << /SMask << /Type /Mask /S /Luminosity /G 5 0 R >> >> >>"
MULTIPLY = "/ExtGState << /GS << /BM /Multiply >> >>"
GREY = (
    "<< /Type /Pattern /PatternType 2 /Shading << /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 595 0]"
    " /Function << /FunctionType 2 /Domain [0 1] /C0 [.2] /C1 [.2] /N 1 >> /Extend [true true] >> >>"
)
GROUP = "/Group << /S /Transparency /CS /DeviceGray >>"
IMAGE = (
    "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    " /Length 1 >>\nstream\n\xff\nendstream"
)
SQUARE = "/Annots [<< /Type /Annot /Subtype /Square /Rect [60 640 260 670] /F 4 /AP << /N 5 0 R >> >>]"
TILES = "".join(f"{60 + 5 * x} {640 + 5 * y} 5 5 re f\n" for x in range(12) for y in range(6))


def form(content: str, more: str = "", box: str = "0 0 595 842") -> str:
    """A form: content that pages can paint."""
    resources = "/Resources << /Font << /F1 3 0 R >> >>"
    head = f"<< /Type /XObject /Subtype /Form /BBox [{box}] {more} {resources} /Length {len(content)} >>"
    return f"{head}\nstream\n{content}\nendstream"


@pytest.mark.parametrize(
    "raw",
    [
        pdf(SHOWN + "/X0 Do\n", resources=FORM, objects=[form(text("Secret", y=650, before="1 g"))]),
        pdf(SHOWN + "/X0 Do\n", resources=FORM, objects=[form(text("Secret", y=650), box="0 0 9 9")]),
        pdf(
            text("Secret", y=650) + "q 300 0 0 40 60 640 cm /X0 Do Q " + SHOWN,
            resources=FORM,
            objects=[IMAGE],
        ),
        pdf(
            SHOWN + "q /GS gs " + text("Secret", y=650) + "Q",
            resources=MASK,
            objects=[form("0 g 0 0 595 842 re f", GROUP)],
        ),
        pdf(SHOWN + "/GS gs " + text("Secret", y=650, before="1 g"), resources=MULTIPLY),
        pdf(
            text("Secret", y=650) + f"/Pattern cs /P0 scn {BOX} 0 g " + SHOWN,
            resources="/Pattern << /P0 5 0 R >>",
            objects=[GREY],
        ),
        pdf(text("Secret", y=650) + f"1 g {TILES} 0 g " + SHOWN),
        pdf(text("Secret", y=650) + "1 G 30 w 60 654 m 200 654 l S " + SHOWN),
        pdf(SHOWN + text("Secret", y=650, before="1 g 1 G 2 Tr")),
        pdf(SHOWN + text("Secret", y=650, before=".97 g")),
        pdf(SHOWN + text("Secret", y=650, before="7 Tr")),
        pdf(SHOWN + text("Secret", y=650, before="1 1 1 rg")),
        pdf(text("Secret", y=650) + f"1 1 1 rg {BOX} 0 g " + SHOWN),
        pdf(text("Secret", y=650) + f"0 0 0 rg {BOX} 0 g " + SHOWN),
        pdf(SHOWN + f".5 g {BOX}" + text("Secret", y=650, before=".5 g")),
        pdf(SHOWN + text("Secret", x=900)),
        pdf(SHOWN + text("Secret", y=-50)),
        pdf(SHOWN + text("Secret", y=650), page="/CropBox [0 680 595 842]"),
        pdf(SHOWN + text("Secret", y=650, before="3 Tr")),
        pdf(SHOWN + text("Secret", y=650, size=0.5)),
        pdf(SHOWN + "q 0 0 10 10 re W n " + text("Secret", y=650) + "Q"),
        pdf(
            SHOWN + "/GS gs " + text("Secret", y=650),
            resources="/ExtGState << /GS << /ca 0 /CA 0 >> >>",
        ),
        layer(text("Secret", y=650), "OFF"),
    ],
)
def test_hidden_text_is_left_out_and_reported(raw: bytes) -> None:
    found = read_pdf("doc", raw, Metadata())
    assert found.document.text == "Visible words."
    assert found.notes == ("6 characters of hidden text were not read",)


@pytest.mark.parametrize(
    "raw",
    [
        pdf(SHOWN + "/X0 Do\n", resources=FORM, objects=[form(text("Shown too", y=650))]),
        pdf(
            SHOWN + "q 1 0 0 1 0 -100 cm /X0 Do Q\n", resources=FORM, objects=[form(text("Shown too", y=750))]
        ),
        pdf(
            "q 300 0 0 40 60 640 cm /X0 Do Q " + SHOWN + text("Shown too", y=650),
            resources=FORM,
            objects=[IMAGE],
        ),
        pdf(
            SHOWN + "q /GS gs " + text("Shown too", y=650) + "Q",
            resources=MASK,
            objects=[form("1 g 0 0 595 842 re f", GROUP)],
        ),
        pdf(
            SHOWN + "/Pattern cs /P0 scn " + text("Shown too", y=650),
            resources="/Pattern << /P0 5 0 R >>",
            objects=[GREY],
        ),
        pdf(SHOWN + text("Shown too", y=650), page="/Rotate 180"),
        pdf(SHOWN + text("Shown too", y=650)).replace(b"[0 0 595 842]", b"[595 842 0 0]"),
        pdf(SHOWN + BOX + text("Shown too", y=650, before="1 1 1 rg")),
        pdf(SHOWN + text("Shown too", y=650, before="1 Tr")),
        pdf(SHOWN + text("Shown too", y=650, before=".7 g")),
        pdf(SHOWN + text("Shown too", y=650, before="1 0 0 rg")),
        pdf(SHOWN + ".9 g " + BOX + text("Shown too", y=650, before="0 g")),
        layer(text("Shown too", y=650), "ON"),
    ],
)
def test_text_that_can_be_seen_is_kept(raw: bytes) -> None:
    found = read_pdf("doc", raw, Metadata())
    assert found.document.text == "Visible words.\n\nShown too"
    assert found.notes == ()


def test_recognised_text_of_a_scan_is_kept_and_labelled() -> None:
    scan = "q 595 0 0 842 0 0 cm /X0 Do Q " + text("Recognised words.", before="3 Tr")
    found = read_pdf("doc", pdf(scan, resources=FORM, objects=[IMAGE]), Metadata())
    assert found.notes == ("1 of 1 pages are scans, whose text a program recognised and may have misread",)
    quote = found.document.quote(found.document.blocks[0].span)
    assert quote.citation.recognised
    assert str(quote.citation).endswith("page 1, recognised text.")


def test_text_over_a_picture_of_the_whole_page_is_not_recognised_text() -> None:
    slide = "q 595 0 0 842 0 0 cm /X0 Do Q " + text("Printed words.")
    found = read_pdf("doc", pdf(slide, resources=FORM, objects=[IMAGE]), Metadata())
    assert not found.document.quote(found.document.blocks[0].span).citation.recognised
    assert found.notes == ()


def test_text_under_an_annotation_is_hidden_and_annotations_are_reported() -> None:
    raw = pdf(
        SHOWN + text("Secret", y=650), page=SQUARE, objects=[form("0 g 0 0 200 30 re f", box="0 0 200 30")]
    )
    found = read_pdf("doc", raw, Metadata())
    assert found.document.text == "Visible words."
    assert found.notes == (
        "6 characters of hidden text were not read",
        "1 form fields and notes on pages were not read",
    )


def test_a_document_with_only_hidden_text_says_so() -> None:
    with pytest.raises(LoadError, match=r"no text; .* 6 characters of hidden text were not read"):
        read_pdf("doc", pdf(text("Secret", before="1 g")), Metadata())
