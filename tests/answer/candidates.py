"""What the tests of answers share: documents made of Markdown, and readings of the sentences in them."""

from normqa.answer.sentences import Candidate, Signals
from normqa.datatypes import Document, Metadata, Passage, Quote, Span
from normqa.load.markdown import load_markdown
from normqa.models.hashing import HashingEncoder
from normqa.split import Splitter


def a_document(markdown: str, document_id: str = "doc") -> Document:
    """Loads Markdown as a build would."""
    return load_markdown(document_id, markdown, Metadata())


def passages(document: Document, max_tokens: int = 256) -> list[Passage]:
    """Splits a document as a build would."""
    return Splitter(HashingEncoder().count_tokens, max_tokens).split(document)


def a_candidate(
    document: Document, opening: str, score: float = 0.5, leans_on: str | None = None
) -> Candidate:
    """The reading of the sentence, item or row that opens with these words.

    Args:
        document: Where it stands.
        opening: Its first words.
        score: What it is ranked by.
        leans_on: The first words of what it cannot be read without; None for one that can be read alone.
    """
    [(passage, span)] = [
        (passage, span)
        for passage in passages(document)
        for span in passage.sentences
        if span.of(document.text).startswith(opening)
    ]
    start = span.start if leans_on is None else document.text.index(leans_on)
    signals = Signals(passage=score, similarity=0.0, coverage=0.0)
    return Candidate(document, passage, span, Span(start, span.end), signals)


def candidates(document: Document, *openings: str) -> list[Candidate]:
    """Readings of several sentences, best first."""
    return [a_candidate(document, opening, 0.9 - rank / 100) for rank, opening in enumerate(openings)]


def texts(quotes: tuple[Quote, ...]) -> list[str]:
    """What is quoted."""
    return [quote.text for quote in quotes]


def answers(quotes: tuple[Quote, ...]) -> list[str]:
    """The sentence, item or row in each quote that answers."""
    return [
        quote.text[quote.answer.start - quote.span.start : quote.answer.end - quote.span.start]
        for quote in quotes
    ]
