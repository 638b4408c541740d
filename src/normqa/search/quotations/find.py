"""Find the quotations in a text: between quotation marks, in block quotes, and as normqa copies a quote."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from normqa.datatypes import Span

MAX_QUOTATIONS = 50
"""Maximum number of quotations of a text that are verified."""

_MARKS = {
    '"': '"',
    "\u201c": "\u201d",  # English
    "\u201e": "\u201c\u201d",  # German and Polish
    "\u2018": "\u2019",  # British; the closing mark is also the apostrophe
    "\u201a": "\u2018\u2019",
    "\u00ab": "\u00bb",  # French
    "\u00bb": "\u00ab",  # Danish
    "\u2039": "\u203a",
    "\u203a": "\u2039",
    "\u300c": "\u300d",  # Japanese
    "\u300e": "\u300f",
}
"""Closing marks, by opening mark."""

_AMBIGUOUS = frozenset('"\u2018\u2019')
"""Marks that are also apostrophes, or open and close alike: only their neighbours tell."""

_LAST_MARK = ".,"
"""A quoting sentence may put its own full stop or comma before the closing mark."""

# What the page copies: context in brackets, the quote in marks, and its citation behind a dash.
_END = r"\u201d[ \t]*\n[ \t]*\u2014 [^\n]*"
_COPIED = re.compile(rf"^\u201c(?P<quote>(?:(?!\n\u201c).)+?){_END}", re.MULTILINE | re.DOTALL)
_COPIED_ALONE = re.compile(
    rf"\s*(?:\([^\n]*\)[ \t]*\n)*\u201c(?P<quote>(?:(?!{_END}).)+){_END}\s*", re.DOTALL
)
_BLOCK_QUOTE = re.compile(r"(?:^[ ]{0,3}>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_PREFIX = re.compile(r"^[ ]{0,3}>[ ]?", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_CITATION = re.compile(r"(?:\A|\n)[ \t]*\u2014 .*\Z", re.DOTALL)
_IN_ITALICS = re.compile(r"\A(?:\*[^\n]+\*\n[ \t]*\n)+")
_OMISSION = re.compile(r"\[(?:\.\.\.|\u2026)\]|\((?:\.\.\.|\u2026)\)")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation in a text.

    Attributes:
        span: Where it is, without its quotation marks.
        text: What it quotes, without the markup of a block quote.
    """

    span: Span
    text: str


def unwrap(text: str) -> str | None:
    """Return the quote in a text that consists of one, in quotation marks or with its citation.

    Quotation marks around nothing are no quote.
    """
    if copied := _COPIED_ALONE.fullmatch(text):
        return copied["quote"]
    stripped = text.strip()
    if _BLOCK_QUOTE.fullmatch(stripped):
        return _block_quote(stripped) or None
    only = list(_between_marks(stripped, Span(0, len(stripped))))
    if len(only) == 1 and len(only[0]) == len(stripped) - 2:
        inside = only[0].of(stripped)
        return inside if inside.strip() else None
    return None


def quotations(text: str) -> list[Quotation]:
    """Return the quotations in a text, in order, at most :data:`MAX_QUOTATIONS`.

    A quotation with an omission in brackets counts as several.
    """
    found = [Quotation(Span(*copied.span("quote")), copied["quote"]) for copied in _COPIED.finditer(text)]
    taken = [Span(*copied.span()) for copied in _COPIED.finditer(text)]
    for block in _BLOCK_QUOTE.finditer(text):
        span = Span(*block.span()).stripped(text)
        if not _overlaps(span, taken) and (quoted := _block_quote(span.of(text))):
            found.append(Quotation(span, quoted))
    taken = sorted([*taken, *(quotation.span for quotation in found)])
    for paragraph in _paragraphs(text):
        for span in _between_marks(text, paragraph):
            if not _overlaps(span, taken):
                found += _parts(text, span)
    return sorted(found, key=lambda quotation: quotation.span)[:MAX_QUOTATIONS]


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span shares a character with one of the others, in order of their starts."""
    last = bisect_left(others, span.end, key=lambda other: other.start)
    return any(span.overlaps(other) for other in others[max(0, last - 2) : last])


def _block_quote(block: str) -> str:
    """Return what a block quote of Markdown quotes, without context and citation as normqa adds them."""
    text = _IN_ITALICS.sub("", _PREFIX.sub("", block))
    return _ESCAPED.sub(r"\1", _CITATION.sub("", text)).strip()


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for blank in _BLANK_LINE.finditer(text):
        yield Span(start, blank.start())
        start = blank.end()
    yield Span(start, len(text))


def _between_marks(text: str, span: Span) -> Iterator[Span]:
    """Yield what is between quotation marks, but not what is quoted inside that."""
    open_marks: list[int] = []
    expected = Counter[str]()
    found: list[Span] = []
    for place in range(span.start, span.end):
        mark = text[place]
        if expected[mark] and _closes(text, place):
            opening = -1
            while opening < 0 or mark not in _MARKS[text[opening]]:
                opening = open_marks.pop()
                expected.subtract(_MARKS[text[opening]])
            while found and found[-1].start > opening:
                found.pop()
            found.append(Span(opening + 1, place))
        elif _opens(text, place):
            open_marks.append(place)
            expected.update(_MARKS[mark])
    return iter(found)


def _opens(text: str, place: int) -> bool:
    mark, before, after = text[place], text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    if mark not in _MARKS or not after:
        return False
    return mark not in _AMBIGUOUS or not (before.isalnum() or after.isspace())


def _closes(text: str, place: int) -> bool:
    mark, before, after = text[place], text[place - 1], text[place + 1 : place + 2]
    return mark not in _AMBIGUOUS or not (before.isspace() or after.isalnum())


def _parts(text: str, span: Span) -> Iterator[Quotation]:
    """Yield a quotation, or its parts around omissions."""
    start = span.start
    breaks = [Span(*omission.span()) for omission in _OMISSION.finditer(text, span.start, span.end)]
    for gap in [*breaks, Span(span.end, span.end)]:
        part = Span(start, gap.start).stripped(text)
        if part.of(text)[-1:] in _LAST_MARK and gap.start == span.end:
            part = Span(part.start, max(part.start, part.end - 1))
        if any(map(str.isalnum, part.of(text))):
            yield Quotation(part, part.of(text))
        start = gap.end
