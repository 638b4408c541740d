"""Count the documents of each folder, topic, source and year, so that a reader can narrow a search."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from normqa.datatypes import Metadata
from normqa.search.filters import TOP_FOLDER, Filters, date_of, passes

Described = tuple[str, Metadata]
"""Id and metadata of a document."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value that documents have.

    Attributes:
        name: The value.
        count: Number of documents that have it and pass the filters on everything else.
        is_chosen: Whether the filters name it.
    """

    name: str
    count: int
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facets:
    """The values by which a search can be narrowed.

    Attributes:
        folders: The folders of the corpus, and the folders in those that are chosen.
        topics: Topics, the most frequent first.
        sources: Sources, the most frequent first.
        years: Years of the documents' dates, ascending.
        dated: Number of documents with a date that pass the filters on everything else.
        undated: Number of documents without a date that pass the filters on everything else.
        passing: Number of documents that pass all filters.
        total: Number of documents.
    """

    folders: tuple[FacetValue, ...]
    topics: tuple[FacetValue, ...]
    sources: tuple[FacetValue, ...]
    years: tuple[FacetValue, ...]
    dated: int
    undated: int
    passing: int
    total: int

    @classmethod
    def of(cls, documents: Sequence[Described], filters: Filters) -> "Facets":
        """Count documents.

        Args:
            documents: The documents that the reader may see.
            filters: What is chosen.
        """
        any_date = replace(filters, date_from=None, date_to=None, dated_only=False)
        dates = [date_of(about) for _, about in passing_documents(documents, any_date)]
        years = Counter(date[:4] for date in dates if date)
        return cls(
            folders=_folders(documents, filters),
            topics=_named(documents, replace(filters, topics=()), filters.topics, _topics),
            sources=_named(documents, replace(filters, sources=()), filters.sources, _source),
            years=tuple(FacetValue(year, years[year]) for year in sorted(years)),
            dated=years.total(),
            undated=len(dates) - years.total(),
            passing=sum(1 for _ in passing_documents(documents, filters)),
            total=len(documents),
        )


def folders_of(document_id: str) -> list[str]:
    """Return the folders that a document is in, outermost first."""
    *parents, _ = document_id.split("/")
    return ["/".join(parents[: depth + 1]) for depth in range(len(parents))] or [TOP_FOLDER]


def passing_documents(documents: Iterable[Described], filters: Filters) -> Iterator[Described]:
    """Yield the documents that pass filters."""
    named = frozenset(filters.documents)
    for document_id, about in documents:
        if (not named or document_id in named) and passes(document_id, about, filters):
            yield document_id, about


def _folders(documents: Sequence[Described], filters: Filters) -> tuple[FacetValue, ...]:
    known = {folder for document_id, _ in documents for folder in folders_of(document_id)}
    counts = Counter(
        folder
        for document_id, _ in passing_documents(documents, replace(filters, folders=()))
        for folder in folders_of(document_id)
    )
    chosen = frozenset(filters.folders)

    def is_offered(folder: str) -> bool:
        parent = folder.rpartition("/")[0]
        return not parent or not chosen.isdisjoint({parent, folder})

    offered = sorted(filter(is_offered, known | chosen))
    return tuple(FacetValue(folder, counts[folder], folder in chosen) for folder in offered)


def _named(
    documents: Sequence[Described],
    others: Filters,
    chosen: Sequence[str],
    values_of: Callable[[Metadata], Sequence[str]],
) -> tuple[FacetValue, ...]:
    """Count values whose case does not matter, as the filters do."""
    known = (value for _, about in documents for value in values_of(about))
    names: dict[str, str] = {}
    for name in chain(known, chosen):
        names.setdefault(name.casefold(), name)
    counts = Counter(
        key
        for _, about in passing_documents(documents, others)
        for key in {value.casefold() for value in values_of(about)}
    )
    wanted = {name.casefold() for name in chosen}
    values = [FacetValue(name, counts[key], key in wanted) for key, name in names.items()]
    return tuple(sorted(values, key=lambda value: (not value.is_chosen, -value.count, value.name.casefold())))


def _topics(about: Metadata) -> Sequence[str]:
    return about.topics


def _source(about: Metadata) -> Sequence[str]:
    return (about.source,) if about.source else ()
