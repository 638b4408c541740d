"""PDF files made of content streams."""

import re
from typing import Any

from tests.load.pdf.files import pdf, text
from tests.load.pdf.fonts import codes, font

SHOWN = "The visible words of this page are all that it says."
HIDDEN = "Secret words that nobody sees."
BOX = "60 640 300 30 re f\n"
_WORDS = text(SHOWN)
_IMAGE = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1"
    b" /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\xff\nendstream"
)
_SCAN = "q 595 0 0 842 0 0 cm /Im Do Q\n"
_ON_SCAN = {"resources": "/XObject << /Im 5 0 R >>", "objects": [_IMAGE]}


def _lines(words: str, x: float = 72, y: float = 700, width: int = 40) -> str:
    """Words at a place, broken into lines."""
    lines, line = [], ""
    for word in words.split():
        if len(line) + len(word) >= width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    lines.append(line)
    return "".join(text(line, x=x, y=y - 14 * number) for number, line in enumerate(lines))


def broken_anywhere(words: str, width: int, y: float = 700, font_of: str = "") -> str:
    """Words in lines of equal length, which break words and keep the blanks at their ends, in a font /F9."""
    lines = re.findall(f".{{1,{width}}} ?", words)
    characters = "".join(sorted(set(font_of or words)))
    shown = (codes(line, characters) for line in lines)
    return "".join(f"BT /F9 12 Tf 72 {y - 16 * n} Td {line} Tj ET\n" for n, line in enumerate(shown))


def font_of(words: str) -> dict[str, Any]:
    """A font /F9 with the characters of these words, as arguments of a PDF."""
    objects = font(_SQUARE, 5, "".join(sorted(set(words))))
    return {"resources": "/Font << /F1 3 0 R /F9 5 0 R >>", "objects": objects}


def _encrypted() -> bytes:
    """A file that opens with a password only; nobody knows which."""
    key = f"/O <{'5a' * 32}> /U <{'a5' * 32}>"
    filter_ = f"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 {key} >>"
    return pdf(_WORDS, objects=[filter_]).replace(
        b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 5 0 R /ID [<00> <00>]"
    )


def _hidden(content: str, **more: str) -> tuple[bytes, str]:
    return pdf(content, **more), SHOWN


_LEFT = "The left column speaks of ponds and of the herons that wait in them for frogs all day. " * 3
_RIGHT = "The right column speaks of wells and of the stones that children throw into them. " * 3
_TOWNS = [("Town", "Vans", "Drivers"), ("Ghent", "41", "77"), ("Bruges", "12", "20"), ("Ypres", "3", "5")]
_CELLS = "".join(
    text(cell, x=72 + 150 * column, y=600 - 16 * row)
    for row, cells in enumerate(_TOWNS)
    for column, cell in enumerate(cells)
)
_NAMES = [a + b + c for a in "bdfgk" for b in "aeiou" for c in "lmnprstvwxyz"]
_LONG = [f"Sheet {n} tells of {name}{n % 7} wells and {name} ponds." for n, name in enumerate(_NAMES, 1)]
_SHEETS = [
    "The preface thanks the keepers.",
    "The contents follow.",
    "The first chapter begins.",
    "It goes on.",
]
_SQUARE = [(50, 0), (550, 0), (550, 700), (50, 700)]
_KOREAN = (
    "국회입법조사처는 감염병을 재해로 보는 보험 약관의 문제를 조사하고 개선할 과제를 찾았다. "
    "보험회사는 약관을 고친 뒤에 계약자에게 바뀐 내용을 알려야 한다."
)
_PARTS = ["Definitions", "Obligations", "Termination"]
_CLAUSE = "This clause carries no legal weight."
_LABELS = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D >>] >>"
_OUTLINE = [
    "<< /Type /Outlines /First 6 0 R /Last 6 0 R /Count 1 >>",
    "<< /Title (Chapter one) /Parent 5 0 R /Dest [8 0 R /Fit] >>",
]
_LAYER = {
    "catalog": "/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>",
    "resources": "/Properties << /MC0 5 0 R >>",
    "objects": ["<< /Type /OCG /Name (layer) >>"],
}
_CLEAR = {"resources": "/ExtGState << /GS << /ca 0 /CA 0 >> >>"}
_WIN_ANSI = "caf\u00e9 cr\u00e8me \u00fcber \u00d8re \u00df"

PDFS: dict[str, tuple[bytes, str]] = {
    "columns.pdf": (pdf(_lines(_LEFT) + _lines(_RIGHT, x=330)), f"{_LEFT}\n\n{_RIGHT}"),
    "columns-interleaved.pdf": (
        pdf(
            "".join(
                text(f"Left line {n} is about ponds", y=700 - 14 * n)
                + text(f"Right line {n} is about wells", x=330, y=700 - 14 * n)
                for n in range(9)
            )
        ),
        " ".join(f"Left line {n} is about ponds" for n in range(9))
        + "\n\n"
        + " ".join(f"Right line {n} is about wells" for n in range(9)),
    ),
    "table.pdf": (
        pdf(text("These are the vans of each town.") + _CELLS),
        "These are the vans of each town.\n\n" + "\n".join("\t".join(row) for row in _TOWNS),
    ),
    "labels.pdf": (pdf(*map(text, _SHEETS), catalog=_LABELS), "\n\n".join(_SHEETS)),
    "outline.pdf": (
        pdf(
            text("Chapter one", y=750, size=20) + _lines(_LEFT),
            catalog="/Outlines 5 0 R",
            objects=_OUTLINE,
        ),
        f"Chapter one\n\n{_LEFT}",
    ),
    "heads-outline.pdf": (
        pdf(
            *(
                text(f"Sample agreement, page {n}", y=800, size=9)
                + text(part, y=770)
                + text(_CLAUSE, y=740)
                + text(_CLAUSE, y=440)
                for n, part in enumerate(_PARTS, 1)
            ),
            catalog="/Outlines 5 0 R",
            objects=[
                "<< /Type /Outlines /First 6 0 R /Last 8 0 R /Count 3 >>",
                f"<< /Title ({_PARTS[0]}) /Parent 5 0 R /Next 7 0 R >>",
                f"<< /Title ({_PARTS[1]}) /Parent 5 0 R /Prev 6 0 R /Next 8 0 R >>",
                f"<< /Title ({_PARTS[2]}) /Parent 5 0 R /Prev 7 0 R >>",
            ],
        ),
        "\n\n".join(f"{part}\n\n{_CLAUSE}\n\n{_CLAUSE}" for part in _PARTS),
    ),
    "korean.pdf": (pdf(broken_anywhere(_KOREAN, 20), **font_of(_KOREAN)), _KOREAN),
    "rotated-page.pdf": (pdf(_lines(_LEFT), page="/Rotate 90"), _LEFT),
    "rotated-text.pdf": (
        pdf("BT /F1 12 Tf 0 1 -1 0 300 100 Tm (The label runs up the side of the page.) Tj ET\n"),
        "The label runs up the side of the page.",
    ),
    "fake-bold.pdf": (
        pdf(text("Bold words") + text("Bold words", x=72.4) + text(SHOWN, y=650)),
        f"Bold words\n\n{SHOWN}",
    ),
    "hyphens.pdf": (
        pdf(
            _lines("Every good strategy matters.")
            + text("It is a good strat-", y=660)
            + text("egy, a well-", y=646)
            + text("known one.", y=632)
        ),
        "Every good strategy matters.\n\nIt is a good strategy, a well-known one.",
    ),
    "footnote.pdf": (
        pdf(
            "BT /F1 12 Tf 72 700 Td (The rule holds.) Tj /F1 7 Tf 5 Ts (3) Tj ET\n"
            + text("3 Withdrawn.", y=80, size=8)
        ),
        "The rule holds.^3\n\n3 Withdrawn.",
    ),
    "spaced.pdf": (
        pdf("BT /F1 12 Tf 72 700 Td [(T) 20 (ight) -300 (w) 10 (ords) -300 (b) (y) -300 (gaps.)] TJ ET\n"),
        "Tight words by gaps.",
    ),
    "accents.pdf": (pdf(text(_WIN_ANSI)), _WIN_ANSI),
    "heads.pdf": (
        pdf(
            *(
                text("Annual report", y=800)
                + text(f"Sheet {name} has words of its own.")
                + text(str(n), x=300, y=30)
                for n, name in enumerate("abcd", 7)
            )
        ),
        "\n\n".join(f"Sheet {name} has words of its own." for name in "abcd"),
    ),
    "long.pdf": (pdf(*map(text, _LONG)), "\n\n".join(_LONG)),
    "scan.pdf": (pdf(_SCAN, **_ON_SCAN), ""),  # type: ignore[arg-type]
    "recognised.pdf": (pdf(_SCAN + text(SHOWN, before="3 Tr"), **_ON_SCAN), SHOWN),  # type: ignore[arg-type]
    "encrypted.pdf": (_encrypted(), ""),
    "broken-xref.pdf": (pdf(_WORDS).replace(b"startxref\n", b"startxref\n9"), SHOWN),
    "cut-off.pdf": (pdf(_WORDS)[:-20], SHOWN),
    "hidden-white.pdf": _hidden(_WORDS + text(HIDDEN, y=650, before="1 1 1 rg")),
    "hidden-covered.pdf": _hidden(text(HIDDEN, y=650) + f"1 1 1 rg {BOX} 0 g " + _WORDS),
    "hidden-off-page.pdf": _hidden(_WORDS + text(HIDDEN, x=900)),
    "hidden-cropped.pdf": _hidden(_WORDS + text(HIDDEN, y=650), page="/CropBox [0 680 595 842]"),
    "hidden-clipped.pdf": _hidden(_WORDS + "q 0 0 10 10 re W n " + text(HIDDEN, y=650) + "Q"),
    "hidden-tiny.pdf": _hidden(_WORDS + text(HIDDEN, y=650, size=0.5)),
    "hidden-invisible.pdf": _hidden(_WORDS + text(HIDDEN, y=650, before="3 Tr")),
    "hidden-clear.pdf": _hidden(_WORDS + "/GS gs " + text(HIDDEN, y=650), **_CLEAR),
    "hidden-layer.pdf": _hidden(_WORDS + f"/OC /MC0 BDC {text(HIDDEN, y=650)}EMC", **_LAYER),  # type: ignore[arg-type]
}
"""Content and right text of each file, by name."""

PAGES = {
    "labels.pdf": list(zip(["i", "ii", "1", "2"], _SHEETS, strict=True)),
    "long.pdf": [(str(n), words) for n, words in enumerate(_LONG, 1)],
}
"""Printed number and words of each page, by name of the file."""
