"""Look up the facts of every note in a sheet of checked facts.

A fact is a date, a number in figures or words, the symbol of a document, or an address. The notation does
not matter: 23 Nov 2001 is 23 November 2001, 1,200 is 1200, eleven is 11, and 2019-21 is 2019 and 2021. A
fact is looked up under the note's own topics first (headings of the sheet that end in a topic in
brackets), then under other topics; an address may appear anywhere. Facts that are missing from the sheet
are printed with their line, and the exit code is 1. With --elsewhere, facts found only under other topics
are printed too.

Usage: python benchmarks/facts.py SHEET [--corpus DIR] [--elsewhere]
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from normqa.lint.note import Note
from normqa.load.corpus import scan
from normqa.settings import read_settings

Keys = list[str]

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: number for number, word in enumerate([*_ONES, *_TEENS, "nineteen"], 1)}
_WORDS |= {word: number for number, word in enumerate(["second", "third", "fourth", "fifth", "sixth"], 2)}
_WORDS |= {ten: 10 * number for number, ten in enumerate(_TENS, 2)}
_WORDS |= {f"{ten}-{one}": _WORDS[ten] + _WORDS[one] for ten in _TENS for one in _ONES}
del _WORDS["one"]  # more often a pronoun
_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}
_DAY = r"\d{1,2}"
_YEAR = r"(?P<year>\d{4})"
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"


def main() -> None:
    """Print the facts that the sheet lacks, and totals."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sheet", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument(
        "--elsewhere", action="store_true", help="also print facts found only under other topics"
    )
    given = parser.parse_args()
    settings = read_settings(corpus=given.corpus)
    sheet = Sheet(given.sheet.read_text(encoding="utf-8"))
    counts = {"here": 0, "elsewhere": 0, "nowhere": 0}
    sources, _ = scan(settings.corpus, settings.max_file_bytes, settings.exclude)
    for source in sources:
        topics = Note.read(source.path, source.name).texts("topics")
        for line, shown, key in facts_of(source.path.read_text(encoding="utf-8")):
            place = sheet.place(key, topics)
            counts[place] += 1
            if place == "nowhere" or (given.elsewhere and place == "elsewhere"):
                print(f"{source.name}:{line}: {shown!r} is {place} in the sheet")
    print(
        f"{len(sources)} files, {sum(counts.values())} facts: {counts['here']} under their topics,"
        f" {counts['elsewhere']} elsewhere, {counts['nowhere']} nowhere"
    )
    sys.exit(1 if counts["nowhere"] else 0)


class Sheet:
    """The facts of a sheet, by the topics of their headings.

    Args:
        text: Text of the sheet, in Markdown.
    """

    def __init__(self, text: str) -> None:
        self._topics: dict[str, set[str]] = defaultdict(set)
        self._addresses: set[str] = set()
        topic = None
        for line in text.splitlines():
            if line.startswith("#"):
                topic = re.search(r"\[([\w-]+)\]\s*$", line)
            keys = {key for _, key in facts(line)}
            self._addresses |= {key for key in keys if "://" in key}
            if topic:
                self._topics[topic[1]] |= keys | _implied(keys)

    def place(self, key: str, topics: tuple[str, ...]) -> str:
        """Return "here" for a fact under one of the topics, else "elsewhere" or "nowhere"."""
        if key in self._addresses or any(key in self._topics[topic] for topic in topics):
            return "here"
        return "elsewhere" if any(key in keys for keys in self._topics.values()) else "nowhere"


def facts_of(note: str) -> Iterator[tuple[int, str, str]]:
    """Return line, notation and key of each fact of a note, without the date of the note itself."""
    head = re.match(r"---\n.*?\n---\n", note, re.DOTALL)
    lines_of_head = head[0].count("\n") if head else 0
    for number, line in enumerate(note.splitlines(), 1):
        if number <= lines_of_head and line.startswith("date:"):
            continue
        # Neither the number of a list item nor the path of another note is a fact.
        said = re.sub(r"^\s*\d+[.)]\s|(?<=\])\([^)]*\)", " ", line)
        for shown, key in facts(said):
            yield number, shown, key


def facts(text: str) -> Iterator[tuple[str, str]]:
    """Return each fact of a text as written, with a key that does not depend on the notation."""
    for pattern, keys_of in _RULES:
        for found in re.finditer(pattern, text):
            for key in keys_of(found):
                yield found[0], key
        text = re.sub(pattern, lambda found: " " * len(found[0]), text)


def _implied(keys: set[str]) -> set[str]:
    """Return the keys that a line implies: parts of dates, years of days, the number that ends a symbol."""
    dates = [date for key in keys if (date := re.fullmatch(r"(\d{4})-(\d\d)(-\d\d)?", key))]
    years = {date[1] for date in dates} | {key for key in keys if re.fullmatch(r"(?:19|20)\d\d", key)}
    yearless = [key for key in keys if key.startswith("--")]
    return {
        *years,
        *(f"{date[1]}-{date[2]}" for date in dates),
        *(f"--{date[2]}{day}" for date in dates for day in ("", date[3] or "")),
        *(f"{year}{key[1:]}" for year in years for key in yearless),
        *(key.rpartition("/")[2] for key in keys if re.match(r"[a-z.]+/\d+$", key)),
        *(key.rstrip("%") for key in keys),
    }


def _days(found: re.Match[str]) -> Keys:
    last = found.groupdict().get("last")
    return [f"{_month(found)}-{int(day):02}" for day in (found["day"], last) if day]


def _month(found: re.Match[str]) -> str:
    """Return the year, or a hyphen if there is none, and the month."""
    return f"{found.groupdict().get('year') or '-'}-{_MONTHS.index(found['month'][:3].lower()) + 1:02}"


def _symbol(found: re.Match[str]) -> Keys:
    """Return the number of a resolution, which is often written alone; the number of a report never is."""
    return [found[0].lower().removeprefix("a/res/")]


def _scaled(found: re.Match[str]) -> Keys:
    return [f"{float(found[1].replace(',', '')) * _SCALES[found[2].lower()]:.0f}"]


_RULES: list[tuple[str, Callable[[re.Match[str]], Keys]]] = [
    (r"https?://[^\s\"<>]*[^\s\"<>.,;)]", lambda found: [found[0]]),
    (r"\b\d{4}-\d\d-\d\d\b", lambda found: [found[0]]),
    (rf"\b(?P<day>{_DAY})(?:\s?(?:-|–|/|to|and)\s?(?P<last>{_DAY}))?\s{_MONTH}(?:,?\s{_YEAR}\b)?", _days),
    (rf"\b{_MONTH}\s(?P<day>{_DAY}),?\s{_YEAR}\b", _days),
    (rf"\b{_MONTH}\s{_YEAR}\b", lambda found: [_month(found)]),
    (rf"\b(?!May\b|Mar\b){_MONTH}", lambda found: [_month(found)]),
    (r"\b(?:[A-Z][\w.]*/)+(?=[\w./]*\d)[\w./]*\w|\b\d+(?:/\d+)+\b", _symbol),
    (rf"\b({_NUMBER})\s?(?:%|per ?cent\b)", lambda found: [f"{found[1]}%"]),
    (rf"\b({_NUMBER})\s?((?i:{'|'.join(_SCALES)}))\b", _scaled),
    (r"\b((\d\d)\d\d)[-–](\d\d)\b", lambda found: [found[1], found[2] + found[3]]),
    (r"\b(\d+)(?:st|nd|rd|th)\b", lambda found: [found[1]]),
    (r"\b(?=\w*[A-Za-z])(?=\w*\d)[A-Za-z\d]+\b", lambda found: [found[0].lower()]),
    (rf"\b(?:{_NUMBER})\b", lambda found: [found[0].replace(",", "")]),
    (
        rf"\b(?i:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b",
        lambda found: [str(_WORDS[found[0].lower()])],
    ),
]
"""Patterns of facts and their keys. Text that one rule matches is not matched by the next."""


if __name__ == "__main__":
    main()
