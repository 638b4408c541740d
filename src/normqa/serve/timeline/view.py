"""A timeline as a page shows it: quotes by year, and a map of folders and years."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from normqa.schema.timelines import CellBody, EntryBody, TimelineBody


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A quote with a date on the page.

    Attributes:
        body: The quote as JSON.
        label: The date, in words.
        before: Text of the quote before the date.
        day: The date as it is written; empty if the document states it.
        after: Text of the quote after the date.
    """

    body: EntryBody
    label: str
    before: str
    day: str
    after: str


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A timeline on the page.

    Attributes:
        years: Years with their quotes, in order.
        map_years: Columns of the map.
        map_rows: Rows of the map: a folder, and its cell for each year that has one.
    """

    years: tuple[tuple[str, tuple[ShownEntry, ...]], ...]
    map_years: tuple[str, ...]
    map_rows: tuple[tuple[str, Mapping[str, CellBody]], ...]

    @classmethod
    def of(cls, body: TimelineBody) -> "TimelineView":
        """Return the view of a timeline."""
        by_folder = groupby(body.coverage, lambda cell: cell.folder)
        return cls(
            years=tuple(
                (year, tuple(map(_shown, entries)))
                for year, entries in groupby(body.entries, lambda entry: entry.date[:4])
            ),
            map_years=tuple(sorted({cell.year for cell in body.coverage})),
            map_rows=tuple((folder, {cell.year: cell for cell in cells}) for folder, cells in by_folder),
        )


def _shown(entry: EntryBody) -> ShownEntry:
    text, place = entry.quote.text, entry.place
    if place is None:
        return ShownEntry(entry, _in_words(entry.date), text, "", "")
    start, end = place.start - entry.quote.start, place.end - entry.quote.start
    return ShownEntry(entry, _in_words(entry.date), text[:start], text[start:end], text[end:])


def _in_words(day: str) -> str:
    """Return a date such as 16 April 2015."""
    match [int(part) for part in day.split("-")]:
        case [year, month, number]:
            return f"{number} {date(year, month, number):%B} {year}"
        case [year, month]:
            return f"{date(year, month, 1):%B} {year}"
    return day
