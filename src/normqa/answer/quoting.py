"""From a sentence that answers to a quote that reads whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from normqa.answer.read import Reading
from normqa.datatypes import BlockKind, Document, ItemList, Quote, Span

QUOTE_CHARACTERS = 600
"""A quote stays under this, unless a single sentence or list item is longer."""

_PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LEAD_IN})


@dataclass(frozen=True, slots=True)
class _Draft:
    """A quote that may still grow."""

    document: Document
    span: Span
    answer: Span


def quote_passages(readings: Iterable[Reading], top_k: int) -> tuple[Quote, ...]:
    """Quotes the readings, best first, at most ``top_k`` quotes.

    What stands in one paragraph, or in consecutive paragraphs of one section, becomes one quote.
    """
    drafts: list[_Draft] = []
    for reading in readings:
        if not any(each.document.id == reading.document.id and reading.span in each.span for each in drafts):
            draft = _apart(_Draft(reading.document, _whole(reading), reading.span), drafts)
            drafts = _joined([*drafts, draft])[:top_k]
    return tuple(draft.document.quote(draft.span, draft.answer) for draft in drafts)


def quote_list(document: Document, items: ItemList) -> tuple[Quote, ...]:
    """Quotes a list: what introduces it, then every item whole, in document order."""
    lead_in = (items.lead_in,) if items.lead_in else ()
    return tuple(document.quote(span) for span in (*lead_in, *items.items))


def list_led_by(reading: Reading) -> ItemList | None:
    """The list that this reading introduces, if it ends a lead-in."""
    for each in reading.document.lists:
        if each.lead_in and reading.span in each.lead_in and reading.span.end == each.lead_in.end:
            return each
    return None


def _whole(reading: Reading) -> Span:
    """The list item or paragraph that holds a sentence, or as much of it as is allowed."""
    document, sentence = reading.document, reading.span
    if item := document.item_at(sentence):
        return item
    block = document.block_at(sentence.start).span
    if len(block) < QUOTE_CHARACTERS:
        return block
    whole = sentence
    for neighbour in _neighbours(sentence, [s for s in reading.passage.sentences if s in block]):
        wider = Span(min(whole.start, neighbour.start), max(whole.end, neighbour.end))
        if len(wider) >= QUOTE_CHARACTERS:
            break
        whole = wider
    return whole


def _neighbours(sentence: Span, sentences: list[Span]) -> Iterable[Span]:
    """The sentences around one, the nearest first."""
    after = [s for s in sentences if s.start >= sentence.end]
    before = [s for s in reversed(sentences) if s.end <= sentence.start]
    for i in range(max(len(after), len(before))):
        yield from (*after[i : i + 1], *before[i : i + 1])


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
    belong = (
        not document.text[before.end : after.start].strip()
        and union in document.section_at(union.start).span
        and all(document.block_at(draft.span.start).kind in _PROSE for draft in (first, second))
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
