"""A name that a program put in the place of a title is none."""

import pytest

from normqa.datatypes import Metadata
from normqa.load.pdf.pdf import read_pdf
from normqa.load.pdf.title import real_title
from tests.load.pdf.files import pdf, text


@pytest.mark.parametrize(
    "name",
    [
        "wells.pdf",
        "Final report.DOCX",
        "https://example.org/wells?page=2",
        "file:///srv/wells.html",
        "/srv/files/wells",
        "C:\\Files\\Wells 2",
        "index.php?id=4",
        "about:blank",
        "Microsoft Word - Wells",
        "Microsoft PowerPoint - Wells.ppt",
        "untitled",
        "Untitled-1",
        "Untitled document",
        "(anonymous)",
        "Document1",
        "PowerPoint Presentation",
        "wells_final_2",
        "",
    ],
)
def test_a_name_is_no_title(name: str) -> None:
    assert real_title(name) is None


@pytest.mark.parametrize(
    "title",
    [
        "Wells",
        "Wells and/or ponds",
        "Guide to Node.js",
        "Version 2.0",
        "A/B tests: a guide",
        "The document",
        "Microsoft Word for beginners",
        "Untitled works of art",
        "TCP/IP",
        "C: a language",
    ],
)
def test_a_title_is_kept(title: str) -> None:
    assert real_title(title) == title


def test_the_first_heading_is_the_title_of_an_untitled_file() -> None:
    raw = pdf(
        text("Depth of wells", y=780, size=20) + text("The well is deep."),
        objects=["<< /Title (untitled) >>"],
    )
    found = read_pdf("doc", raw.replace(b"/Root 1 0 R", b"/Root 1 0 R /Info 5 0 R"), Metadata())
    assert found.document.title == "Depth of wells"
