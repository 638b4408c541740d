"""The letters of a line are read in the order of its script."""

from normqa.load.pdf.page.glyphs import Glyph
from normqa.load.pdf.page.reading_order import reading_order
from normqa.load.pdf.page.style import Style

STYLE = Style(10, 0, "Font", False, False, (0, 0, 0, 255), 0, 10)


def glyph(text: str, left: float, index: int) -> Glyph:
    return Glyph(text, left, 0, left + 5, 10, left, 0, 10, STYLE, False, False, False, False, index)


def read(*letters: tuple[str, float]) -> str:
    """Return letters, each with its left edge, in reading order."""
    placed = [glyph(text, left, index) for index, (text, left) in enumerate(letters)]
    return "".join(found.text for found in reading_order(sorted(placed, key=lambda found: found.left)))


def test_a_ligature_starts_with_lam() -> None:
    assert read(("\u0627", 20), ("\u0625", 10), ("\u0644", 10), ("\u0646", 0)) == "\u0627\u0644\u0625\u0646"
    assert read(("\u0627", 20), ("\u0644", 10), ("\u0625", 10), ("\u0646", 0)) == "\u0627\u0644\u0625\u0646"


def test_words_of_other_scripts_keep_their_order() -> None:
    assert read(("\u05d0", 30), ("\u05d1", 25), ("\u05d2", 20), ("a", 0), ("b", 5)) == "\u05d0\u05d1\u05d2ab"


def test_latin_lines_are_read_from_the_left() -> None:
    assert read(("a", 0), ("b", 5)) == "ab"
