"""A brief to print: questions and quotes with footnotes, as one HTML file without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from normqa.citations.export import Entry, Export, notices
from normqa.citations.styles import chicago_note
from normqa.datatypes import NEAR_MISSES_HEADING, Answer, Quote

_TEMPLATE = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
).from_string(Path(__file__).with_name("brief.html").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Footnote:
    """The source of a quote.

    Attributes:
        source: The source in Chicago style.
        references: What the source rests on; None if it states nothing.
        place: Where the quote is, so that a program can check it.
        page: Address of the page that shows it; None if the server's address is not known.
    """

    source: str
    references: str | None
    place: str
    page: str | None

    @property
    def text(self) -> str:
        """The footnote without the address."""
        return " ".join(filter(None, [self.source, self.references, f"{self.place}."]))


@dataclass(frozen=True, slots=True)
class Section:
    """A question, its answer, and a footnote for each quote or near miss.

    Attributes:
        answer: The answer.
        notes: The quotes that it shows, with the numbers of their footnotes and the footnotes.
    """

    answer: Answer
    notes: tuple[tuple[int, Quote, Footnote], ...]

    @property
    def notices(self) -> list[str]:
        """What a reader must know about the index."""
        return notices(self.answer)


def sections(export: Export) -> Iterator[Section]:
    """Yield the sections of a brief. The numbers of footnotes run through all of them."""
    first = 1
    for answer in export.answers:
        shown = answer.quotes + answer.near_misses
        notes = [
            (number, quote, _footnote(Entry(answer, quote), export))
            for number, quote in enumerate(shown, first)
        ]
        first += len(shown)
        yield Section(answer, tuple(notes))


def brief(export: Export) -> str:
    """Return the answers as a page. Its footnotes are the sources of the quotes in Chicago style."""
    return _TEMPLATE.render(sections=list(sections(export)), near_misses_heading=NEAR_MISSES_HEADING)


def _footnote(entry: Entry, export: Export) -> Footnote:
    return Footnote(
        source=chicago_note(entry.reference)[1:-1],
        references=entry.quote.citation.references_line,
        place=entry.place,
        page=export.page_of(entry.quote) if export.base_url else None,
    )
