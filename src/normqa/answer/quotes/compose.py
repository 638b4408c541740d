"""Compose an answer from candidates, and check its quotes."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from normqa.answer.candidates.candidate import Candidate
from normqa.answer.candidates.listings import best_listing
from normqa.answer.quotes.lists import PROSE, FoundList, introduced_list, surrounding_list
from normqa.answer.quotes.quoting import quote_passages
from normqa.datatypes import AnswerPart, Document, Kind, Quote
from normqa.errors import Misquote


@dataclass(frozen=True, slots=True)
class Composition:
    """The kind of an answer and its quotes.

    Attributes:
        has_lead_in: Whether the first quote of a list is its lead-in.
        has_best_sentence: Whether the best sentence comes before the quotes of a list.
        parts: The parts of the question, if it asks several things.
        items_left: Items of a long list that are not quoted.
    """

    kind: Kind
    quotes: tuple[Quote, ...]
    has_lead_in: bool = False
    has_best_sentence: bool = False
    parts: tuple[AnswerPart, ...] = ()
    items_left: int = 0


def compose(candidates: Sequence[Candidate], top_k: int, *, asks_for_list: bool) -> Composition:
    """Quote candidates that answer.

    Args:
        candidates: Best first, at least one.
        top_k: Maximum number of quotes. A list is quoted in full, up to its own limit.
        asks_for_list: Whether the question asks for a list.
    """
    sentences = [candidate for candidate in candidates if candidate.listing is None]
    if listing := best_listing(candidates, asks_for_list=asks_for_list):
        whole = FoundList.of(listing)
        above = () if asks_for_list else _sentence_above(whole, sentences[0])
        return _compose_list(whole, sentences[0], above)
    found = introduced_list(sentences[0], asks_for_list=asks_for_list)
    if found is None and asks_for_list:
        found = surrounding_list(sentences)
    if found:
        return _compose_list(found, sentences[0])
    return Composition("passages", quote_passages(candidates, top_k))


def _compose_list(found: FoundList, best: Candidate, above: tuple[Quote, ...] = ()) -> Composition:
    shown = found.around(best)
    return Composition(
        "list",
        (*above, *shown.quotes()),
        has_lead_in=found.lead_in is not None,
        has_best_sentence=bool(above),
        items_left=len(found.items) - len(shown.items),
    )


def _sentence_above(found: FoundList, best: Candidate) -> tuple[Quote, ...]:
    """Quote the best sentence above a list that answers, if it is more than a part of a list."""
    is_prose = best.document.block_at(best.span.start).kind in PROSE
    return quote_passages([best], 1) if is_prose and not found.contains(best) else ()


def check_quotes(quotes: Iterable[Quote], find_document: Callable[[str], Document]) -> None:
    """Compare every quote with the stored document once more.

    Raises:
        Misquote: If a quote is not its slice of the text, or the text does not match its hash.
    """
    quotes = tuple(quotes)
    ids = {quote.citation.document_id for quote in quotes}
    texts = {document_id: find_document(document_id).text for document_id in ids}
    hashes = {document_id: hashlib.sha256(text.encode()).hexdigest() for document_id, text in texts.items()}
    for quote in quotes:
        text, sha256 = texts[quote.citation.document_id], hashes[quote.citation.document_id]
        slices = [(quote.span, quote.text), *((part.span, part.text) for part in quote.context)]
        is_verbatim = all(span.of(text) == shown for span, shown in slices)
        if not is_verbatim or sha256 != quote.sha256 or quote.answer not in quote.span:
            raise Misquote(
                f"A quote from {quote.citation.document_id!r} differs from the document and is not shown.",
                "Rebuild the whole index.",
            )
