"""A brief: sections of verbatim quotes with footnotes, and the notes of the reader who collected them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from normqa.citations.export import Entry, Export, notices
from normqa.citations.styles import chicago_note
from normqa.datatypes import NEAR_MISSES_HEADING, Answer, Quote

NOTE_LABEL = "Reader’s note:"
"""What every format writes before the words of a reader, which are no quotation."""

NOTES_REMARK = (
    "Quotes are verbatim. A “Reader’s note” contains the words of the person who made this brief, and is not"
    " part of the documents."
)
"""Sentence at the end of a brief with notes."""


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

    @classmethod
    def of(cls, entry: Entry, export: Export) -> "Footnote":
        """Return the footnote of a quote."""
        return cls(
            source=chicago_note(entry.reference)[1:-1],
            references=entry.quote.citation.references_line,
            place=entry.place,
            page=export.page_of(entry.quote) if export.base_url else None,
        )

    @property
    def text(self) -> str:
        """The footnote without the address."""
        return " ".join(filter(None, [self.source, self.references, f"{self.place}."]))


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A quote with its footnote.

    Attributes:
        number: Number of the footnote.
        entry: The quote and the answer that it belongs to.
        footnote: The footnote.
        note: The words of the reader about it; empty if there are none.
    """

    number: int
    entry: Entry
    footnote: Footnote
    note: str = ""

    @property
    def quote(self) -> Quote:
        """The quote."""
        return self.entry.quote


@dataclass(frozen=True, slots=True)
class MissingQuote:
    """A quote that is not shown, because the documents do not contain it as it was collected.

    Attributes:
        key: Names it in lists of citations.
        document_id: Id of its document; empty if that is not known.
        reason: Why it is not shown, as a sentence.
        note: The words of the reader about it; empty if there are none.
    """

    key: str
    document_id: str
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Quotes below a heading.

    Attributes:
        heading: The question, or the title of a collection; empty if there is none.
        notices: What a reader must know about the index.
        sentences: Sentences before the quotes.
        subheading: Heading above near misses; None for quotes that answer.
        items: The quotes, and those that are missing.
        rest: A sentence after the quotes; None if there is none.
    """

    heading: str
    notices: tuple[str, ...]
    sentences: tuple[str, ...]
    subheading: str | None
    items: tuple[CitedQuote | MissingQuote, ...]
    rest: str | None

    @property
    def cited(self) -> list[CitedQuote]:
        """The quotes that are shown."""
        return [item for item in self.items if isinstance(item, CitedQuote)]


@dataclass(frozen=True, slots=True)
class Brief:
    """Sections of quotes. The numbers of footnotes run through all of them.

    Attributes:
        title: Title of the file.
        sections: The sections.
    """

    title: str
    sections: tuple[Section, ...]

    @classmethod
    def of_conversation(cls, export: Export) -> "Brief":
        """Return the brief of a conversation: a section per question, with its quotes or near misses."""
        sections = tuple(_sections(export))
        return cls(next((section.heading for section in sections if section.heading), "Quotes"), sections)

    @property
    def items(self) -> list[CitedQuote | MissingQuote]:
        """The quotes of all sections."""
        return [item for section in self.sections for item in section.items]

    @property
    def cited(self) -> list[CitedQuote]:
        """The quotes that are shown."""
        return [quote for section in self.sections for quote in section.cited]

    @property
    def remark(self) -> str | None:
        """What a reader must know about the notes; None if there are none."""
        return NOTES_REMARK if any(item.note for item in self.items) else None


def cite(answer: Answer, quotes: Sequence[Quote], first: int, export: Export) -> list[CitedQuote]:
    """Return quotes with footnotes, numbered from ``first``."""
    entries = [Entry(answer, quote) for quote in quotes]
    return [CitedQuote(first + at, entry, Footnote.of(entry, export)) for at, entry in enumerate(entries)]


def _sections(export: Export) -> Iterator[Section]:
    first = 1
    for answer in export.answers:
        shown = answer.quotes + answer.near_misses
        searched = [f"Searched as: {answer.searched_as}"] if answer.was_rewritten else []
        yield Section(
            heading=answer.question,
            notices=tuple(notices(answer)),
            sentences=tuple(filter(None, [*searched, answer.refusal or answer.absence])),
            subheading=NEAR_MISSES_HEADING if answer.near_misses else None,
            items=tuple(cite(answer, shown, first, export)),
            rest=answer.rest,
        )
        first += len(shown)
