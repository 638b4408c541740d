"""Acronyms in a question."""

import pytest

from normqa.search.question.long_forms import spell_out_acronyms

FORMS = {
    "gfce": ["Global Forum on Cyber Expertise", "Great Fish"],
    "it": ["Information Technology"],
    "ggE": [],
}


def spelled_out(question: str) -> str:
    return spell_out_acronyms(question, lambda acronym: FORMS.get(acronym.casefold(), []))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the GFCE?", "What is the Global Forum on Cyber Expertise (GFCE)?"),
        ("Who leads the GFCEs?", "Who leads the Global Forum on Cyber Expertise (GFCEs)?"),
        ("what is the gfce", "what is the Global Forum on Cyber Expertise (gfce)"),
        ("Is it old?", "Is it old?"),
        ("is it old", "is it old"),
        ("What is a gfce in Ghent?", "What is a gfce in Ghent?"),
        (
            "Is the Global Forum on Cyber Expertise the GFCE?",
            "Is the Global Forum on Cyber Expertise the GFCE?",
        ),
        ("What is the OAS?", "What is the OAS?"),
    ],
)
def test_most_frequent_long_form_precedes_the_acronym(question: str, expected: str) -> None:
    assert spelled_out(question) == expected
