"""Turn candidates into quotes that can be read alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.quotes.bounds import shortened
from normqa.answer.quotes.lists import PROSE, introduced_list
from normqa.datatypes import Document, Quote, Span
from normqa.structure import Structure

QUOTE_CHARACTERS = 600
"""A quote is shorter than this, unless it is a single sentence or list item."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A quote that may still grow.

    Attributes:
        structure: The lists and tables of its document.
        span: What it quotes.
        answers: The candidates in it; the best comes first.
        confidence: That of the best.
    """

    structure: Structure
    span: Span
    answers: tuple[Span, ...]
    confidence: float | None = None

    @property
    def document(self) -> Document:
        return self.structure.document


def quote_passages(candidates: Sequence[Candidate], top_k: int) -> tuple[Quote, ...]:
    """Quote candidates, best first, in at most ``top_k`` quotes.

    A quote is a sentence in its context, a whole list item, or a table row. Quotes that follow each other in
    one section are merged. The lead-in of a list says nothing without the list, so it is quoted only if there
    is nothing else.
    """
    return quote_all(without_lead_ins(candidates), top_k)


def without_lead_ins(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Drop the candidates that only introduce a list, unless all of them do."""
    candidates = [candidate for candidate in candidates if candidate.listing is None]
    return [candidate for candidate in candidates if not introduced_list(candidate)] or candidates


def quote_all(candidates: Iterable[Candidate], top_k: int) -> tuple[Quote, ...]:
    """Quote candidates as :func:`quote_passages` does, including the lead-ins of lists."""
    return tuple(map(_quote, _merge_all(_drafts(candidates, top_k))))


def quote_apart(candidates: Iterable[Candidate], top_k: int) -> tuple[Quote, ...]:
    """Quote candidates as :func:`quote_all` does, without merging quotes that follow each other."""
    return tuple(map(_quote, _drafts(candidates, top_k)))


def _drafts(candidates: Iterable[Candidate], top_k: int) -> list[_Draft]:
    drafts: list[_Draft] = []
    for candidate in candidates:
        if len(drafts) == top_k:
            break
        if candidate.listing is None and not any(_contains(draft, candidate) for draft in drafts):
            draft = _Draft(
                candidate.structure, _quote_span(candidate), (candidate.span,), candidate.confidence
            )
            drafts.append(_without_overlap(draft, drafts))
    return drafts


def _quote(draft: _Draft) -> Quote:
    best, *others = draft.answers
    span = shortened(draft.document, draft.span, best)
    return draft.document.quote(
        span,
        Span(best.start, min(best.end, span.end)),
        draft.structure.context_of(span),
        tuple(answer for answer in sorted(others) if answer in span),
        draft.confidence,
    )


def _quote_span(candidate: Candidate) -> Span:
    """Return what to quote for a candidate.

    That is the list item around a sentence, with the item around that if it is short enough, and otherwise
    the sentence in its context if that is short enough.
    """
    structure = candidate.structure
    if item := structure.item_at(candidate.span):
        branch = structure.smallest_branch(candidate.span)
        return branch if branch and len(branch) < QUOTE_CHARACTERS else item
    return candidate.context if len(candidate.context) < QUOTE_CHARACTERS else candidate.span


def _contains(draft: _Draft, candidate: Candidate) -> bool:
    return draft.document.id == candidate.document.id and candidate.span in draft.span


def _merge_all(drafts: list[_Draft]) -> list[_Draft]:
    """Merge the drafts that follow each other, in the position of the best of them."""
    for first, second in combinations(drafts, 2):
        if merged := _merge(first, second):
            return _merge_all(
                [merged if draft is first else draft for draft in drafts if draft is not second]
            )
    return drafts


def _merge(first: _Draft, second: _Draft) -> _Draft | None:
    """Merge two drafts, of which the first is better; None if other text or a list is between them."""
    document = first.document
    if document.id != second.document.id:
        return None
    before, after = sorted((first.span, second.span))
    union = Span(before.start, after.end)
    follow = (
        {document.block_at(before.end - 1).kind, document.block_at(after.start).kind} <= PROSE
        and not document.text[before.end : after.start].strip()
        and union in document.section_at(union.start).span
        and len(union) < QUOTE_CHARACTERS
    )
    answers = first.answers + second.answers
    return replace(first, span=union, answers=answers) if follow else None


def _without_overlap(draft: _Draft, others: Iterable[_Draft]) -> _Draft:
    """Reduce the draft to its answer if it would repeat part of another quote."""
    overlaps = any(
        other.document.id == draft.document.id and other.span.overlaps(draft.span) for other in others
    )
    return replace(draft, span=draft.answers[0]) if overlaps else draft
