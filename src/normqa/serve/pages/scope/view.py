"""What a page shows of the documents that it searches, and the links that narrow them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from operator import not_
from typing import Literal

from normqa.search.facets import Facets, FacetValue
from normqa.search.filters import TOP_FOLDER, Filters
from normqa.serve.pages.scope.choices import AddressOf, Choice, name_choices, year_choices

_SHOWN = 10
"""Choices of a kind that are visible at first."""

_OFFERED = 30
"""Choices of a kind that the reader can expand, together with those."""

_BYTES = 6_000
"""Estimated size of the links of a kind, which repeat the question: there are fewer for a long one."""

_MARKUP = 80
_NAMED = 3
"""Chosen values that the summary names."""


@dataclass(frozen=True, slots=True)
class Group:
    """Choices of one kind.

    Attributes:
        label: What the reader sees.
        first: Choices that are visible at first.
        more: Choices that the reader can expand.
        left: Number of choices that are left out.
    """

    label: str
    first: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()
    left: int = 0


@dataclass(frozen=True, slots=True)
class ScopeView:
    """The documents that a page searches.

    Attributes:
        groups: What narrows them, by kind. A kind that tells no documents apart is left out.
        filters: What narrows them now.
        chosen: The first chosen values, for the summary.
        more_chosen: Number of the others.
        passing: Number of documents that are searched.
        total: Number of documents.
        everywhere: Address of the page that searches all of them.
    """

    groups: tuple[Group, ...]
    filters: Filters
    chosen: tuple[str, ...]
    more_chosen: int
    passing: int
    total: int
    everywhere: str

    @property
    def is_open(self) -> bool:
        """Whether the choices are visible: a reader who narrowed a search may want to go on."""
        return bool(replace(self.filters, documents=()))

    @classmethod
    def of(
        cls,
        facets: Facets,
        filters: Filters,
        title_of: Callable[[str], str],
        address_of: AddressOf,
    ) -> "ScopeView":
        """Return the view.

        Args:
            facets: Counts of the documents that the reader may see.
            filters: What narrows them.
            title_of: Returns the title of a document.
            address_of: Returns the address of the page that searches other documents.
        """
        named = [FacetValue(name, 1, is_chosen=True) for name in filters.documents]
        room = min(_OFFERED, _BYTES // (len(address_of(filters)) + _MARKUP))
        groups = [
            Group("Document", tuple(name_choices("documents", named, filters, address_of, title_of))),
            _grouped("Folder", "folders", facets.folders, facets, filters, address_of, room),
            _grouped("Topic", "topics", facets.topics, facets, filters, address_of, room),
            _grouped("Source", "sources", facets.sources, facets, filters, address_of, room),
            _dates(facets, filters, address_of),
        ]
        kept = tuple(group for group in groups if group.first)
        labels = _labels(kept, filters)
        return cls(
            groups=kept,
            filters=filters,
            chosen=tuple(labels[:_NAMED]),
            more_chosen=len(labels[_NAMED:]),
            passing=facets.passing,
            total=facets.total,
            everywhere=address_of(Filters()),
        )


def _grouped(
    label: str,
    field: Literal["folders", "topics", "sources"],
    values: Sequence[FacetValue],
    facets: Facets,
    filters: Filters,
    address_of: AddressOf,
    room: int,
) -> Group:
    """Return the choices of a facet; none if all documents that are searched have the only value."""
    chosen = [value for value in values if value.is_chosen]
    if not chosen and [value.count for value in values if value.count] == [facets.passing]:
        return Group(label, ())
    others = [value for value in values if not value.is_chosen and value.count][: max(0, room - len(chosen))]
    first = {value.name for value in [*chosen, *others][: max(_SHOWN, len(chosen))]}
    offered = [value for value in values if value.is_chosen or value in others]
    choices = list(name_choices(field, offered, filters, address_of, _label))
    visible = [value.name in first for value in offered]
    return Group(
        label,
        tuple(compress(choices, visible)),
        tuple(compress(choices, map(not_, visible))),
        sum(1 for value in values if value.count) - sum(1 for value in offered if value.count),
    )


def _dates(facets: Facets, filters: Filters, address_of: AddressOf) -> Group:
    """Return the choices of a period; none if all documents have a date of the same year."""
    is_chosen = bool(filters.date_from or filters.date_to or filters.dated_only)
    if not is_chosen and len(facets.years) + bool(facets.undated) < 2:  # noqa: PLR2004 - something to choose
        return Group("Date", ())
    years = list(year_choices(facets.years, filters, address_of))
    if facets.undated or filters.dated_only:
        address = address_of(replace(filters, dated_only=not filters.dated_only))
        years.append(Choice("Dated only", facets.dated, filters.dated_only, address))
    return Group("Date", tuple(years))


def _labels(groups: Sequence[Group], filters: Filters) -> list[str]:
    """Return what is chosen, in words."""
    names = [
        choice.label
        for group in groups
        if group.label != "Date"
        for choice in group.first
        if choice.is_chosen
    ]
    first, last = filters.date_from, filters.date_to
    if first and last:
        names.append(first if first == last else f"{first} to {last}")
    elif first or last:
        names.append(f"from {first}" if first else f"until {last}")
    return [*names, "dated only"] if filters.dated_only else names


def _label(name: str) -> str:
    return "Not in a folder" if name == TOP_FOLDER else name
