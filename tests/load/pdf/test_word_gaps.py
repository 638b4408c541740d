"""Words are told apart by blanks and by gaps, beside the usual gap between letters."""

import pytest

from tests.load.pdf.files import text
from tests.load.pdf.test_layout import load


def spaced(content: str, spacing: float) -> str:
    return f"BT /F1 12 Tf {spacing} Tc 72 700 Td {content} ET\n"


@pytest.mark.parametrize("words", ["Double quotes", "Last text"])
@pytest.mark.parametrize("spacing", [5.0, 2.0, -1.5])
def test_letter_spacing_neither_splits_nor_joins_words(words: str, spacing: float) -> None:
    assert load(spaced(f"({words}) Tj", spacing)).text == words


def test_the_last_letter_of_a_spaced_word_belongs_to_it() -> None:
    assert load(spaced("(Nort) Tj 0 Tc (h) Tj 3 Tc ( Roa) Tj 0 Tc (d) Tj", 3)).text == "North Road"


def test_dots_after_words_are_no_letter_spacing() -> None:
    dots = spaced("(Not over) Tj 8 Tc (............) Tj", 0)
    assert load(dots).text.startswith("Not over")


def test_words_in_any_order_are_told_apart() -> None:
    words = text("from bottom", x=125.7) + text("up", x=109.8) + text("written", x=72)
    assert load(words).text == "written up from bottom"


def test_letters_that_fill_the_gaps_of_a_word_belong_to_it() -> None:
    assert load(text("w  lls", x=72) + text("e", x=80.67)).text == "wells"
