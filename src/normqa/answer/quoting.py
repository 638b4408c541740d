"""From a sentence that answers to a quote that reads whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from normqa.answer.lists import PROSE, led_by
from normqa.answer.sentences import Candidate
from normqa.datatypes import Document, Quote, Span

QUOTE_CHARACTERS = 600
"""A quote stays under this, unless a single sentence or list item is longer."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A quote that may still grow."""

    document: Document
    span: Span
    answer: Span


def quote_passages(readings: Sequence[Candidate], top_k: int) -> tuple[Quote, ...]:
    """Quotes the readings, best first, at most ``top_k`` quotes.

    A quote is a sentence with what it leans on, a whole list item, or a table row. Those that follow one upon
    the other in consecutive paragraphs of one section become one quote. What only introduces a list is left
    out where there is anything else: without its list it says nothing.
    """
    return quote_all(telling(readings), top_k)


def telling(readings: Sequence[Candidate]) -> Sequence[Candidate]:
    """The readings without those that only introduce a list, or all of them if all do."""
    return [reading for reading in readings if not led_by(reading)] or readings


def quote_all(readings: Iterable[Candidate], top_k: int) -> tuple[Quote, ...]:
    """Quotes the readings as :func:`quote_passages` does, those that introduce a list too."""
    drafts: list[_Draft] = []
    for reading in readings:
        if any(_shows(draft, reading) for draft in drafts):
            continue
        draft = _apart(_Draft(reading.document, _whole(reading), reading.span), drafts)
        drafts = _joined([*drafts, draft])[:top_k]
    return tuple(draft.document.quote(draft.span, draft.answer) for draft in drafts)


def _whole(reading: Candidate) -> Span:
    """The list item that holds a sentence, else the sentence and what it leans on, if not too long."""
    if item := reading.document.item_at(reading.span):
        return item
    return reading.context if len(reading.context) < QUOTE_CHARACTERS else reading.span


def _shows(draft: _Draft, reading: Candidate) -> bool:
    """Whether the quote shows the sentence already."""
    return draft.document.id == reading.document.id and reading.span in draft.span


def _joined(drafts: list[_Draft]) -> list[_Draft]:
    """The drafts, with those that belong together made one in the place of the best."""
    for first, second in combinations(drafts, 2):
        if merged := _merged(first, second):
            return _joined([merged if each is first else each for each in drafts if each is not second])
    return drafts


def _merged(first: _Draft, second: _Draft) -> _Draft | None:
    """Both drafts as one, answering with the first's sentence; None where they do not belong together."""
    document = first.document
    if document.id != second.document.id:
        return None
    before, after = sorted((first.span, second.span))
    union = Span(before.start, after.end)
    ends, begins = document.block_at(before.end - 1), document.block_at(after.start)
    belong = (
        ends != begins
        and {ends.kind, begins.kind} <= PROSE
        and not document.text[before.end : after.start].strip()
        and union in document.section_at(union.start).span
        and len(union) < QUOTE_CHARACTERS
    )
    return _Draft(document, union, first.answer) if belong else None


def _apart(draft: _Draft, others: Iterable[_Draft]) -> _Draft:
    """The draft, cut down to its sentence where it would repeat part of another quote."""
    overlaps = any(
        other.document.id == draft.document.id
        and other.span.start < draft.span.end
        and draft.span.start < other.span.end
        for other in others
    )
    return _Draft(draft.document, draft.answer, draft.answer) if overlaps else draft
