"""Finds the list that answers, be it of list items, of table rows, or of sentences that count themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from normqa.answer.sentences import Candidate
from normqa.datatypes import BlockKind, Document, Quote, Span
from normqa.split import sentences

_FIRST = re.compile(r"[^\w]*(?:first(?:ly)?|the first|to begin with|one|a first)\b", re.IGNORECASE)
_NEXT = re.compile(
    r"[^\w]*(?:(?:the |a )?(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|last|final)"
    r"(?:ly)?|(?:yet )?another|finally|lastly|in addition|the other)\b",
    re.IGNORECASE,
)
PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LEAD_IN})
"""Blocks that are made of sentences."""

_BEST = 5
"""A list is where two of so many readings stand."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A list as a document states it.

    Attributes:
        document: Where it stands.
        lead_in: What introduces it, if anything does.
        items: In document order.
    """

    document: Document
    lead_in: Span | None
    items: tuple[Span, ...]

    def quotes(self) -> tuple[Quote, ...]:
        """What introduces the list, then every item whole."""
        return tuple(map(self.document.quote, self.parts()))

    def parts(self) -> tuple[Span, ...]:
        """What introduces the list, if anything does, and its items."""
        return (self.lead_in, *self.items) if self.lead_in else self.items


def led_by(reading: Candidate, *, asks_for_list: bool = False) -> Stated | None:
    """The list that this reading introduces, if it ends a lead-in.

    A paragraph before a list may also just stand there: it counts where it ends in a colon, or where a list
    is asked for.
    """
    document, span = reading.document, reading.span
    stands_alone = document.block_at(span.start).kind is not BlockKind.HEADING
    if stands_alone and not asks_for_list and not span.of(document.text).endswith(":"):
        return None
    for each in document.lists:
        if each.lead_in and span in each.lead_in and span.end == each.lead_in.end:
            return Stated(document, each.lead_in, each.items)
    return None


def stated_list(readings: Sequence[Candidate]) -> Stated | None:
    """The list around the best reading, if another of the best stands in the same one.

    Args:
        readings: Best first, at least one.
    """
    best = readings[0]
    spans = [each.span for each in readings[:_BEST] if each.document.id == best.document.id]
    for lists in (_lists, _tables, _enumerations):
        for each in lists(best):
            parts = each.parts()
            touched = {part for part in parts for span in spans if span in part}
            if any(best.span in part for part in parts) and len(touched) > 1:
                return each
    return None


def _lists(best: Candidate) -> Iterator[Stated]:
    """Lists, the shortest first: of nested ones, the innermost that will do."""
    for each in sorted(best.document.lists, key=lambda each: each.items[-1].end - each.items[0].start):
        yield Stated(best.document, each.lead_in, each.items)


def _tables(best: Candidate) -> Iterator[Stated]:
    """Tables: a paragraph with a colon introduces one, else its first row does, which names the columns."""
    document = best.document
    rows = [(block.span, i) for i, block in enumerate(document.blocks) if block.kind is BlockKind.ROW]
    follows = [document.text[row.end : after.start] == "\n" for (row, _), (after, _) in pairwise(rows)]
    firsts = [i for i in range(len(rows)) if i == 0 or not follows[i - 1]]
    for first, end in pairwise([*firsts, len(rows)]):
        head, *items = (span for span, _ in rows[first:end])
        before = document.blocks[rows[first][1] - 1] if rows[first][1] else None
        if before and before.kind in PROSE and before.span.of(document.text).endswith(":"):
            yield Stated(document, before.span, (head, *items))
        elif items:
            yield Stated(document, head, tuple(items))


def _enumerations(best: Candidate) -> Iterator[Stated]:
    """Sentences of one section that say first, second, another, finally, and what belongs to each."""
    document = best.document
    section = document.section_at(best.span.start).span
    before: Span | None = None
    lead_in: Span | None = None
    items: list[Span] = []
    for block in document.blocks:
        if block.span not in section or block.kind not in PROSE:
            continue
        for sentence in sentences(document.text, block.span, document.metadata.language):
            text = sentence.of(document.text)
            if _FIRST.match(text):
                if len(items) > 1:
                    yield Stated(document, lead_in, tuple(items))
                lead_in, items = before, [sentence]
            elif items and _NEXT.match(text):
                items.append(sentence)
            elif items and items[-1] in block.span:
                items[-1] = Span(items[-1].start, sentence.end)
            before = sentence
    if len(items) > 1:
        yield Stated(document, lead_in, tuple(items))
