"""Check that the sentences of a note can be quoted alone."""

from collections.abc import Iterator

from normqa.answer.candidates.anaphora import opens_with_anaphor
from normqa.datatypes import Span
from normqa.lint.note import Finding, Note
from normqa.sentences.segment import sentences

SECTION_WORDS = 150
"""Maximum words of a section; a longer one hardly fits into one passage."""

SENTENCE_WORDS = 40
"""Maximum words of a sentence; a longer one answers more than the question."""

_EXCERPT = 40


def check_prose(note: Note) -> Iterator[Finding]:
    """Find openings that refer to nothing, and sections and sentences that are too long."""
    opens, section, words = True, 1, 0
    for piece in note.pieces:
        if piece.is_heading:
            yield from _long_section(note, section, words)
            opens, section, words = True, piece.line, 0
            continue
        words += len(piece.text.split())
        if (opens or piece.is_lead_in) and opens_with_anaphor(piece.text):
            yield Finding(
                note.name,
                piece.line,
                "pronoun",
                f"{_excerpt(piece.text)} opens with a word that refers back, so it cannot be quoted alone",
                "Name what the word refers to.",
            )
        opens = False
        if not piece.is_cell:
            yield from _long_sentences(note, piece.line, piece.text)
    yield from _long_section(note, section, words)


def _long_section(note: Note, line: int, words: int) -> Iterator[Finding]:
    if words > SECTION_WORDS:
        what = f"this section has {words} words, too many for one passage"
        hint = f"Split it with headings into sections of at most {SECTION_WORDS} words."
        yield Finding(note.name, line, "section-length", what, hint)


def _long_sentences(note: Note, line: int, text: str) -> Iterator[Finding]:
    for span in sentences(text, Span(0, len(text))):
        words = len(span.of(text).split())
        if words > SENTENCE_WORDS:
            what = f"the sentence {_excerpt(span.of(text))} has {words} words, too many for a quote"
            hint = f"Split it into sentences of at most {SENTENCE_WORDS} words."
            yield Finding(note.name, line, "sentence-length", what, hint)


def _excerpt(text: str) -> str:
    return f'"{text}"' if len(text) <= _EXCERPT else f'"{text[:_EXCERPT].rsplit(" ", 1)[0]} …"'
