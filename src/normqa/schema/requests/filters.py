"""The documents that a request is about."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from normqa.schema.requests.rules import MAX_FILTERS, Date, Name
from normqa.schema.requests.strict import StrictRequest
from normqa.search.filters import Filters, first_day, last_day


class FiltersRequest(StrictRequest):
    """The documents to search: those that pass every filter."""

    documents: Annotated[
        list[Name], Field(max_length=MAX_FILTERS, description="Document ids.", examples=[["strategies"]])
    ] = []
    folders: Annotated[
        list[Name],
        Field(
            max_length=MAX_FILTERS,
            description="Folders of the corpus; a document in one of them, at any depth, is enough. `.`"
            " stands for the documents that are in no folder.",
            examples=[[]],
        ),
    ] = []
    topics: Annotated[
        list[Name],
        Field(max_length=MAX_FILTERS, description="Topics; one match is enough.", examples=[["norms"]]),
    ] = []
    sources: Annotated[
        list[Name],
        Field(max_length=MAX_FILTERS, description="Sources; one match is enough.", examples=[[]]),
    ] = []
    date_from: Annotated[
        Date | None,
        Field(
            description="Earliest date: an ISO 8601 year, month or day. Documents without a date pass too.",
            examples=["2021"],
        ),
    ] = None
    date_to: Annotated[
        Date | None,
        Field(
            description="Latest date: an ISO 8601 year, month or day. Documents without a date pass too.",
            examples=["2023-05"],
        ),
    ] = None

    dated_only: Annotated[
        bool, Field(description="Whether to exclude documents without a date.", examples=[False])
    ] = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.date_from and self.date_to and first_day(self.date_from) > last_day(self.date_to):
            raise ValueError("date_from must not be later than date_to")
        return self

    def filters(self) -> Filters:
        """Return the filters as the search takes them."""
        return Filters(
            documents=tuple(self.documents),
            folders=tuple(self.folders),
            topics=tuple(self.topics),
            sources=tuple(self.sources),
            date_from=self.date_from,
            date_to=self.date_to,
            dated_only=self.dated_only,
        )
