"""The places of a document that a conversation cites, as an address names them."""

from collections.abc import Sequence
from dataclasses import dataclass

from normqa.datatypes import Document, Span
from normqa.serve.pages.permalink import QuoteLink


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A place that a quote of the conversation cites.

    Attributes:
        span: The place.
        number: Number of the quote in the answer; None for a quote of another answer.
        text: Its text.
    """

    span: Span
    number: int | None
    text: str


def cited_places(
    document: Document, answer: Sequence[QuoteLink], others: Sequence[QuoteLink]
) -> tuple[CitedPlace, ...]:
    """Return the places in the order of the text. Of places that overlap, the first is returned.

    Args:
        document: The document, whose text must be the one that was quoted.
        answer: The quotes of the answer that the page was opened from.
        others: Quotes of the other answers of the conversation.
    """
    numbered = [*enumerate(answer, 1), *((None, link) for link in others)]
    found = [
        CitedPlace(link.span, number, link.span.of(document.text))
        for number, link in numbered
        if link.document_id == document.id and link.matches(document)
    ]
    places: list[CitedPlace] = []
    for place in sorted(found, key=lambda place: (place.span, place.number is None)):
        if not places or places[-1].span.end <= place.span.start:
            places.append(place)
    return tuple(places)
