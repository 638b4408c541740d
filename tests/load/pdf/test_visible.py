"""Text that a reader cannot see is not in the document, and is reported."""

import pytest

from normqa.datatypes import Metadata
from normqa.load.pdf.pdf import read_pdf
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


@pytest.mark.parametrize(
    "raw",
    [
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
