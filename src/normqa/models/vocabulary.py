"""Words that a tokenizer knows whole."""

from collections.abc import Iterable

_WORD_STARTS = "▁Ġ"
"""How SentencePiece and byte-level tokens begin where a word begins."""


def is_whole(word: str, tokens: Iterable[str]) -> bool:
    """Return whether a word is one token, itself but for capitals.

    Args:
        word: The word.
        tokens: What a tokenizer makes of the word after a space.
    """
    parts = [part for token in tokens if (part := token.strip(_WORD_STARTS))]
    return [part.casefold() for part in parts] == [word.casefold()]
