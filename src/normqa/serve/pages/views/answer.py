"""An answer as a page shows it: the lead answer, then further quotes by document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from normqa.datatypes import Answer, Quote
from normqa.serve.pages.permalink import QuoteLink, answer_address
from normqa.serve.pages.views.comparison import Comparison
from normqa.serve.pages.views.quote import ShownQuote, show_quote
from normqa.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Group:
    """Quotes of one document, or of one side of a comparison.

    Attributes:
        title: Title of the document, or name of the side.
        first: Quotes that are visible at first.
        more: Quotes that the reader can expand.
    """

    title: str
    first: tuple[ShownQuote, ...]
    more: tuple[ShownQuote, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer on a page.

    Attributes:
        lead: The quote that answers best; None for a list by itself, and for sides of a comparison.
        lead_in: The lead-in of a list.
        items: The items of a list.
        sides: The sides of a comparison.
        also: Further quotes by document, visible at first.
        more: Further quotes by document, which the reader can expand.
        near_misses: The near misses of a refusal.
        parts: The parts of the question, each with the numbers of its quotes.
        permalink: Address of these quotes; None if they are too many or too long.
    """

    lead: ShownQuote | None
    lead_in: ShownQuote | None
    items: tuple[ShownQuote, ...]
    sides: tuple[Group, ...]
    also: tuple[Group, ...]
    more: tuple[Group, ...]
    near_misses: tuple[ShownQuote, ...]
    parts: tuple[tuple[str, tuple[int, ...]], ...]
    permalink: str | None

    @property
    def more_count(self) -> int:
        """Number of quotes that the reader can expand."""
        return sum(len(group.first) for group in self.more)

    @property
    def unnumbered(self) -> tuple[ShownQuote, ...]:
        """The quotes around a list that have no number."""
        best = self.lead if self.lead and not self.lead.number else None
        return tuple(quote for quote in (best, self.lead_in) if quote)

    @property
    def quotes(self) -> tuple[ShownQuote, ...]:
        """All quotes with numbers, in order."""
        groups = (*self.sides, *self.also, *self.more)
        shown = [*self.items, *(quote for group in groups for quote in group.first + group.more)]
        return tuple([self.lead, *shown] if self.lead and self.lead.number else shown)

    @classmethod
    def of(cls, answer: Answer, visible: int, snapshot: Snapshot) -> "AnswerView":
        """Return the view of an answer.

        Args:
            answer: The answer.
            visible: Quotes per answer that are visible at first. Lists, and answers to several parts, are
                visible in full.
            snapshot: The snapshot that answered.
        """
        view = _Layout(answer, visible, snapshot)
        match answer.kind:
            case "list":
                return view.of_list()
            case "comparison":
                return view.of_comparison()
            case "passages":
                return view.of_passages(answer.quotes)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Lays out one answer; see :meth:`AnswerView.of`."""

    answer: Answer
    visible: int
    snapshot: Snapshot

    def of_list(self) -> AnswerView:
        """Show the best sentence, the lead-in and the items, which alone have numbers."""
        quotes = list(self.answer.quotes)
        best = self._alone(quotes.pop(0)) if self.answer.has_best_sentence else None
        lead_in = self._alone(quotes.pop(0)) if self.answer.has_lead_in else None
        return self._view(self.answer.quotes, best, lead_in=lead_in, items=tuple(self._show(quotes)))

    def of_comparison(self) -> AnswerView:
        """Show what names both sides, then the sides beside each other."""
        laid_out = Comparison.of(self.answer.question, self.answer.quotes)
        if not laid_out.sides:
            return self.of_passages(self.answer.quotes)
        names = [name for name, _ in laid_out.sides]
        counts = [len(laid_out.both), *(len(quotes) for _, quotes in laid_out.sides)]
        quotes = [*laid_out.both, *(quote for _, own in laid_out.sides for quote in own)]
        shown = iter(self._show(quotes))
        both, *sides = (tuple(islice(shown, count)) for count in counts)
        share = max(1, self.visible // len(sides))
        groups = [Group(name, own[:share], own[share:]) for name, own in zip(names, sides, strict=True)]
        return self._view(quotes, both[0] if both else None, sides=tuple(groups), also=_by_document(both[1:]))

    def of_passages(self, quotes: Sequence[Quote]) -> AnswerView:
        """Show the best quote, then the others by document."""
        documents = list(dict.fromkeys(quote.citation.document_id for quote in quotes[1:]))
        count = len(quotes) if self.answer.parts else self.visible
        first, more = (
            sorted(part, key=lambda quote: documents.index(quote.citation.document_id))
            for part in (quotes[1:count], quotes[count:])
        )
        ordered = [*quotes[:1], *first, *more]
        shown = self._show(ordered)
        lead = shown.pop(0) if shown else None
        also, hidden = shown[: len(first)], shown[len(first) :]
        return self._view(ordered, lead, also=_by_document(also), more=_by_document(hidden))

    def _view(
        self,
        ordered: Sequence[Quote],
        lead: ShownQuote | None,
        *,
        lead_in: ShownQuote | None = None,
        items: tuple[ShownQuote, ...] = (),
        sides: tuple[Group, ...] = (),
        also: tuple[Group, ...] = (),
        more: tuple[Group, ...] = (),
    ) -> AnswerView:
        quotes = self.answer.quotes
        numbers = {place: ordered.index(quote) + 1 for place, quote in enumerate(quotes)}
        parts = [
            (part.question, tuple(numbers[place] for place in part.quotes)) for part in self.answer.parts
        ]
        links = [QuoteLink.of(quote) for quote in ordered]
        return AnswerView(
            lead=lead,
            lead_in=lead_in,
            items=items,
            sides=sides,
            also=also,
            more=more,
            near_misses=tuple(self._show(self.answer.near_misses)),
            parts=tuple(parts),
            permalink=answer_address(self.answer.question, links),
        )

    def _show(self, quotes: Sequence[Quote]) -> list[ShownQuote]:
        links = [QuoteLink.of(quote) for quote in quotes]
        return [self._shown(quote, number, links) for number, quote in enumerate(quotes, 1)]

    def _alone(self, quote: Quote) -> ShownQuote:
        """Show a quote without a number, which is no neighbour of the others."""
        return self._shown(quote, 0, [QuoteLink.of(quote)])

    def _shown(self, quote: Quote, number: int, links: Sequence[QuoteLink]) -> ShownQuote:
        document, answer = self.snapshot.document(quote.citation.document_id), self.answer
        return show_quote(quote, number, answer.question, links, document, answer.by_itself)


def _by_document(quotes: Iterable[ShownQuote]) -> tuple[Group, ...]:
    """Group quotes, of which those of one document follow each other."""
    groups = [tuple(own) for _, own in groupby(quotes, lambda quote: quote.body.document.id)]
    return tuple(Group(own[0].body.document.title, own) for own in groups)
