"""Lay out the quotes of a comparison: what names both sides, then each side by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from normqa.datatypes import Quote
from normqa.index.analyzer import tokenize
from normqa.search.question.classify import comparison_sides
from normqa.text.canonical import canonical_line

_ALIKE = 0.75
"""A text names both sides if it contains nearly as large a share of the words of either."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The quotes of a comparison in the order that they are read.

    Attributes:
        both: Quotes about both sides.
        sides: Two sides, each with its name and its quotes; empty if a side would have no quote.
    """

    both: tuple[Quote, ...]
    sides: tuple[tuple[str, tuple[Quote, ...]], ...]

    @classmethod
    def of(cls, question: str, quotes: Sequence[Quote]) -> "Comparison":
        """Lay out the quotes of an answer."""
        names = comparison_sides(canonical_line(question))
        if names is None:
            return cls(tuple(quotes), ())
        first, second = (set(tokenize(name)) for name in names)
        own = first - second, second - first
        placed = [_side_of(quote, own, is_best=place == 0) for place, quote in enumerate(quotes)]
        both, *sides = (
            tuple(quote for quote, side in zip(quotes, placed, strict=True) if side is wanted)
            for wanted in (None, 0, 1)
        )
        if not all(sides):
            return cls(tuple(quotes), ())
        return cls(
            both, tuple((name[0].upper() + name[1:], side) for name, side in zip(names, sides, strict=True))
        )


def _side_of(quote: Quote, own: Sequence[set[str]], *, is_best: bool) -> int | None:
    """Return the side that a quote is about; None for both."""
    title = _shares([quote.citation.title], own)
    text = _shares([quote.text, *quote.citation.section], own)
    if is_best and _names_both(text):
        return None
    for shares in (title, text):
        if any(shares):
            return None if _names_both(shares) else int(shares[1] > shares[0])
    return None


def _shares(texts: Iterable[str], own: Sequence[set[str]]) -> list[float]:
    """Return the share of the words of each side that texts contain."""
    terms = set(tokenize("\n".join(texts)))
    return [len(terms & side) / len(side) if side else 0.0 for side in own]


def _names_both(shares: Sequence[float]) -> bool:
    return min(shares) > 0 and min(shares) >= _ALIKE * max(shares)
