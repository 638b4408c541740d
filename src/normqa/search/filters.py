"""Restrict a search to the documents that pass filters on id, folder, topic, source and date."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from normqa.datatypes import Metadata
from normqa.errors import InvalidRequest
from normqa.index.backend import DocumentStore
from normqa.text.canonical import normalise

ISO_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
"""A year, a month or a day."""

DATES = "a year, month or day like 2021, 2021-05 or 2021-05-31"

TOP_FOLDER = "."
"""Names the corpus folder itself, for documents that are in no other folder."""

_EARLIEST, _LATEST = "0000-01-01", "9999-12-31"


_shown: "WeakKeyDictionary[DocumentStore, Selection]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on documents. A document must meet every condition that is set.

    Attributes:
        documents: Ids; the document must be one of them.
        topics: The document must have one of them.
        sources: The document must come from one of them.
        date_from: First date, ISO 8601, as a year, month or day. A document dated by year or month passes if
            any day in it passes; a document without a date passes unless ``dated_only`` is set.
        date_to: Last date, in the same form.
        dated_only: The document must have a date.
        folders: Paths in the corpus; the document must be in one of them, or in a folder in it. ``.`` stands
            for the documents that are in no folder.
    """

    documents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    dated_only: bool = False
    folders: tuple[str, ...] = ()

    def check(self) -> None:
        """Check the types of the names, and the dates, as the HTTP API does.

        Raises:
            InvalidRequest: If a condition is malformed.
        """
        for field in ("documents", "folders", "topics", "sources"):
            names = getattr(self, field)
            if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
                raise InvalidRequest(
                    f"filters.{field} must be a list of strings.", "Change it and try again."
                )
        for field in ("date_from", "date_to"):
            day = getattr(self, field)
            if day is not None and not is_date(day):
                raise InvalidRequest(f"filters.{field} must be {DATES}.", "Change it.")
        if self.date_from and self.date_to and first_day(self.date_from) > last_day(self.date_to):
            raise InvalidRequest("filters.date_from must not be later than date_to.", "Swap them.")

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents that passed the filters.

    Attributes:
        documents: Their ids.
        passages: The numbers of all their passages, ascending.
    """

    documents: tuple[str, ...]
    passages: NDArray[np.int64]

    @classmethod
    def of(cls, documents: Sequence[str], store: DocumentStore) -> "Selection":
        """Select all passages of some documents.

        Raises:
            UnknownDocument: If no document has one of the ids.
        """
        numbers = [number for passages in store.passages_of(documents) for number in passages]
        return cls(tuple(documents), np.array(sorted(numbers), dtype=np.int64))


def select(filters: Filters, store: DocumentStore) -> Selection | None:
    """Apply filters.

    Returns:
        The documents to search; None to search everything.

    Raises:
        UnknownDocument: If a filter names a document that does not exist.
    """
    if not filters:
        return None if store.only is None else _everything_shown(store)
    documents = sorted(set(filters.documents)) if filters.documents else store.document_ids()
    if filters != Filters(documents=filters.documents):
        passing = {
            document_id
            for document_id, metadata in store.metadata()
            if passes(document_id, metadata, filters)
        }
        store.passages_of(filters.documents)  # report an unknown id even if nothing passes
        documents = [document_id for document_id in documents if document_id in passing]
    return Selection.of(documents, store)


def _everything_shown(store: DocumentStore) -> Selection:
    """Select what a store shows, which never changes."""
    if store not in _shown:
        _shown[store] = Selection.of(store.document_ids(), store)
    return _shown[store]


def passes(document_id: str, metadata: Metadata, filters: Filters) -> bool:
    """Whether a document meets every condition on its folder and metadata."""
    if filters.folders and not any(is_in_folder(document_id, folder) for folder in filters.folders):
        return False
    if filters.topics and not _folded(filters.topics) & _folded(metadata.topics):
        return False
    sources = (metadata.source,) if metadata.source else ()
    if filters.sources and not _folded(filters.sources) & _folded(sources):
        return False
    date = date_of(metadata)
    if date is None:
        return not filters.dated_only
    if filters.date_from or filters.date_to:
        # A year or a month matches if any of its days does.
        is_late_enough = last_day(date) >= first_day(filters.date_from or _EARLIEST)
        return is_late_enough and first_day(date) <= last_day(filters.date_to or _LATEST)
    return True


def is_in_folder(document_id: str, folder: str) -> bool:
    """Whether a document is in a folder, or in a folder in it."""
    if folder == TOP_FOLDER:
        return "/" not in document_id
    return document_id.startswith(normalise(folder).rstrip("/") + "/")


def date_of(metadata: Metadata) -> str | None:
    """Return the day, month or year of a document in ISO 8601; None if it states no such date."""
    date = (metadata.date or "").partition("T")[0]
    return date if ISO_DATE.fullmatch(date) else None


def _folded(names: Sequence[str]) -> set[str]:
    return {name.casefold() for name in names}


def is_date(text: object) -> bool:
    """Whether a text is a year, month or day of the calendar in ISO 8601."""
    try:
        return (
            isinstance(text, str)
            and ISO_DATE.fullmatch(text) is not None
            and bool(date.fromisoformat(first_day(text)))
        )
    except ValueError:
        return False


def first_day(day: str) -> str:
    """Return the first day of a year, month or day in ISO 8601. Days compare as strings."""
    return day + _EARLIEST[len(day) :]


def last_day(day: str) -> str:
    """Return the last day of it, or a string that sorts after every day in it."""
    return day + _LATEST[len(day) :]
