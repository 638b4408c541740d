"""Acronyms that a text defines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.text.acronyms import acronym_definitions


@pytest.mark.parametrize(
    ("text", "definition"),
    [
        ("The Global Forum on Cyber Expertise (GFCE) meets.", ("GFCE", "Global Forum on Cyber Expertise")),
        ("An Open-ended Working Group (OEWG) met.", ("OEWG", "Open-ended Working Group")),
        ("Six Groups of Governmental Experts (GGEs) met.", ("GGE", "Groups of Governmental Experts")),
        ("It fell. Confidence-building measures (CBM) help.", ("CBM", "Confidence-building measures")),
        ("the Organization of American States (OAS)", ("OAS", "Organization of American States")),
        ("a Programme of Action (“PoA”)", ("PoA", "Programme of Action")),
    ],
)
def test_definition_is_found(text: str, definition: tuple[str, str]) -> None:
    assert list(acronym_definitions(text)) == [definition]


@pytest.mark.parametrize(
    "text",
    [
        "Herons wade (EU).",
        "It is old (Ghent).",
        "A list (2015).",
        "one, two (OT)",
        "The end. (GFCE)",
        "(GFCE)",
        "",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert list(acronym_definitions(text)) == []


@given(st.text(alphabet="ABC abc(-)., \n", max_size=60))
def test_long_forms_stand_in_the_text(text: str) -> None:
    for acronym, long_form in acronym_definitions(text):
        assert acronym in text
        assert " ".join(long_form.split()) in " ".join(text.split())
