"""Measure whether the boxes of quotes surround their text, and nothing else.

Each block of each PDF file is a quote. The text under its boxes is read back by PDFium: the characters whose
middle is in a box. It must consist of the letters of the quote, whatever their order. What a reader adds or
drops does not count: blanks, hyphens at line ends, the marks of superscripts and subscripts, dots that lead
to a page number, characters that are painted twice to look bold, and characters that the font does not name.

Usage: python benchmarks/boxes.py DIR [--show N]
"""

import argparse
import re
import unicodedata
from collections import Counter
from pathlib import Path
from unicodedata import category

import numpy as np
import pypdfium2 as pdfium

from normqa.datatypes import Metadata
from normqa.glyph_map import Box
from normqa.load.loaded import Parsed
from normqa.load.pdf.page.boxes import shown_matrix
from normqa.load.pdf.page.characters import characters_of
from normqa.load.pdf.page.glyphs import text_of
from normqa.load.pdf.page.text.runs import runs_of
from normqa.load.pdf.pdf import read_pdf
from normqa.load.problem import LoadError

_DROPPED = re.compile("[-\u2010\u00ad\u200b\ufeff\\s]")
_SCRIPT = re.compile(r"[\^_]\(([^()]*)\)|[\^_]")
_DOTS = re.compile(r"[.·…_]")
_LEADER = "…"
_PRIVATE = "Co"
"""Category of the code points that name no character."""

_UNNAMED = "\u2022"
"""What the text of a document has for a symbol that the font does not name."""


def _letters(text: str, *, has_leader: bool) -> Counter[str]:
    plain = _SCRIPT.sub(r"\1", text)
    plain = unicodedata.normalize("NFKD", _DOTS.sub("", plain) if has_leader else plain)
    letters = Counter(_DROPPED.sub("", plain))
    del letters[_UNNAMED]
    return Counter({letter: count for letter, count in letters.items() if category(letter) != _PRIVATE})


class _Page:
    """The characters of a page, and the middles of their boxes in points from its upper left corner."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        glyphs = characters_of(page.get_textpage()).glyphs
        width, height = page.get_size()
        middle = np.column_stack([(glyphs.boxes[:, :2] + glyphs.boxes[:, 2:]) / 2, np.ones(len(glyphs))])
        matrix = shown_matrix(page, round(10 * width), round(10 * height), step=1000)
        self._places = middle @ matrix / 10
        self._letters = np.where(glyphs.unmapped, ord(_UNNAMED), glyphs.codes).astype(np.uint32)
        once = [run.numbers for run in runs_of(glyphs, np.arange(len(glyphs)))]
        self._is_once = np.isin(np.arange(len(glyphs)), np.concatenate([[], *once]))

    def under(self, boxes: list[Box]) -> str:
        inside = np.zeros(len(self._letters), bool)
        x, y = self._places.T if len(self._letters) else (np.empty(0), np.empty(0))
        for box in boxes:
            inside |= (box.left <= x) & (x <= box.right) & (box.top <= y) & (y <= box.bottom)
        return text_of(self._letters[inside & self._is_once])


def _failures(parsed: Parsed, raw: bytes) -> tuple[int, list[tuple[str, str, str]]]:
    """Return how many quotes there are, and those that fail: the quote, what is missing, what is too much."""
    assert parsed.glyphs  # noqa: S101 - every PDF has them
    pages = [_Page(page) for page in pdfium.PdfDocument(raw)]
    failures = []
    for block in parsed.document.blocks:
        quote = parsed.document.text[block.span.start : block.span.end]
        boxes = parsed.glyphs.boxes(block.span)
        shown = "".join(
            page.under([box for box in boxes if box.page == number]) for number, page in enumerate(pages, 1)
        )
        wanted, found = (_letters(text, has_leader=_LEADER in quote) for text in (quote, shown))
        if wanted != found:
            failures.append(
                (quote, "".join((wanted - found).elements()), "".join((found - wanted).elements()))
            )
    return len(parsed.document.blocks), failures


def main() -> None:
    """Print the share of quotes whose boxes surround them, for each file and for all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=0, help="failing quotes to print for each file")
    given = parser.parse_args()
    total = right = 0
    for path in sorted(given.folder.rglob("*.pdf")):
        raw = path.read_bytes()
        try:
            parsed = read_pdf("doc", raw, Metadata())
        except LoadError:
            continue
        count, failures = _failures(parsed, raw)
        total, right = total + count, right + count - len(failures)
        if failures:
            print(f"{path.name}: {count - len(failures)} of {count}")
        for quote, missing, more in failures[: given.show]:
            print(f"    {quote[:60]!r} lacks {missing[:40]!r}, has {more[:40]!r} too much")
    print(f"{right} of {total} quotes, {right / max(1, total):.2%}")


if __name__ == "__main__":
    main()
