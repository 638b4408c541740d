"""Words that are tokens."""

import pytest

from normqa.models.vocabulary import is_whole


@pytest.mark.parametrize(
    ("word", "tokens", "whole"),
    [
        ("West", ["west"], True),
        ("west", ["Ġwest"], True),
        ("West", ["▁West"], True),
        ("west", ["▁", "west"], True),
        ("contries", ["con", "##tries"], False),
        ("contries", ["Ġcont", "ries"], False),
        ("hotlines", ["[UNK]"], False),
        ("west", [], False),
    ],
)
def test_word_is_whole_if_it_is_the_only_token(word: str, tokens: list[str], whole: bool) -> None:
    assert is_whole(word, tokens) is whole
