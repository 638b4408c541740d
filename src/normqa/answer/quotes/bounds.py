"""Bounds on what an answer quotes, so that no document makes a reply of any length."""

from normqa.datatypes import Document, Span
from normqa.sentences.language import document_language
from normqa.sentences.segment import sentences

MAX_ITEMS = 100
"""Maximum items of a list that are quoted. The rest is in the document."""

MAX_CHARACTERS = 5_000
"""Maximum characters of a quote, unless one sentence is longer."""


def items_shown(items: tuple[Span, ...], best: Span) -> tuple[Span, ...]:
    """Return the items of a list that are quoted: the first, or else those around the best one."""
    place = next((number for number, item in enumerate(items) if best in item), 0)
    first = 0 if place < MAX_ITEMS else min(place - MAX_ITEMS // 2, len(items) - MAX_ITEMS)
    return items[first : first + MAX_ITEMS]


def shortened(document: Document, span: Span, answer: Span) -> Span:
    """Return the part of a long span that is quoted: whole sentences that include the answer.

    Args:
        document: Their document.
        span: What would be quoted.
        answer: The part of it that answers.
    """
    if len(span) <= MAX_CHARACTERS:
        return span
    start = span.start if answer.end <= span.start + MAX_CHARACTERS else answer.start
    window = Span(start, min(span.end, start + MAX_CHARACTERS))
    whole = [found.end for found in sentences(document.text, window, document_language(document))][:-1]
    return Span(start, max([min(answer.end, window.end), *whole]))
