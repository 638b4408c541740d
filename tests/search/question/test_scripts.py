"""Scripts of questions."""

import pytest

from normqa.search.question.scripts import main_script, shares_letter_pairs


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Who pays?", "LATIN"),
        ("Où est l’été?", "LATIN"),
        ("מה עולה?", "HEBREW"),
        ("ما هي الرسوم؟", "ARABIC"),
        ("费用是多少 NATO?", "CJK"),
        ("शुल्क कितना है", "DEVANAGARI"),
        ("2031?!", None),
        ("", None),
    ],
)
def test_script_of_most_letters_counts(text: str, script: str | None) -> None:
    assert main_script(text) == script


def test_related_texts_without_spaces_share_letter_pairs() -> None:
    assert shares_letter_pairs("渡船的费用是多少", "渡船的费用是八十元。")
    assert not shares_letter_pairs("法国的首都是哪里", "渡船每天九点开。")
    assert not shares_letter_pairs("Who pays?", "Who pays?")
