"""Whether the sentences of a note can be quoted by themselves."""

from collections.abc import Iterator

from normqa.answer.anaphora import opens_with_anaphor
from normqa.datatypes import Span
from normqa.lint.finding import Finding
from normqa.lint.note import Note
from normqa.split import sentences

SECTION_WORDS = 150
"""A longer section would hardly fit into one passage."""

SENTENCE_WORDS = 40
"""A longer sentence says more than the one thing that was asked."""

_SHOWN = 40


def check_prose(note: Note) -> Iterator[Finding]:
    """Names what opens by pointing back to nothing, and what is too long."""
    opens, section, words = True, 1, 0
    for piece in note.pieces:
        if piece.is_heading:
            yield from _long_section(note, section, words)
            opens, section, words = True, piece.line, 0
            continue
        words += len(piece.text.split())
        if (opens or piece.leads) and opens_with_anaphor(piece.text):
            yield Finding(
                note.name,
                piece.line,
                "pronoun",
                f"{_begin(piece.text)} opens by pointing back, and cannot be quoted alone",
                "Name what is meant.",
            )
        opens = False
        if not piece.is_cell:
            yield from _long_sentences(note, piece.line, piece.text)
    yield from _long_section(note, section, words)


def _long_section(note: Note, line: int, words: int) -> Iterator[Finding]:
    if words > SECTION_WORDS:
        what = f"the section that begins here has {words} words, too many to quote"
        way_out = f"Part it by headings, so that none has more than {SECTION_WORDS}."
        yield Finding(note.name, line, "section-length", what, way_out)


def _long_sentences(note: Note, line: int, text: str) -> Iterator[Finding]:
    for span in sentences(text, Span(0, len(text))):
        words = len(span.of(text).split())
        if words > SENTENCE_WORDS:
            what = f"{_begin(span.of(text))} has {words} words, too many to quote"
            way_out = f"Part it, so that no sentence has more than {SENTENCE_WORDS}."
            yield Finding(note.name, line, "sentence-length", what, way_out)


def _begin(text: str) -> str:
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN].rsplit(" ", 1)[0]} …"'
