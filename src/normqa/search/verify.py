"""Finds a text in the documents, word for word."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from normqa.datatypes import Span

MAX_MATCHES = 100
"""No more places are told; a text that stands in more says little."""


@dataclass(frozen=True, slots=True)
class Match:
    """One place where the text stands."""

    document_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a text stands in the documents.

    Attributes:
        status: ``exact``, or ``whitespace`` where only blanks and line breaks differ, or ``not_found``.
        matches: By document id and start, at most :data:`MAX_MATCHES`.
    """

    status: Literal["exact", "whitespace", "not_found"]
    matches: tuple[Match, ...]


def verify(text: str, documents: Iterable[tuple[str, str]]) -> Verification:
    """Looks for a text.

    Args:
        text: What to look for, in the documents' canonical form (NFC); blanks around it do not count.
        documents: Id and canonical text of each.
    """
    documents = list(documents)
    words = text.split()
    exact = re.compile(re.escape(text.strip()))
    loose = re.compile(r"\s+".join(map(re.escape, words)))
    if found := _first_matches(exact, documents):
        return Verification("exact", found)
    if found := _first_matches(loose, documents):
        return Verification("whitespace", found)
    return Verification("not_found", ())


def _first_matches(pattern: re.Pattern[str], documents: Iterable[tuple[str, str]]) -> tuple[Match, ...]:
    return tuple(match for match, _ in zip(_matches(pattern, documents), range(MAX_MATCHES), strict=False))


def _matches(pattern: re.Pattern[str], documents: Iterable[tuple[str, str]]) -> Iterator[Match]:
    for document_id, text in documents:
        for match in pattern.finditer(text):
            yield Match(document_id, Span(*match.span()))
