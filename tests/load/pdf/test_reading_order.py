"""The letters of a line are read in the order of its script."""

import numpy as np

from normqa.load.pdf.page.glyphs import Glyphs
from normqa.load.pdf.page.style import Style
from normqa.load.pdf.page.text.reading_order import reading_order

STYLE = Style(10, 0, "Font", False, False, (0, 0, 0, 255), 0, 10)


def read(*letters: tuple[str, float]) -> str:
    """Return letters, each with its left edge, in reading order."""
    count = len(letters)
    left = np.array([left for _, left in letters], np.float64)
    no, zeros = np.zeros(count, bool), np.zeros(count)
    glyphs = Glyphs(
        codes=np.array([ord(letter) for letter, _ in letters], np.uint32),
        boxes=np.stack([left, zeros, left + 5, zeros + 10], axis=1),
        origins=np.stack([left, zeros], axis=1),
        sizes=zeros + 10,
        styles=[STYLE],
        owners=np.zeros(count, np.int64),
        unmapped=no,
        after_space=no,
        after_blank=no,
        before_blank=no,
        indexes=np.arange(count),
    )
    return glyphs.text(reading_order(glyphs, np.argsort(left, kind="stable")))


def test_a_ligature_starts_with_lam() -> None:
    assert read(("\u0627", 20), ("\u0625", 10), ("\u0644", 10), ("\u0646", 0)) == "\u0627\u0644\u0625\u0646"
    assert read(("\u0627", 20), ("\u0644", 10), ("\u0625", 10), ("\u0646", 0)) == "\u0627\u0644\u0625\u0646"


def test_words_of_other_scripts_keep_their_order() -> None:
    assert read(("\u05d0", 30), ("\u05d1", 25), ("\u05d2", 20), ("a", 0), ("b", 5)) == "\u05d0\u05d1\u05d2ab"


def test_latin_lines_are_read_from_the_left() -> None:
    assert read(("a", 0), ("b", 5)) == "ab"
