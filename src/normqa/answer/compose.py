"""Composes the answer: quotes, or a refusal with near misses."""

import hashlib
from collections.abc import Sequence

from normqa.answer.confidence import answers
from normqa.answer.quoting import list_led_by, quote_list, quote_passages
from normqa.answer.read import FindDocument, Reading
from normqa.datatypes import Answer
from normqa.errors import Misquote

NEAR_MISSES = 3
"""How many near misses a refusal shows at most."""


def compose(
    question: str, searched_as: str, readings: Sequence[Reading], top_k: int, generation: str, built_at: str
) -> Answer:
    """Makes an answer of readings.

    Args:
        question: As it was asked.
        searched_as: As it was searched.
        readings: Best first.
        top_k: Most quotes; a list answer has as many as the list needs.
        generation: Name of the generation that was searched.
        built_at: When that was built.
    """
    good = [reading for reading in readings if answers(reading.score)]
    led = list_led_by(good[0]) if good else None
    return Answer(
        status="answered" if good else "not_found",
        question=question,
        searched_as=searched_as,
        kind="list" if led else "passages",
        quotes=quote_list(good[0].document, led) if led else quote_passages(good, top_k),
        near_misses=() if good else quote_passages([r for r in readings if r.score > 0], NEAR_MISSES),
        confidence=None,
        generation=generation,
        built_at=built_at,
    )


def check(answer: Answer, find_document: FindDocument) -> None:
    """Holds every quote against the stored document once more.

    Raises:
        Misquote: If one is not its slice of the text, or the text is not the one that was hashed.
    """
    quotes = (*answer.quotes, *answer.near_misses)
    texts = {name: find_document(name).text for name in {quote.citation.document_id for quote in quotes}}
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    for quote in quotes:
        text, sha256 = texts[quote.citation.document_id], hashes[quote.citation.document_id]
        if quote.span.of(text) != quote.text or sha256 != quote.sha256 or quote.answer not in quote.span:
            raise Misquote(
                f"A quote from {quote.citation.document_id!r} differs from the document; it is not shown.",
                "Run normqa build --full.",
            )
