"""Find the list that answers: list items, table rows, or sentences such as "First, …" and "Second, …"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.quotes.bounds import items_shown, shortened
from normqa.datatypes import BlockKind, Quote, Span
from normqa.sentences.language import document_language
from normqa.sentences.segment import sentences
from normqa.structure import Structure

_FIRST = re.compile(r"[^\w]*(?:first(?:ly)?|the first|to begin with|one|a first)\b", re.IGNORECASE)
_NEXT = re.compile(
    r"[^\w]*(?:(?:the |a )?(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|last|final)"
    r"(?:ly)?|(?:yet )?another|finally|lastly|in addition|the other)\b",
    re.IGNORECASE,
)
PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LEAD_IN})
"""Kinds of blocks that consist of sentences."""

_BEST = 5
"""A list answers if it contains two of this many best candidates."""


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list in a document.

    Attributes:
        structure: The lists and tables of its document.
        lead_in: The text that introduces it, if there is one.
        items: In document order.
    """

    structure: Structure
    lead_in: Span | None
    items: tuple[Span, ...]

    @classmethod
    def of(cls, candidate: Candidate) -> "FoundList":
        """Return the list or table of a candidate that has one."""
        if candidate.listing is None:
            raise AssertionError("only a list or table is a list")
        return cls(candidate.structure, candidate.listing.lead_in, candidate.listing.items)

    def contains(self, candidate: Candidate) -> bool:
        """Whether a candidate is in the lead-in or in an item."""
        return candidate.document.id == self.structure.document.id and any(
            candidate.span in part for part in self.parts()
        )

    def around(self, best: Candidate) -> "FoundList":
        """Return the list with the items that are quoted, if it has too many."""
        return replace(self, items=items_shown(self.items, best.span))

    def quotes(self) -> tuple[Quote, ...]:
        """Quote the lead-in, if there is one, and every item."""
        document = self.structure.document
        shown = (shortened(document, span, Span(span.start, span.start)) for span in self.parts())
        return tuple(document.quote(span, context=self.structure.context_of(span)) for span in shown)

    def parts(self) -> tuple[Span, ...]:
        """Return the lead-in, if there is one, and the items."""
        return (self.lead_in, *self.items) if self.lead_in else self.items


def introduced_list(candidate: Candidate, *, asks_for_list: bool = False) -> FoundList | None:
    """Return the list that a candidate introduces, if the candidate ends a lead-in.

    A paragraph before a list is not always its lead-in. It counts if it ends in a colon or if the question
    asks for a list.
    """
    document, span = candidate.document, candidate.span
    is_heading = document.block_at(span.start).kind is BlockKind.HEADING
    if not is_heading and not asks_for_list and not candidate.text.endswith(":"):
        return None
    for item_list in document.lists:
        lead_in = item_list.lead_in
        if lead_in and span in lead_in and span.end == lead_in.end:
            return FoundList(candidate.structure, lead_in, item_list.items)
    return None


def surrounding_list(candidates: Sequence[Candidate]) -> FoundList | None:
    """Return the list around the best candidate, if it contains another of the best candidates.

    Args:
        candidates: Best first, at least one.
    """
    best = candidates[0]
    spans = [candidate.span for candidate in candidates[:_BEST] if candidate.document.id == best.document.id]
    for find in (_item_lists, _tables, _enumerations):
        for found in find(best):
            parts = found.parts()
            touched = {part for part in parts for span in spans if span in part}
            if any(best.span in part for part in parts) and len(touched) > 1:
                return found
    return None


def _item_lists(best: Candidate) -> Iterator[FoundList]:
    """Yield lists, the shortest first, so that the innermost of nested lists is preferred."""
    lists = best.document.lists
    for item_list in sorted(lists, key=lambda found: found.items[-1].end - found.items[0].start):
        yield FoundList(best.structure, item_list.lead_in, item_list.items)


def _tables(best: Candidate) -> Iterator[FoundList]:
    """Yield tables. The lead-in is a preceding paragraph that ends in a colon, else the header row."""
    for table in best.structure.tables:
        if table.rows:
            yield FoundList(best.structure, table.listing.lead_in, table.listing.items)


def _enumerations(best: Candidate) -> Iterator[FoundList]:
    """Yield runs of sentences in one section that open with "first", "second", "another" or "finally"."""
    document = best.document
    language = document_language(document)
    section = document.section_at(best.span.start).span
    before: Span | None = None
    lead_in: Span | None = None
    items: list[Span] = []
    for block in document.blocks:
        if block.span not in section or block.kind not in PROSE:
            continue
        for sentence in sentences(document.text, block.span, language):
            text = sentence.of(document.text)
            if _FIRST.match(text):
                if len(items) > 1:
                    yield FoundList(best.structure, lead_in, tuple(items))
                lead_in, items = before, [sentence]
            elif items and _NEXT.match(text):
                items.append(sentence)
            elif items and items[-1] in block.span:
                items[-1] = Span(items[-1].start, sentence.end)
            before = sentence
    if len(items) > 1:
        yield FoundList(best.structure, lead_in, tuple(items))
