"""What a question asks for in the sentence that answers it."""

import pytest

from normqa.serve.pages.emphasis import emphasise


@pytest.mark.parametrize(
    ("question", "sentence", "asked"),
    [
        ("When was it signed?", "It opened on 23 November 2001 in Budapest.", ["23 November 2001"]),
        ("When was it signed?", "It opened on November 23, 2001.", ["November 23, 2001"]),
        ("In which year did it end?", "The group of 2016-17 ended in 2017.", ["2016-17", "2017"]),
        ("Who met and when?", "They met on 2023-05-01.", ["2023-05-01"]),
        ("When was it signed?", "Am 23. März 2001 unterzeichnet.", ["23. März 2001"]),
        ("Quand ? When?", "Signé le 23 novembre 2001.", ["23 novembre 2001"]),
        ("What happened in 2015 and when?", "In 2015 it ended; in 2016 it began.", ["2016"]),
        ("How many states signed?", "By 2023, 68 states had signed.", ["68"]),
        ("How many states signed?", "Seventy-two states had signed.", ["Seventy-two"]),
        ("How much does it cost?", "It costs €1.5 million a year.", ["€1.5 million"]),
        (
            "Who chaired the group?",
            "Burhan Gafoor of Singapore chaired the group.",
            ["Burhan Gafoor of Singapore"],
        ),
        ("Who proposed it?", "The proposal came from Russia and China.", ["Russia and China"]),
        ("Which countries proposed it?", "In 2018 France did.", ["France"]),
        ("What is due diligence?", "Due diligence is an idea.", ["Due", "diligence"]),
        ("When do pelicans sleep?", "The pelican sleeps at noon.", ["pelican", "sleeps"]),
        ("Why?", "Nobody knows.", []),
    ],
)
def test_what_is_asked_for_is_set_off(question: str, sentence: str, asked: list[str]) -> None:
    parts = emphasise(question, sentence)
    assert [part.text for part in parts if part.is_asked] == asked
    assert "".join(part.text for part in parts) == sentence


def test_relative_clause_asks_for_nothing() -> None:
    """Only a clause that opens with a question word asks for a date."""
    parts = emphasise("What happens when states disagree?", "In 2015 states did disagree.")
    assert [part.text for part in parts if part.is_asked] == ["states", "disagree"]
