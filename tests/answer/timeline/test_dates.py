"""Dates in texts."""

import pytest

from normqa.answer.timeline.dates import TextDate, distinct_dates, find_dates
from normqa.datatypes import Span


def dates(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the dates in a text, as they are written and in ISO 8601."""
    return [(found.span.of(text), found.date) for found in find_dates(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Adopted on 16 April 2015, in force since 2019.", ["2015-04-16", "2019"]),
        ("On April 16, 2015, and Sept. 3, 2013.", ["2015-04-16", "2013-09-03"]),
        ("the 1st of June 2012", ["2012-06-01"]),
        ("In May 2021 it met.", ["2021-05"]),
        ("13 and 14 May 2025", ["2025-05-14"]),
        ("May 2024–June 2025", ["2024-05", "2025-06"]),
        ("2019-05-01, 2019-05", ["2019-05-01", "2019-05"]),
        ("25/12/2014, 12/25/2014, 01.02.2015", ["2014-12-25", "2014-12-25", "2015-02-01"]),
        ("the 2015 report (2017)", ["2015", "2017"]),
        ("In 1648, peace", ["1648"]),
        ("GGE (2012–2013), 2016-17, mid-2015", ["2012", "2013", "2016", "2015"]),
    ],
)
def test_dates_are_days_months_and_years(text: str, expected: list[str]) -> None:
    assert [found for _, found in dates(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/4/2015", "2015"),  # March or April
        ("31 February 2015", "2015-02"),
        ("2004-05", "2004"),  # two years
        ("it may 2015", "2015"),
    ],
)
def test_unclear_date_counts_as_what_is_clear(text: str, expected: str) -> None:
    assert [found for _, found in dates(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "more than 2000 people",
        "of 2000 experts",
        "2015 experts said",
        "RFC 2119, ISO 2015, page 1990 and resolution 1999",
        "https://x.example/2015/04/x, A/RES/73/2018",
        "$2015, 2015%, 12,015 and 1.2015",
        "in the 1980s, on Friday, 12 May, two years, the [eleven",
        "call 555-2015-2020x, 2015-02-30",
    ],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert dates(text) == []


@pytest.mark.parametrize(
    ("language", "text", "written", "expected"),
    [
        ("es", "El 16 de abril de 2015", "16 de abril de 2015", "2015-04-16"),
        ("fr", "le 1er mars 2015", "1er mars 2015", "2015-03-01"),
        ("de", "am 15. März 2015", "15. März 2015", "2015-03-15"),
        ("ru", "15 марта 2015 года", "15 марта 2015", "2015-03-15"),
        ("ar", "في 15 مارس 2015", "15 مارس 2015", "2015-03-15"),
        ("zh", "于2015年3月15日通过", "2015年3月15日", "2015-03-15"),
        ("ko", "2015년 3월", "2015년 3월", "2015-03"),
        ("xx", "on 5 May 2015", "5 May 2015", "2015-05-05"),  # an unknown language is read as English
    ],
)
def test_months_have_names_in_every_language(language: str, text: str, written: str, expected: str) -> None:
    assert dates(text, language) == [(written, expected)]


def test_year_of_a_more_precise_date_is_left_out() -> None:
    found = find_dates("The 2015 report of 22 July 2015 and of 2016, 2016.", "en")
    assert distinct_dates(found) == [TextDate("2015-07-22", Span(19, 31)), TextDate("2016", Span(39, 43))]
