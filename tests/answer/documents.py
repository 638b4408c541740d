"""Documents made from Markdown, and candidates for the sentences in them."""

from normqa.answer.candidates.candidate import Candidate, Signals
from normqa.datatypes import Document, Metadata, Passage, Quote, Span
from normqa.load.markup.markdown import load_markdown
from normqa.models.hashing import HashingEncoder
from normqa.split import Splitter
from normqa.structure import Structure


def a_document(markdown: str, document_id: str = "doc") -> Document:
    """Load Markdown as a build does."""
    return load_markdown(document_id, markdown, Metadata())


def passages(document: Document, max_tokens: int = 256) -> list[Passage]:
    """Split a document as a build does."""
    return Splitter(HashingEncoder().count_tokens, max_tokens).split(document)


def a_candidate(
    document: Document, opening: str, score: float = 0.5, refers_to: str | None = None
) -> Candidate:
    """Return a candidate for the sentence, item or row that opens with these words.

    Args:
        document: Its document.
        opening: Its first words.
        score: Its ranking score.
        refers_to: First words of the sentence that it refers back to; None for a complete sentence.
    """
    [(passage, span)] = [
        (passage, span)
        for passage in passages(document)
        for span in passage.sentences
        if span.of(document.text).startswith(opening)
    ]
    start = span.start if refers_to is None else document.text.index(refers_to)
    signals = Signals(passage=score, similarity=0.0, coverage=0.0)
    return Candidate(Structure(document), passage, span, Span(start, span.end), signals)


def candidates(document: Document, *openings: str) -> list[Candidate]:
    """Return candidates for several sentences, best first."""
    return [a_candidate(document, opening, 0.9 - rank / 100) for rank, opening in enumerate(openings)]


def texts(quotes: tuple[Quote, ...]) -> list[str]:
    """Return the quoted texts."""
    return [quote.text for quote in quotes]


def answers(quotes: tuple[Quote, ...]) -> list[str]:
    """Return the answering part of every quote."""
    return [
        quote.text[quote.answer.start - quote.span.start : quote.answer.end - quote.span.start]
        for quote in quotes
    ]
