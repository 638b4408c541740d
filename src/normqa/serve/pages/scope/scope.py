"""The documents that a page searches, as its address names them: the filters of ``POST /ask``."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from normqa.schema.requests import FiltersRequest
from normqa.search.filters import Filters

_LISTS = ("documents", "folders", "topics", "sources")
_NAMES = (*_LISTS, "date_from", "date_to", "dated_only")


@dataclass(frozen=True, slots=True)
class Scope:
    """The filters in an address, as they are written there.

    Attributes:
        pairs: Names and values.
    """

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, query: QueryParams) -> "Scope":
        """Return the filters in an address."""
        pairs = dict.fromkeys(pair for pair in query.multi_items() if pair[0] in _NAMES and pair[1])
        return cls(tuple(sorted(pairs, key=lambda pair: _NAMES.index(pair[0]))))

    @classmethod
    def within(cls, document_id: str) -> "Scope":
        """Return the scope of one document."""
        return cls((("documents", document_id),))

    @classmethod
    def of(cls, filters: Filters) -> "Scope":
        """Return filters as an address names them."""
        lists = [(name, value) for name in _LISTS for value in getattr(filters, name)]
        dates = [("date_from", filters.date_from), ("date_to", filters.date_to)]
        only = [("dated_only", "true")] if filters.dated_only else []
        return cls((*lists, *((name, day) for name, day in dates if day), *only))

    @property
    def query(self) -> str:
        """Query string of the filters alone."""
        return urlencode(self.pairs)

    @property
    def request(self) -> FiltersRequest:
        """The filters, checked.

        Raises:
            InvalidRequest: If a filter breaks a rule.
        """
        values: dict[str, object] = {name: value for name, value in self.pairs if name not in _LISTS}
        if values.get("dated_only") in {"true", "false"}:
            values["dated_only"] = values["dated_only"] == "true"
        lists = {name: [value for other, value in self.pairs if other == name] for name in _LISTS}
        return FiltersRequest.parse({**values, **lists})
