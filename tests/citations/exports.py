"""Answers to export."""

from dataclasses import replace
from typing import Any

from normqa.citations.export import Export
from normqa.datatypes import Answer, Document, Metadata, Quote, Section, Span
from normqa.load.text.plain_text import load_text

TEXT = "🐦 The pelican eats\nherring & 100% {squid}."
FULL = Metadata(
    source="Field notes",
    url="https://zoo.example/notes",
    date="2023-05-01",
    authors=("Lovelace, Ada", "United Nations"),
    publisher="The Zoo",
    language="en",
    topics=("birds", "seals"),
    references=("Babbage, Charles. On birds",),
)


def document(document_id: str = "zoo", text: str = TEXT, title: str = "Zoo", **about: Any) -> Document:
    """A document with one section and all metadata, some of which is replaced."""
    found = load_text(document_id, text, replace(FULL, **about))
    sections = (Section(("Birds",), Span(0, len(found.text))),)
    return replace(found, title=title, sections=sections)


def quote(of: Document, start: int = 0, end: int | None = None) -> Quote:
    """A quote from a document; by default the whole text."""
    return of.quote(Span(start, len(of.text) if end is None else end))


def answer(*quotes: Quote, **more: Any) -> Answer:
    """An answer with these quotes."""
    found = Answer(
        question="What does the pelican eat?",
        searched_as="What does the pelican eat?",
        kind="passages",
        quotes=quotes,
        has_lead_in=False,
        near_misses=(),
        confidence=None,
        band="uncalibrated",
        reason=None,
        generation="1",
        built_at="2026-01-01T00:00:00+00:00",
    )
    return replace(found, **more)


def export(*documents: Document, base_url: str | None = "https://norms.example/q", **more: Any) -> Export:
    """One answer that quotes the whole text of every document."""
    texts = {each.id: each.text for each in documents}
    return Export([answer(*map(quote, documents), **more)], texts.__getitem__, base_url)
