"""Find a text in the documents, word for word."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, get_args

from normqa.datatypes import Span
from normqa.search.occurrences import (
    find_case,
    find_exact,
    find_folded,
    find_separators,
    find_words,
    skeleton,
)
from normqa.search.word_diff import DiffPart, aligned_words, word_diff

MAX_MATCHES = 100
"""Maximum number of matches reported."""

Status = Literal["exact", "whitespace", "presentation", "case", "separators", "not_found"]
Find = Callable[[str, str], Iterator[Span]]

Ways = tuple[tuple[Status, Find], ...]

_PLAIN: Ways = (("exact", find_exact), ("whitespace", find_words))
_FOLDED: Ways = (("presentation", find_folded), ("case", find_case), ("separators", find_separators))


@dataclass(frozen=True, slots=True)
class Match:
    """One occurrence of the text."""

    document_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether and where the documents contain a text.

    Attributes:
        status: ``exact``, ``whitespace`` if only whitespace differs, ``presentation`` if ligatures, quotation
            marks, hyphens or invisible characters differ as well, ``case`` if capitals do too,
            ``separators`` if quotation marks, hyphens or spaces are missing or added, or ``not_found``.
        matches: In order of document id and start, at most :data:`MAX_MATCHES`.
        text: The text that was sought, in canonical form.
    """

    status: Status
    matches: tuple[Match, ...]
    text: str = field(default="", compare=False)

    @property
    def distance(self) -> int:
        """How much differs, as the position of the status in the list above."""
        return get_args(Status).index(self.status)

    @property
    def is_verbatim(self) -> bool:
        """Whether the documents contain the text apart from white space and presentation."""
        return self.status in {"exact", "whitespace", "presentation"}

    def diff(self, found: str) -> tuple[DiffPart, ...]:
        """Compare the text with the text of a match, or of the nearest place if there is none, word by word.

        Nothing differs if the match is exact.
        """
        if self.status == "exact":
            return ()
        return (word_diff if self.matches else aligned_words)(self.text, found)


def verify(
    text: str, texts: Callable[[], Iterable[tuple[str, str]]], max_matches: int = MAX_MATCHES
) -> Verification:
    """Find a text.

    Args:
        text: In canonical form (NFC); surrounding whitespace is ignored.
        texts: Returns pairs of document id and canonical text. It is called again for every search, so that
            the texts need not be in memory together.
        max_matches: Maximum number of matches.
    """
    wanted = skeleton(text)

    def candidates() -> Iterator[tuple[str, str]]:
        return ((document_id, canonical) for document_id, canonical in texts() if document_id in ids)

    if found := _search(text, _PLAIN, texts, max_matches):
        return found
    # Folding takes longest, so only documents that contain the letters get further.
    ids = frozenset(document_id for document_id, canonical in texts() if wanted in skeleton(canonical))
    found = _search(text, _FOLDED, candidates, max_matches) if ids else None
    return found or Verification("not_found", (), text.strip())


def _search(
    text: str, ways: Ways, texts: Callable[[], Iterable[tuple[str, str]]], max_matches: int
) -> Verification | None:
    """Find a text in the first way that finds it anywhere."""
    for status, find in ways:
        places = (
            Match(document_id, span) for document_id, canonical in texts() for span in find(text, canonical)
        )
        if found := tuple(islice(places, max_matches)):
            return Verification(status, found, text.strip())
    return None
