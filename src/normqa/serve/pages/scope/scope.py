"""The documents that a page searches, as its address names them: the filters of ``POST /ask``."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from normqa.schema.requests.filters import FiltersRequest
from normqa.schema.requests.queries import FILTERS, filter_pairs
from normqa.search.filters import Filters

_SINGLE = ("date_from", "date_to", "dated_only")


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
        pairs = dict.fromkeys(pair for pair in query.multi_items() if pair[0] in FILTERS and pair[1])
        return cls(tuple(sorted(pairs, key=lambda pair: FILTERS.index(pair[0]))))

    @classmethod
    def within(cls, document_id: str) -> "Scope":
        """Return the scope of one document."""
        return cls((("documents", document_id),))

    @classmethod
    def of(cls, filters: Filters) -> "Scope":
        """Return filters as an address names them."""
        return cls(tuple(filter_pairs(filters)))

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
        values: dict[str, object] = {name: value for name, value in self.pairs if name in _SINGLE}
        if values.get("dated_only") in {"true", "false"}:
            values["dated_only"] = values["dated_only"] == "true"
        several = {name for name, _ in self.pairs} - values.keys()
        lists = {name: [value for other, value in self.pairs if other == name] for name in several}
        return FiltersRequest.parse({**values, **lists})
