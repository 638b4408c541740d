"""Narrows a search to some of the documents, by what they are and say of themselves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import Metadata
from normqa.index.passages import PassageStore

ISO_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
"""A date to the year, month or day."""

_EARLIEST, _LATEST = "0000-01-01", "9999-12-31"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents are searched: those that pass every filter that is given.

    Attributes:
        documents: Ids.
        topics: A document needs one of them.
        sources: Likewise.
        date_from: ISO 8601, to the year, month or day; a document counts whose date may be then or later.
        date_to: Likewise, then or earlier. With either, a document without a date does not count.
    """

    documents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Selection:
    """What passed the filters.

    Attributes:
        documents: Ids.
        passages: Numbers of all their passages, ascending.
    """

    documents: tuple[str, ...]
    passages: NDArray[np.int64]

    @classmethod
    def of(cls, documents: Sequence[str], store: PassageStore) -> "Selection":
        """The passages of some documents.

        Raises:
            UnknownDocument: If there is none of such an id.
        """
        numbers = [number for each in store.passages_of(documents) for number in each]
        return cls(tuple(documents), np.array(sorted(numbers), dtype=np.int64))


def select(filters: Filters, store: PassageStore) -> Selection | None:
    """Applies filters.

    Returns:
        What is to be searched; None where nothing is left out, for everything.

    Raises:
        UnknownDocument: If a filter names a document that there is not.
    """
    if not filters and store.only is None:
        return None
    documents = sorted(set(filters.documents)) if filters.documents else store.document_ids()
    if filters != Filters(documents=filters.documents):
        passing = {document_id for document_id, about in store.metadata() if _passes(about, filters)}
        store.passages_of(filters.documents)  # an unknown id is told in any case
        documents = [each for each in documents if each in passing]
    return Selection.of(documents, store)


def _passes(about: Metadata, filters: Filters) -> bool:
    if filters.topics and not _folded(filters.topics) & _folded(about.topics):
        return False
    if filters.sources and not _folded(filters.sources) & _folded((about.source,) if about.source else ()):
        return False
    if filters.date_from or filters.date_to:
        date = (about.date or "").partition("T")[0]
        # A date known to the year or month stands for all its days.
        return (
            ISO_DATE.fullmatch(date) is not None
            and last_day(date) >= first_day(filters.date_from or _EARLIEST)
            and first_day(date) <= last_day(filters.date_to or _LATEST)
        )
    return True


def _folded(names: Sequence[str]) -> set[str]:
    return {name.casefold() for name in names}


def first_day(date: str) -> str:
    """The first day that an ISO date to the year, month or day may mean; days compare as texts."""
    return date + _EARLIEST[len(date) :]


def last_day(date: str) -> str:
    """The last day that it may mean, or a text that no later day in it exceeds."""
    return date + _LATEST[len(date) :]
