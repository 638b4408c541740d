"""Links that narrow a search, each to the same page with one more or one less condition."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from normqa.search.facets import FacetValue
from normqa.search.filters import Filters

AddressOf = Callable[[Filters], str]
"""Returns the address of the page that searches other documents."""

Field = Literal["documents", "folders", "topics", "sources"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A condition that a link adds or removes.

    Attributes:
        label: What the reader sees.
        count: Number of documents that meet it; None for a document.
        is_chosen: Whether it is a condition now, which the link removes.
        address: Where the link leads.
    """

    label: str
    count: int | None
    is_chosen: bool
    address: str


def name_choices(
    field: Field,
    values: Sequence[FacetValue],
    filters: Filters,
    address_of: AddressOf,
    label_of: Callable[[str], str] = str,
) -> Iterator[Choice]:
    """Yield a choice for each value of a filter that takes several names."""
    chosen: tuple[str, ...] = getattr(filters, field)
    for value in values:
        # Like the filters themselves, ignore case only where values are no paths.
        same = (value.name,) if field in {"documents", "folders"} else _spellings(value.name, chosen)
        others = tuple(name for name in chosen if name not in same)
        names = others if value.is_chosen else (*chosen, value.name)
        count = None if field == "documents" else value.count
        address = address_of(replace(filters, **{field: names}))  # type: ignore[arg-type]
        yield Choice(label_of(value.name), count, value.is_chosen, address)


def year_choices(years: Sequence[FacetValue], filters: Filters, address_of: AddressOf) -> Iterator[Choice]:
    """Yield a choice for each year. A second one extends the period to it."""
    first, last = filters.date_from, filters.date_to
    for year in years:
        name = year.name
        is_chosen = bool(first or last) and (first or name)[:4] <= name <= (last or name)[:4]
        if is_chosen:
            is_alone = first is not None and last is not None and first[:4] == last[:4]
            start, end = (None, None) if is_alone else (name, name)
        elif first or last:
            start = first and min(first, name)
            end = last and max(last, name)
        else:
            start, end = name, name
        yield Choice(name, year.count, is_chosen, address_of(replace(filters, date_from=start, date_to=end)))


def _spellings(name: str, chosen: Sequence[str]) -> tuple[str, ...]:
    return tuple(other for other in chosen if other.casefold() == name.casefold())
