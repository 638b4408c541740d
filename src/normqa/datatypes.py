"""The nouns of normqa: frozen, without I/O, and without knowledge of how they are made."""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from normqa.errors import Misquote

CONTEXT_CHARACTERS = 64
"""How much text before and after a quote its prefix and suffix give, in code points."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open ``[start, end)`` in Unicode code points of ``Document.text``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"[{self.start}, {self.end}) is no span")

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def of(self, text: str) -> str:
        """The characters of ``text`` that this span names."""
        return text[self.start : self.end]

    def shifted(self, by: int) -> "Span":
        """The span of the same characters in a text that has so many more before them."""
        return Span(self.start + by, self.end + by)


class BlockKind(StrEnum):
    """What a block is in its document."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LEAD_IN = "lead_in"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """One leaf of a document's structure. Blocks ascend and never overlap.

    Attributes:
        kind: What it is.
        span: Where it stands.
        level: Heading level for a heading, nesting depth (from 1) for a list item, else 0.
    """

    kind: BlockKind
    span: Span
    level: int = 0


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list: the text that introduces it, if any, and each item with all that is nested in it."""

    lead_in: Span | None
    items: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading, its headings from the outermost to its own."""

    heading_path: tuple[str, ...]
    span: Span


def _start(part: Block | Section) -> int:
    return part.span.start


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself; every part is optional. Its questions are some that it answers."""

    title: str | None = None
    source: str | None = None
    url: str | None = None
    date: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands, for people."""

    document_id: str
    title: str
    source: str | None
    url: str | None
    date: str | None
    section: tuple[str, ...]
    page: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim slice of a document. Only :meth:`Document.quote` makes one.

    Attributes:
        text: ``document.text[span.start:span.end]``.
        span: Where it stands.
        answer: The one sentence, list item or table row inside ``span`` that answers.
        citation: Where it stands, for people.
        sha256: Of the document's canonical text, in UTF-8.
        prefix: The characters just before, as in the W3C TextQuoteSelector.
        suffix: The characters just after.
    """

    text: str
    span: Span
    answer: Span
    citation: Citation
    sha256: str
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Document:
    """One source file.

    Attributes:
        id: Path relative to the corpus, ``/``-separated, NFC, without a final ``.md``.
        title: From the front matter, else the first heading, else the file's name.
        text: The canonical text: plain, NFC, with line feeds. Every span counts in it.
        sha256: Of ``text`` in UTF-8.
        metadata: What the document says of itself.
        blocks: Leaves of its structure; they cover every non-blank character of ``text``.
        lists: Its lists, nested ones too.
        sections: They ascend and cover ``text`` without a gap.
        pages: Span of each page, from page 1; empty where the format has no pages.
    """

    id: str
    title: str
    text: str
    sha256: str
    metadata: Metadata
    blocks: tuple[Block, ...]
    lists: tuple[ItemList, ...]
    sections: tuple[Section, ...]
    pages: tuple[Span, ...] = ()

    def section_at(self, offset: int) -> Section:
        """The section that holds the character at ``offset``."""
        return self.sections[max(0, bisect_right(self.sections, offset, key=_start) - 1)]

    def page_at(self, offset: int) -> int | None:
        """The page, from 1, that holds the character at ``offset``; None where there are no pages."""
        return next((n for n, page in enumerate(self.pages, 1) if offset < page.end), None)

    def block_at(self, offset: int) -> Block:
        """The last block that starts at or before ``offset``, or the first."""
        return self.blocks[max(0, bisect_right(self.blocks, offset, key=_start) - 1)]

    def item_at(self, span: Span) -> Span | None:
        """The innermost list item that holds ``span`` whole, with all that is nested in it."""
        holding = [item for each in self.lists for item in each.items if span in item]
        return min(holding, key=len, default=None)

    def quote(self, span: Span, answer: Span | None = None) -> Quote:
        """Quotes the characters of ``span``; ``answer`` is the part that answers, all unless given.

        Raises:
            Misquote: If a span is empty, or they do not lie inside the text and each other.
        """
        answer = span if answer is None else answer
        if not len(span) or span.end > len(self.text) or not len(answer) or answer not in span:
            raise Misquote(f"{span} of {self.id!r} cannot be quoted.", "Run normqa build --full.")
        return Quote(
            text=span.of(self.text),
            span=span,
            answer=answer,
            citation=Citation(
                document_id=self.id,
                title=self.title,
                source=self.metadata.source,
                url=self.metadata.url,
                date=self.metadata.date,
                section=self.section_at(span.start).heading_path,
                page=self.page_at(span.start),
            ),
            sha256=self.sha256,
            prefix=self.text[max(0, span.start - CONTEXT_CHARACTERS) : span.start],
            suffix=self.text[span.end : span.end + CONTEXT_CHARACTERS],
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """An indexed piece of one section of one document.

    Attributes:
        document_id: Its document.
        span: Where it stands.
        heading_path: The headings of its section.
        lead_in: What introduces the list that its first item belongs to, wherever that stands.
        sentences: The smallest pieces that can answer: sentences, whole list items, table rows.
    """

    document_id: str
    span: Span
    heading_path: tuple[str, ...]
    lead_in: Span | None
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """What an encoder sees of a passage, and where the passage's sentences stand in it."""

    text: str
    sentences: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a retriever found.

    Attributes:
        number: Of the passage, in its generation.
        passage: What was found.
        score: Higher is better; rounded to four decimals.
    """

    number: int
    passage: Passage
    score: float


Kind = Literal["passages", "list", "comparison"]
Band = Literal["strong", "fair", "weak", "uncalibrated"]
Reason = Literal["nothing_relevant", "related_but_no_answer", "empty_index"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Quotes, or an explicit refusal with near misses.

    Attributes:
        question: As it was asked.
        searched_as: As it was searched.
        kind: ``list`` where the quotes are a list's lead-in and all its items, ``comparison`` where they
            speak for both sides.
        quotes: Best first, in document order for a list, grouped by document for a comparison; empty in a
            refusal.
        has_lead_in: Whether the first quote is what introduces a list.
        near_misses: What came nearest, in a refusal.
        confidence: Probability that the quotes answer; None where nothing is known of how sure to be.
        band: The same in a word.
        reason: Why the question is refused; None where it is answered.
        generation: Name of the generation that answered; None where there is none.
        built_at: When that was built, ISO 8601 in UTC.
        rolled_back: Whether somebody went back to that generation by hand.
        warning: What is wrong with the index, where not all of it answers.
    """

    question: str
    searched_as: str
    kind: Kind
    quotes: tuple[Quote, ...]
    has_lead_in: bool
    near_misses: tuple[Quote, ...]
    confidence: float | None
    band: Band
    reason: Reason | None
    generation: str | None
    built_at: str | None
    rolled_back: bool = False
    warning: str | None = None

    @property
    def status(self) -> Literal["answered", "not_found"]:
        """Whether the documents answer."""
        return "answered" if self.reason is None else "not_found"
