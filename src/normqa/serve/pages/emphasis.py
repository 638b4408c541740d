"""Find what a question asks for in the sentence that answers it: dates, numbers, names, or its own words."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from normqa.datatypes import Span
from normqa.index.analyzer import tokenize
from normqa.sentences.function_words import SENTENCE_OPENERS

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d{3}|20\d{2}|21\d{2})"
_DATE = re.compile(
    rf"""
    \b (?:
        \d{{4}}-\d\d(?:-\d\d)?
      | {_DAY}\.? \s+ (?:(?:of|de)\s+)? [^\W\d_]{{3,12}}\.? \s+ (?:de\s+)? {_YEAR}
      | {_MONTH} \s+ {_DAY} (?: ,? \s+ {_YEAR} )?
      | {_DAY} \s+ {_MONTH}
      | {_MONTH} (?: \s* (?:-|–|to|and|or) \s* {_MONTH} )? \s+ {_YEAR}
      | {_YEAR} (?: [-–/] \d{{2,4}} )?
    ) (?!\w)
    """,
    re.VERBOSE,
)
_NUMBER_WORD = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?"
    r"|(?:a|one)\s+(?:dozen|hundred|thousand|million|billion))"
)
_NUMBER = re.compile(
    rf"(?:[$€£¥]\s?)?\b\d[\d.,]*(?<=\d)(?:\s?(?:%|per\s?cent|thousand|million|billion|trillion))?"
    rf"|\b{_NUMBER_WORD}\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\b[^\W\d_a-z]\w*(?:[-’'.&]\w+)*(?:\s+(?:(?:of|the|for|and|de|la|von|van)\s+)*[^\W\d_a-z][\w’'-]*)*"
)
_WORD = re.compile(r"\w+(?:[-’']\w+)*")

_CLAUSE = r"(?:^|[,;:?]\s*|\b(?:and|or)\s+)(?:(?:at|by|for|from|in|of|on|since|to|until|with)\s+)?"
_NAMED = (
    r"(?:agenc|author|bod|capital|chair|cit|compan|continent|countr|forum|government|group|nation|organi[sz]ation|person"
    r"|place|politician|president|state)(?:y|ies|s|es)?"
)


def _asks(words: str) -> re.Pattern[str]:
    return re.compile(rf"{_CLAUSE}(?:{words})\b", re.IGNORECASE)


Find = Callable[[str, str], Iterable[Span]]


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive characters of a sentence.

    Attributes:
        text: The characters.
        is_asked: Whether the question asks for them.
    """

    text: str
    is_asked: bool


def emphasise(question: str, sentence: str) -> tuple[Part, ...]:
    """Split a sentence into what the question asks for and the rest.

    A question that asks when, how many or who gets the dates, numbers or names that it does not contain
    itself. If there are none, or it asks for something else, its own words are set off.
    """
    wanted = [find for asks, find in _KINDS if asks.search(question.strip())]
    spans = _merged(span for find in wanted for span in find(question, sentence))
    spans = spans or _merged(_words(question, sentence))
    parts, end = [], 0
    for span in spans:
        parts += [Part(sentence[end : span.start], is_asked=False), Part(span.of(sentence), is_asked=True)]
        end = span.end
    parts.append(Part(sentence[end:], is_asked=False))
    return tuple(part for part in parts if part.text)


def _dates(question: str, sentence: str) -> Iterator[Span]:
    for found in _DATE.finditer(sentence):
        if found[0] not in question:
            yield Span(*found.span())


def _numbers(question: str, sentence: str) -> Iterator[Span]:
    dates = list(_dates("", sentence))
    for found in _NUMBER.finditer(sentence):
        span = Span(*found.span())
        if found[0] not in question and not any(span.overlaps(date) for date in dates):
            yield span


def _names(question: str, sentence: str) -> Iterator[Span]:
    asked = set(tokenize(question))
    for found in _NAME.finditer(sentence):
        start = found.start()
        first = _WORD.match(found[0])
        if first and first[0].lower() in SENTENCE_OPENERS["en"]:
            rest = found[0][first.end() :]
            start += first.end() + len(rest) - len(rest.lstrip())
        if set(tokenize(sentence[start : found.end()])) - asked:
            yield Span(start, found.end())


def _words(question: str, sentence: str) -> Iterator[Span]:
    asked = set(tokenize(question))
    for word in _WORD.finditer(sentence):
        if asked & set(tokenize(word[0])):
            yield Span(*word.span())


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, with those that overlap merged."""
    merged: list[Span] = []
    for span in sorted(span for span in spans if len(span)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


_KINDS: tuple[tuple[re.Pattern[str], Find], ...] = (
    (_asks(r"when|(?:what|which)\s+(?:year|date|day|month|decade|century)"), _dates),
    (
        _asks(
            r"how\s+(?:many|much|old|large|high)|what(?:\s+is|\s+was)?\s+(?:the\s+)?"
            r"(?:number|percentage|share|amount|cost|price|size)"
        ),
        _numbers,
    ),
    (_asks(rf"who|whom|whose|where|(?:what|which)\s+(?:\w+\s+)?{_NAMED}"), _names),
)
"""What asks for dates, numbers or names, and what finds them."""
