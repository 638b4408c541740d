"""What the tests of answers share: documents made of Markdown, and readings of the sentences in them."""

from normqa.answer.read import Reading
from normqa.datatypes import Document, Metadata, Passage, Quote
from normqa.embed.hashing import HashingEncoder
from normqa.load.markdown import load_markdown
from normqa.split import Splitter


def a_document(markdown: str, document_id: str = "doc") -> Document:
    """Loads Markdown as a build would."""
    return load_markdown(document_id, markdown, Metadata())


def passages(document: Document, max_tokens: int = 256) -> list[Passage]:
    """Splits a document as a build would."""
    return Splitter(HashingEncoder().count_tokens, max_tokens).split(document)


def a_reading(document: Document, opening: str, score: float = 0.5) -> Reading:
    """The reading of the sentence, item or row that opens with these words."""
    [reading] = [
        Reading(document, passage, span, score)
        for passage in passages(document)
        for span in passage.sentences
        if span.of(document.text).startswith(opening)
    ]
    return reading


def readings(document: Document, *openings: str) -> list[Reading]:
    """Readings of several sentences, best first."""
    return [a_reading(document, opening, 0.9 - rank / 100) for rank, opening in enumerate(openings)]


def texts(quotes: tuple[Quote, ...]) -> list[str]:
    """What is quoted."""
    return [quote.text for quote in quotes]


def answers(quotes: tuple[Quote, ...]) -> list[str]:
    """The sentence, item or row in each quote that answers."""
    return [
        quote.text[quote.answer.start - quote.span.start : quote.answer.end - quote.span.start]
        for quote in quotes
    ]
