"""A text is aligned with the characters it was made from, whatever was added, left out or moved."""

from collections.abc import Sequence

import pytest

from normqa.load.pdf import alignment


def align(text: str, characters: Sequence[str]) -> list[int]:
    return alignment.align(text, characters).tolist()


def origins(text: str, characters: Sequence[str]) -> str:
    """The character that each letter of a text was made from; a dot if there is none."""
    return "".join("." if index < 0 else characters[index] for index in align(text, characters))


@pytest.mark.parametrize(
    ("text", "characters", "expected"),
    [
        ("a well", "awell", "a.well"),
        ("strategies", "strat-egies", "strategies"),
        ("drilled wells", "•drilledwells", "drilled.wells"),
        ("10^6 litres", "106litres", "10.6.litres"),
        ("1. Build", "Build", "...Build"),
        ("", "abc", ""),
        ("abc", "", "..."),
        ("école", "école", "école"),
        ("ab ab ab ab", "abababab", "ab.ab.ab.ab"),
    ],
)
def test_differences_are_skipped(text: str, characters: str, expected: str) -> None:
    assert origins(text, characters) == expected


def test_every_letter_of_a_ligature_comes_from_it() -> None:
    assert align("office", ["o", "ffi", "c", "e"]) == [0, 1, 1, 1, 2, 3]
    assert align("office", ["o", "\ufb03", "c", "e"]) == [0, 1, 1, 1, 2, 3]


def test_composed_letter_comes_from_its_base() -> None:
    assert align("né", ["n", "e", "\u0301"]) == [0, 1]


def test_moved_text_is_found() -> None:
    note, first, second = "1 The rule was withdrawn later.", "The rule holds.1 It is old.", "It was new once."
    page = [c for c in first + note + second if c != " "]
    text = f"{first} {second}\n\n{note}"
    found = align(text, page)
    assert [page[index] for index in found if index >= 0] == [c for c in text if not c.isspace()]
    place = text.index("withdrawn")
    assert found[place] == "".join(page).index("withdrawn")


def test_short_text_that_moved_nearby_is_found() -> None:
    page = list("DateofentryNoYes1403/10/04")
    found = origins("Yes\tNo\t1403/10/04\tDate of entry", page)
    assert found == "Yes.No.1403/10/04.Date.of.entry"


def test_repeated_text_is_aligned_in_order() -> None:
    text = "The fee is 5 euros. " * 40
    letters = [c for c in text if c != " "]
    assert [index for index in align(text, letters) if index >= 0] == list(range(len(letters)))


def test_no_character_is_used_twice() -> None:
    found = align("abcabcabcabcabc" * 3, list("abc" * 5))
    used = [index for index in found if index >= 0]
    assert len(used) == len(set(used)) == 15


def test_a_part_of_a_word_that_moved_nearby_is_found() -> None:
    assert origins("Length of the sequence", list("enceLengthofthesequ")) == "Length.of.the.sequence"


def test_words_that_moved_far_are_found() -> None:
    others = " ".join(f"{number}:" for number in range(200, 400))
    letters = [*others.replace(" ", ""), *"Rapids"]
    assert [letters[index] for index in align(f"Rapids {others}", letters)[:6]] == list("Rapids")
