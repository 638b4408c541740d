"""Timelines as JSON."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from normqa.answer.timeline.coverage import Cell, coverage
from normqa.answer.timeline.timeline import Entry, Origin, Timeline
from normqa.schema import examples
from normqa.schema.answers import IndexBody
from normqa.schema.body import Body, Href
from normqa.schema.quotes import QuoteBody, SpanBody
from normqa.schema.requests.queries import TimelineQuery, filter_pairs
from normqa.schema.requests.rules import MAX_FILTERS
from normqa.search.filters import Filters
from normqa.snapshot import Snapshot


class EntryBody(Body):
    """A quote with a date."""

    date: Annotated[
        str, Field(description="An ISO 8601 year, month or day.", examples=[examples.ENTRY["date"]])
    ]
    origin: Annotated[
        Origin,
        Field(description="Whether the quote states the date, or its document does.", examples=["text"]),
    ]
    place: Annotated[
        SpanBody | None,
        Field(
            description="The date in the document's canonical text; null if the document states it.",
            examples=[examples.ENTRY["place"]],
        ),
    ]
    quote: Annotated[QuoteBody, Field(description="The quote.", examples=[examples.QUOTE])]

    @classmethod
    def of(cls, entry: Entry) -> "EntryBody":
        """Return the entry as JSON."""
        return cls(
            date=entry.date,
            origin=entry.origin,
            place=SpanBody.of(entry.place) if entry.place else None,
            quote=QuoteBody.of(entry.quote),
        )


class CellBody(Body):
    """The documents of a folder with a date in a year."""

    folder: Annotated[
        str,
        Field(description="Folder of the corpus; `.` for documents in no folder.", examples=["treaties"]),
    ]
    year: Annotated[str, Field(description="The year.", examples=["2015"])]
    documents: Annotated[int, Field(description="Number of documents.", examples=[3])]
    href: Annotated[
        Href,
        Field(description="Address of the list of these documents.", examples=[examples.CELL["href"]]),
    ]

    @classmethod
    def of(cls, cell: Cell, filters: Filters, *, by_own_date: bool) -> "CellBody":
        """Return the cell as JSON.

        Args:
            cell: The cell.
            filters: What narrows the timeline.
            by_own_date: Whether only the dates that documents state themselves were read.
        """
        within = replace(filters, folders=(cell.folder,))
        if by_own_date:
            within = replace(within, date_from=cell.year, date_to=cell.year, dated_only=True)
        elif len(cell.documents) <= MAX_FILTERS:
            within = Filters(documents=cell.documents)
        href = f"/documents?{urlencode(filter_pairs(within))}"
        return cls(folder=cell.folder, year=cell.year, documents=len(cell.documents), href=href)


class TimelineBody(Body):
    """Quotes with dates, in order."""

    question: Annotated[
        str | None,
        Field(description="The question; null without one.", examples=["Which strategy uses hotlines?"]),
    ]
    entries: Annotated[list[EntryBody], Field(description="Quotes by date.", examples=[[examples.ENTRY]])]
    total: Annotated[int, Field(description="Number of entries on all pages.", examples=[1])]
    next_href: Annotated[
        Href | None, Field(description="Address of the next page; null on the last.", examples=[None])
    ]
    documents: Annotated[
        int,
        Field(
            description="Number of documents that the timeline is about: those that the question found, or"
            " all that pass the filters.",
            examples=[1],
        ),
    ]
    documents_read: Annotated[
        int,
        Field(description="Number of documents whose texts were read for dates, at most 200.", examples=[1]),
    ]
    coverage: Annotated[
        list[CellBody],
        Field(
            description="Documents by folder and year of their dates: those in the texts, if all were read,"
            " and those that documents state themselves.",
            examples=[[examples.CELL]],
        ),
    ]
    index: Annotated[IndexBody, Field(description="The index that was searched.", examples=[examples.INDEX])]

    @classmethod
    def of(cls, timeline: Timeline | None, asked: TimelineQuery, snapshot: Snapshot) -> "TimelineBody":
        """Return the part of a timeline that a request asks for."""
        entries = timeline.entries(asked.offset, asked.limit) if timeline else []
        total = len(timeline.dated) if timeline else 0
        filters, end = asked.filters(), asked.offset + asked.limit
        by_own_date = timeline is not None and not timeline.is_complete
        cells = coverage(timeline.dates, filters.folders) if timeline else []
        return cls(
            question=asked.q.strip() or None,
            entries=list(map(EntryBody.of, entries)),
            total=total,
            next_href=timeline_href(asked, filters, end) if end < total else None,
            documents=timeline.documents if timeline else 0,
            documents_read=timeline.read if timeline else 0,
            coverage=[CellBody.of(cell, filters, by_own_date=by_own_date) for cell in cells],
            index=IndexBody.of(snapshot),
        )


def timeline_href(asked: TimelineQuery, filters: Filters, offset: int = 0) -> str:
    """Return the address of a timeline about the same question and other documents."""
    question = [("q", asked.q)] if asked.q.strip() else []
    pages = [("limit", str(asked.limit)), ("offset", str(offset))] if offset else []
    return f"/timeline?{urlencode([*question, *filter_pairs(filters), *pages])}"
