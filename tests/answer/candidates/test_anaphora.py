"""Detection of sentences that refer back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normqa.answer.candidates.anaphora import opens_with_anaphor

REFERRING = [
    "This helps states to talk.",
    "It was agreed in 2015.",
    "They are voluntary.",
    "Their members meet once a year.",
    "Such measures need trust.",
    "Both were adopted.",
    "Another is the hotline.",
    "The latter came into force.",
    "However, few states report.",
    "But nobody asked.",
    "Therefore reports matter.",
    "Finally, states report.",
    "In addition, states report.",
    "In this way trust grows.",
    "For example, Norway reports.",
    "As a result, few states report.",
    "On the other hand, reports cost money.",
    "Because of this, few report.",
    "Afterward they left.",
    "Afterwards the group met.",
]
COMPLETE = [
    "",
    "States agree.",
    "Thistles grow here.",
    "Italy reports.",
    "Itself a member, Norway reports.",
    "Sought by all, the norm spread.",
    "In Italy few report.",
    "In additional talks, states agreed.",
    "For examples, see the annex.",
    "Butter is made of milk.",
    "Norway reports. However, others do not.",
    "Dies hilft den Staaten.",
    "これは規範です。",
]


@pytest.mark.parametrize("sentence", REFERRING)
def test_opening_pronoun_or_connective_refers_back(sentence: str) -> None:
    assert opens_with_anaphor(sentence)


@pytest.mark.parametrize("sentence", COMPLETE)
def test_other_openings_do_not_refer_back(sentence: str) -> None:
    assert not opens_with_anaphor(sentence)


@given(
    st.sampled_from(REFERRING + COMPLETE),
    st.text(st.sampled_from(list("“”\"'(«[*–— ,.\n")), max_size=4),
)
def test_case_and_leading_punctuation_do_not_matter(sentence: str, marks: str) -> None:
    refers = sentence in REFERRING
    assert opens_with_anaphor(marks + sentence) == refers
    assert opens_with_anaphor(sentence.upper()) == refers
    assert opens_with_anaphor(sentence.lower()) == refers


@given(st.text())
def test_any_text_is_classified(text: str) -> None:
    assert opens_with_anaphor(text) in {True, False}
    assert opens_with_anaphor(f"However, {text}")
