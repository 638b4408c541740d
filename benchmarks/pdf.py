"""Measure how fast PDF files are read, beside other libraries.

Every file is read by each in turn, in this process: by normqa (layout and hidden text included, and the
characters and hidden text alone), by pypdfium2 (the text that PDFium gives, without layout, in boxes of
characters and as a whole), pypdf and pdfminer.six. Medians of CPU time are added up over the files that all
can read. Libraries that are not installed are left out.

Usage: python benchmarks/pdf.py DIR [--rounds N]
"""

import argparse
import contextlib
import ctypes
import io
import logging
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from normqa.datatypes import Metadata
from normqa.load.pdf.page.characters import characters_of
from normqa.load.pdf.page.painted import annotations_of, painted
from normqa.load.pdf.pdf import read_pdf
from normqa.load.pdf.seen.outlines import Outlines
from normqa.load.pdf.seen.visible import hidden_characters


def _normqa(raw: bytes) -> int:
    return len(read_pdf("doc", raw, Metadata()).document.text)


def _characters(raw: bytes) -> int:
    """Read the characters and their boxes, and find those that are hidden, without layout."""
    total, outlines = 0, Outlines()
    for page in pdfium.PdfDocument(raw):
        characters, objects = characters_of(page.get_textpage()), painted(page)
        boxes = annotations_of(page).boxes
        hidden = hidden_characters(page, characters, objects, boxes, outlines, keep_invisible=False)
        outlines.end_page()
        total += len(hidden) - int(hidden.sum())
    return total


def _pdfium_text(raw: bytes) -> int:
    return sum(len(page.get_textpage().get_text_range()) for page in pdfium.PdfDocument(raw))


def _pdfium_boxes(raw: bytes) -> int:
    """Read code point and box of every character, which layout needs."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    total = 0
    for page in pdfium.PdfDocument(raw):
        text = page.get_textpage()
        count = pdfium_c.FPDFText_CountChars(text.raw)
        for index in range(count):
            pdfium_c.FPDFText_GetUnicode(text.raw, index)
            pdfium_c.FPDFText_GetCharBox(text.raw, index, left, right, bottom, top)
        total += count
    return total


def _pypdf(raw: bytes) -> int:
    from pypdf import PdfReader  # noqa: PLC0415 - it may not be installed

    return sum(len(page.extract_text()) for page in PdfReader(io.BytesIO(raw)).pages)


def _pdfminer(raw: bytes) -> int:
    from pdfminer.high_level import extract_text  # noqa: PLC0415

    return len(extract_text(io.BytesIO(raw)))


READERS: dict[str, Callable[[bytes], int]] = {
    "normqa": _normqa,
    "normqa, characters": _characters,
    "pypdfium2, text": _pdfium_text,
    "pypdfium2, boxes": _pdfium_boxes,
    "pypdf": _pypdf,
    "pdfminer.six": _pdfminer,
}


def main() -> None:
    """Print the CPU seconds of each library and their ratio to normqa."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    readers = dict(READERS)
    totals = dict.fromkeys(readers, 0.0)
    files = 0
    for path in sorted(given.folder.rglob("*.pdf")):
        raw = path.read_bytes()
        taken: dict[str, list[float]] = {name: [] for name in readers}
        for _ in range(given.rounds):
            for name in list(readers):
                start = time.process_time()
                try:
                    readers[name](raw)
                except ImportError:
                    del readers[name], taken[name], totals[name]
                    continue
                except Exception:  # noqa: S112 - a file that one cannot read is not compared
                    continue
                taken[name].append(time.process_time() - start)
        if all(taken.values()):
            files += 1
            for name, seconds in taken.items():
                totals[name] += median(seconds)
    print(f"{files} files that all can read")
    for name, total in totals.items():
        print(f"{name:20} {total:8.2f} s   {total / totals['normqa']:6.2f} of normqa")


if __name__ == "__main__":
    with contextlib.redirect_stderr(io.StringIO()):
        main()
