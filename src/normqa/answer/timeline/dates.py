"""Find the dates in a text: days, months and years. Only what states its year is a date.

A four-digit year is found first. Then dateparser, which knows the months in every language, reads the words
before it. Its own search is no option: it takes "on the [eleven" for a date, and 26 seconds for a million
characters.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from normqa.answer.timeline.years import is_year
from normqa.datatypes import Span

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_YEAR = re.compile(r"(?<![0-9])(?:1[0-9]{3}|2[01][0-9]{2})(?![0-9])")
_REACH = 40
"""Characters before and after a year that may belong to its date."""

_DAY = r"[0-9]{1,2}(?:st|nd|rd|th|er|re|º|ª|°|\.)?"
_WORD = r"[^\s0-9.,;:()\[\]{}<>/\"'“”]{2,15}\.?"
_OF = r"(?:of|de|del|do|da|di)"
_AT_WORD = r"(?<![\w.,/$€£¥#:@=&+-])"
_ISO = re.compile(r"-([0-9]{2})(?:-([0-9]{2}))?(?![\w-])")
_CHARACTERS = re.compile(r"\s?[年년](?:\s?([0-9]{1,2})\s?[月월](?:\s?([0-9]{1,2})\s?[日일])?)?")
_NUMBERS = re.compile(r"(?<![\w./-])([0-9]{1,2})([./-])([0-9]{1,2})\2$")
_WORDED = (
    re.compile(rf"{_AT_WORD}{_DAY}\s+(?:{_OF}\s+)?{_WORD}(?:\s+{_OF})?,?\s+$", re.IGNORECASE),
    re.compile(rf"{_AT_WORD}{_WORD}\s+{_DAY},?\s+$", re.IGNORECASE),
    re.compile(rf"{_AT_WORD}{_WORD}(?:\s+{_OF})?,?\s+$", re.IGNORECASE),
)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class TextDate:
    """A date in a text.

    Attributes:
        date: The day, month or year in ISO 8601.
        span: Its characters in the text.
    """

    date: str
    span: Span


def may_have_dates(text: str) -> bool:
    """Whether a text contains a number that may be a year."""
    return _YEAR.search(text) is not None


def find_dates(text: str, language: str) -> list[TextDate]:
    """Return the dates in a text, in order.

    A date of which the order of day and month is unclear, such as 3/4/2015, counts as its year.

    Args:
        text: The text.
        language: ISO 639 code of its language.
    """
    found = (_date_around(text, Span(*year.span()), language) for year in _YEAR.finditer(text))
    return [one for one in found if one]


def distinct_dates(dates: Iterable[TextDate]) -> list[TextDate]:
    """Return the first of equal dates, without the year or month of a date that is more precise."""
    dates = list(dates)
    known = {found.date for found in dates}
    kept: dict[str, TextDate] = {}
    for found in dates:
        if not any(other.startswith(f"{found.date}-") for other in known):
            kept.setdefault(found.date, found)
    return list(kept.values())


def _date_around(text: str, year: Span, language: str) -> TextDate | None:
    before, after = text[max(0, year.start - _REACH) : year.start], text[year.end : year.end + _REACH]
    written = year.of(text)
    if found := _CHARACTERS.match(after):
        day = _checked(written, found[1], found[2])
        return TextDate(day or written, Span(year.start, year.end + found.end()))
    is_apart = re.search(r"[\w./-]$", before) is None
    found = _ISO.match(after)
    if (
        is_apart
        and found
        and not _is_next_year(written, found)
        and (day := _checked(written, found[1], found[2]))
    ):
        return TextDate(day, Span(year.start, year.end + found.end()))
    if re.match(r"[\w%-]|[./:,][0-9]", after) is None:
        if found := _NUMBERS.search(before):
            day = _from_numbers(written, found[2], int(found[1]), int(found[3]))
            return TextDate(day, Span(year.start - len(found[0]), year.end))
        for pattern in _WORDED:
            if (found := pattern.search(before)) and (day := _read(f"{found[0]}{written}", language)):
                return TextDate(day, Span(year.start - len(found[0]), year.end))
    return TextDate(written, year) if is_year(text, year) else None


def _is_next_year(year: str, found: re.Match[str]) -> bool:
    """Whether 2004-05 means two years."""
    return found[2] is None and int(found[1]) == (int(year) + 1) % 100


def _checked(year: str, month: str | None, day: str | None) -> str | None:
    """Return a day or month in ISO 8601; None if the calendar has none."""
    if month is None:
        return None
    try:
        checked = date(int(year), int(month), int(day or 1)).isoformat()
    except ValueError:
        return None
    return checked if day else checked[:7]


def _from_numbers(year: str, mark: str, first: int, second: int) -> str:
    """Return the date that two numbers before a year mean: with dots, the day comes first."""
    if mark == "." or first > _MONTHS:
        return _checked(year, f"{second}", f"{first}") or year
    if second > _MONTHS:
        return _checked(year, f"{first}", f"{second}") or year
    return year


@lru_cache(maxsize=20_000)
def _read(text: str, language: str) -> str | None:
    """Return the day or month that words mean; None if they mean neither."""
    month = re.sub(r"[0-9]\S*", "", text).split()
    if language == "en" and not any(word[0].isupper() for word in month):
        return None  # "may", "march" and "second" are words, too
    read = _parser(language).get_date_data(text)
    if read.date_obj is None or not text.endswith(f"{read.date_obj.year:04}"):
        return None
    day: str = read.date_obj.date().isoformat()
    if read.period == "month":
        return day[:7]
    return day if read.period == "day" and any(character.isdigit() for character in text[:-4]) else None


@lru_cache(maxsize=64)
def _parser(language: str) -> "DateDataParser":
    """Return the parser for a language; that for English if the language is unknown."""
    from dateparser.date import DateDataParser  # noqa: PLC0415 - slow, and only timelines need it

    options = {
        "PARSERS": ["absolute-time"],
        "PREFER_DAY_OF_MONTH": "first",
        "REQUIRE_PARTS": ["month", "year"],
    }
    parser = DateDataParser(languages=[language], settings=options)
    try:
        parser.get_date_data("2000")  # the parser checks its languages when it reads
    except ValueError:
        return _parser("en")
    return parser
