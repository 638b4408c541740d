"""Turn the sides of a comparison into questions of their own."""

import re

from normqa.search.question.followup import borrowed_terms, word_stems

_PRONOUN = re.compile(r"\b(?:one|ones|that|those)\b", re.IGNORECASE)
_OPENS_CLAUSE = re.compile(r"(?:what|which|who|whose|where|when|why|how)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|a|an) ", re.IGNORECASE)


def side_questions(sides: tuple[str, str]) -> list[list[str]]:
    """Return the questions that may find each side, the plainest first.

    A side may leave out a noun that the other side has: "the 2011 one", or "Active" of "active and passive
    defence". Its second question adds what is missing.

    Args:
        sides: The two sides, in the words of the comparison.
    """
    first, second = sides
    completions = (_completed(first, second), _completed(second, first))
    return [
        [_question(side), *([_question(completed)] if completed else [])]
        for side, completed in zip(sides, completions, strict=True)
    ]


def _question(side: str) -> str:
    return f"{side}?" if _OPENS_CLAUSE.match(side) else f"What is {side}?"


def _completed(side: str, other: str) -> str | None:
    """Return the side with the noun that it leaves to the other side; None if it leaves out nothing."""
    if _PRONOUN.search(side):
        borrowed = borrowed_terms(side, other, {stem for stem in word_stems(other) if stem.isalpha()})
        return f"{side} ({', '.join(borrowed)})" if borrowed else None
    words, others = (_ARTICLE.sub("", text).split() for text in (side, other))
    if len(words) == 1 < len(others):
        return " ".join([side, *others[1:]])
    return None
