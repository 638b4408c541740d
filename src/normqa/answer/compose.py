"""Composes the answer: quotes, or a refusal with near misses."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from normqa.answer.lists import led_by, stated_list
from normqa.answer.quoting import quote_all, quote_passages, telling
from normqa.answer.sentences import Candidate
from normqa.datatypes import Document, Kind, Quote
from normqa.errors import Misquote


@dataclass(frozen=True, slots=True)
class Composed:
    """The kind of an answer, and its quotes; for a list, whether the first introduces it."""

    kind: Kind
    quotes: tuple[Quote, ...]
    has_lead_in: bool = False


def compose(readings: Sequence[Candidate], top_k: int, *, asks_for_list: bool) -> Composed:
    """Quotes readings that answer.

    Args:
        readings: Best first, at least one.
        top_k: Most quotes; a list has as many as it needs.
        asks_for_list: Whether the question does.
    """
    listed = led_by(readings[0], asks_for_list=asks_for_list)
    if listed is None and asks_for_list:
        listed = stated_list(readings)
    if listed:
        return Composed("list", listed.quotes(), has_lead_in=listed.lead_in is not None)
    return Composed("passages", quote_passages(readings, top_k))


def compose_comparison(sides: Sequence[Sequence[Candidate]], top_k: int) -> Composed:
    """Quotes readings of every side in turn, and then puts together what is from one document.

    Args:
        sides: Readings of each side, best first, at least one each.
        top_k: Most quotes, as many a side, but at least one.
    """
    in_turn = [reading for turn in zip_longest(*map(telling, sides)) for reading in turn if reading]
    quotes = list(quote_all(in_turn, max(1, top_k // len(sides)) * len(sides)))
    documents = list(dict.fromkeys(quote.citation.document_id for quote in quotes))
    quotes.sort(key=lambda quote: documents.index(quote.citation.document_id))
    return Composed("comparison", tuple(quotes))


def check(quotes: Iterable[Quote], find_document: Callable[[str], Document]) -> None:
    """Holds every quote against the stored document once more.

    Raises:
        Misquote: If one is not its slice of the text, or the text is not the one that was hashed.
    """
    quotes = tuple(quotes)
    texts = {name: find_document(name).text for name in {quote.citation.document_id for quote in quotes}}
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    for quote in quotes:
        text, sha256 = texts[quote.citation.document_id], hashes[quote.citation.document_id]
        if quote.span.of(text) != quote.text or sha256 != quote.sha256 or quote.answer not in quote.span:
            raise Misquote(
                f"A quote from {quote.citation.document_id!r} differs from the document; it is not shown.",
                "Run normqa build --full.",
            )
