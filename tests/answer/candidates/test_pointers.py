"""Sentences that only point elsewhere."""

import pytest

from normqa.answer.candidates.pointers import is_pointer, without_pointers
from tests.answer.documents import a_document, candidates


@pytest.mark.parametrize(
    "sentence",
    [
        "How the treaties differ is shown in the comparison of both conventions.",
        "The notes on the EU and on Russia explain why this matters.",
        "The other norms are listed in the note on the eleven norms.",
        "The survey is described in a separate note.",
        "The section below describes the ferry.",
        "See also the note on treaties.",
        "(see section 4)",
        "For more details, see the guide.",
        "More on this can be found in the next chapter.",
    ],
)
def test_pointer_is_recognised(sentence: str) -> None:
    assert is_pointer(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "A revised code followed in January 2015 and is described in the note on the code.",
        "The convention lists nine crimes.",
        "The table compares the conventions:",
        "Herons are found in the delta.",
        "Article 5 describes the right of self-defence.",
        "The note was written in 2015.",
        "See you at nine.",
        "",
    ],
)
def test_sentence_that_says_something_is_none(sentence: str) -> None:
    assert not is_pointer(sentence)


def test_pointers_are_dropped_unless_there_is_nothing_else() -> None:
    document = a_document("See also the note on mud. Herons wade.")
    pointer, wade = candidates(document, "See also", "Herons wade")
    assert without_pointers([pointer, wade]) == [wade]
    assert without_pointers([pointer]) == [pointer]
