"""The nouns of normqa: frozen data types without I/O."""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from normqa.errors import Misquote
from normqa.text.canonical import canonical_line, one_line, sentence_line

CONTEXT_CHARACTERS = 64
"""Maximum length of the prefix and suffix of a quote, in code points."""

NEAR_MISSES_HEADING = "Closest passages, which may not answer the question"
"""Heading above the near misses of a refusal."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open ``[start, end)`` in Unicode code points of ``Document.text``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"[{self.start}, {self.end}) is not a span")

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Return whether the spans share a character."""
        return self.start < other.end and other.start < self.end

    def of(self, text: str) -> str:
        """Return the characters of ``text`` inside this span."""
        return text[self.start : self.end]

    def shifted(self, by: int) -> "Span":
        """Return the span moved by ``by`` code points."""
        return Span(self.start + by, self.end + by)

    def stripped(self, text: str) -> "Span":
        """Return the span without the white space of ``text`` at its ends."""
        inner = self.of(text)
        start = self.start + len(inner) - len(inner.lstrip())
        return Span(start, max(start, self.start + len(inner.rstrip())))


class BlockKind(StrEnum):
    """The role of a block in its document."""

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
        kind: Its role.
        span: Its characters in ``Document.text``.
        level: Heading level for a heading, nesting depth (from 1) for a list item, 1 for a row of column
            names, else 0.
    """

    kind: BlockKind
    span: Span
    level: int = 0


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list: the lead-in, if there is one, and the items, including everything nested in them."""

    lead_in: Span | None
    items: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading. The heading path runs from the outermost heading to its own."""

    heading_path: tuple[str, ...]
    span: Span


def _start(part: Block | Section) -> int:
    return part.span.start


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata that a document states; every field is optional.

    Attributes:
        questions: Example questions that the document answers.
        references: The sources that the document rests on, which readers cite.
        audience: Groups whose members may see the document on a server; empty if everybody may.
    """

    title: str | None = None
    source: str | None = None
    url: str | None = None
    date: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """The place of a quote, for readers. ``str(citation)`` is one line.

    Attributes:
        page: Number of the page in the file, from 1; None if the document has no pages.
        page_label: The number that is printed on the page, if the document states it.
        references: The sources that the document rests on.
        recognised: Whether a program recognised the text in an image of the page, and may have misread it.
    """

    document_id: str
    title: str
    source: str | None
    url: str | None
    date: str | None
    section: tuple[str, ...]
    page: int | None
    page_label: str | None = None
    references: tuple[str, ...] = ()
    recognised: bool = False
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    language: str | None = None

    @property
    def references_line(self) -> str | None:
        """The references on one line; None without references."""
        return f"References: {'; '.join(map(one_line, self.references))}" if self.references else None

    def __str__(self) -> str:
        page = "" if self.page is None else f"page {self.page_label or self.page}"
        place = [" › ".join(self.section), page, "recognised text" if self.recognised else ""]
        return sentence_line([self.title], [self.source, self.date], place)


ContextRole = Literal["lead_in", "parent", "header"]


@dataclass(frozen=True, slots=True)
class ContextPart:
    """A verbatim slice of a document that a reader needs to understand a quote elsewhere in it.

    Attributes:
        role: ``lead_in`` introduces the list or table, ``parent`` is the text of a list item around the
            quote, and ``header`` contains the column names of a table row.
        span: Its characters in ``Document.text``.
        text: ``document.text[span.start:span.end]``.
    """

    role: ContextRole
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim slice of a document. Only :meth:`Document.quote` makes one.

    Attributes:
        text: ``document.text[span.start:span.end]``.
        span: Its characters in ``Document.text``.
        answer: The sentence, list item or table row inside ``span`` that answers the question.
        citation: Its place, for readers.
        sha256: SHA-256 of the document's canonical text in UTF-8.
        prefix: The characters just before it, as in the W3C TextQuoteSelector.
        suffix: The characters just after it.
        context: What a reader needs to understand it and ``span`` does not contain, in document order.
        other_answers: Other parts of ``span`` that may answer, in document order.
        confidence: Probability that it answers; None for items of a list, and without a calibration.
    """

    text: str
    span: Span
    answer: Span
    citation: Citation
    sha256: str
    prefix: str
    suffix: str
    context: tuple[ContextPart, ...] = ()
    other_answers: tuple[Span, ...] = ()
    confidence: float | None = None

    def __str__(self) -> str:
        place = f"{self.citation.document_id} [{self.span.start}, {self.span.end})"
        context = [f"({' '.join(part.text.splitlines())})" for part in self.context]
        lines = [*context, self.text, f"    — {self.citation} {place}"]
        if self.citation.references_line:
            lines.append(f"      {self.citation.references_line}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Document:
    """One source file.

    Attributes:
        id: Path relative to the corpus, ``/``-separated, NFC, without a final ``.md``.
        title: From the front matter, else the first heading, else the file name.
        text: The canonical text: plain, NFC, with line feeds. All spans refer to it.
        sha256: SHA-256 of ``text`` in UTF-8.
        metadata: The metadata that the document states.
        blocks: Leaves of its structure; they cover every non-blank character of ``text``.
        lists: Its lists, including nested ones.
        sections: Ascending; they cover ``text`` without a gap.
        pages: Spans of the pages, from page 1; empty if the format has no pages.
        page_labels: The printed page numbers, such as "iv"; empty if the document states none.
        recognised_pages: Pages, from 1, whose text a program recognised in an image.
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
    page_labels: tuple[str, ...] = ()
    recognised_pages: tuple[int, ...] = ()

    @property
    def characters(self) -> int:
        """Length of ``text`` in code points."""
        return len(self.text)

    def section_at(self, offset: int) -> Section:
        """Return the section that contains the character at ``offset``."""
        return self.sections[max(0, bisect_right(self.sections, offset, key=_start) - 1)]

    def page_at(self, offset: int) -> int | None:
        """Return the page, from 1, of the character at ``offset``; None if the document has no pages."""
        return next((n for n, page in enumerate(self.pages, 1) if offset < page.end), None)

    def page_label(self, page: int | None) -> str | None:
        """Return the printed number of a page; None if the document states none."""
        return self.page_labels[page - 1] if page and page <= len(self.page_labels) else None

    def block_at(self, offset: int) -> Block:
        """Return the last block that starts at or before ``offset``, or the first block."""
        return self.blocks[max(0, bisect_right(self.blocks, offset, key=_start) - 1)]

    def context_part(self, role: ContextRole, span: Span) -> ContextPart:
        """Return the characters of ``span`` as a part of the context of a quote."""
        return ContextPart(role, span, span.of(self.text))

    def quote(
        self,
        span: Span,
        answer: Span | None = None,
        context: tuple[ContextPart, ...] = (),
        other_answers: tuple[Span, ...] = (),
        confidence: float | None = None,
    ) -> Quote:
        """Quote the characters of ``span``.

        Args:
            span: What to quote.
            answer: The part of ``span`` that answers the question. Default: all of it.
            context: What a reader needs to understand it.
            other_answers: Other parts of ``span`` that may answer, in document order.
            confidence: Probability that it answers, if that is known.

        Raises:
            Misquote: If a span is empty, ``span`` ends beyond the text, or an answer is not inside ``span``.
        """
        answer = span if answer is None else answer
        inside = [answer, *other_answers]
        if (
            span.end > len(self.text)
            or not all(map(len, [span, *inside]))
            or any(part not in span for part in inside)
        ):
            raise Misquote(f"{span} of {self.id!r} cannot be quoted.", "Rebuild the whole index.")
        page = self.page_at(span.start)
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
                page=page,
                page_label=self.page_label(page),
                references=self.metadata.references,
                recognised=page in self.recognised_pages,
                authors=self.metadata.authors,
                publisher=self.metadata.publisher,
                language=self.metadata.language,
            ),
            sha256=self.sha256,
            prefix=self.text[max(0, span.start - CONTEXT_CHARACTERS) : span.start],
            suffix=self.text[span.end : span.end + CONTEXT_CHARACTERS],
            context=context,
            other_answers=other_answers,
            confidence=confidence,
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """An indexed piece of one section of one document.

    Attributes:
        document_id: Id of its document.
        span: Its characters in ``Document.text``.
        heading_path: The headings of its section.
        lead_in: The lead-in of the list that its first item belongs to, which may lie outside ``span``.
        sentences: The smallest pieces that can answer: sentences, whole list items, table rows.
    """

    document_id: str
    span: Span
    heading_path: tuple[str, ...]
    lead_in: Span | None
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """The text that an encoder reads for a passage, and the spans of the passage's sentences in it."""

    text: str
    sentences: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a retriever found.

    Attributes:
        number: Number of the passage in its generation.
        passage: The passage.
        score: Higher is better; rounded to four decimals.
    """

    number: int
    passage: Passage
    score: float


Kind = Literal["passages", "list", "comparison"]
Band = Literal["strong", "fair", "weak", "uncalibrated"]
Reason = Literal["nothing_relevant", "related_but_no_answer", "empty_index", "other_language"]

_REFUSALS: dict[Reason, str] = {
    "nothing_relevant": "No answer found in these documents.",
    "related_but_no_answer": "No answer found in these documents.",
    "empty_index": "There are no documents to search.",
    "other_language": "No answer found. The documents are in another language than the question.",
}


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One part of a question that asks several things.

    Attributes:
        question: The part, as a question.
        searched_as: As it was searched.
        confidence: Probability that its quotes answer; None if there is no calibration for the models.
        band: The confidence as a word.
        quotes: Positions of its quotes in the answer, from 0; empty if no answer to it was found.
    """

    question: str
    searched_as: str
    confidence: float | None
    band: Band
    quotes: tuple[int, ...]

    def __str__(self) -> str:
        numbers = ", ".join(f"[{place + 1}]" for place in self.quotes)
        return f"{self.question} {numbers or 'No answer found.'}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Quotes, or a refusal with near misses. ``print(answer)`` shows them with their citations.

    Attributes:
        question: As it was asked.
        searched_as: As it was searched.
        kind: ``list`` if the quotes are all items of a list and its lead-in, ``comparison`` if they cover
            both sides of a comparison, else ``passages``. The best sentence comes before a list if it says
            more.
        quotes: Best first; in document order for a list, grouped by document for a comparison. Empty in a
            refusal.
        has_lead_in: Whether the first quote of a list is its lead-in.
        has_best_sentence: Whether the best sentence comes before the quotes of a list.
        near_misses: In a refusal, the passages that came closest to an answer.
        confidence: Probability that the quotes answer; None if there is no calibration for the models.
        band: The confidence as a word.
        reason: Why the question is refused; None if it is answered.
        generation: Name of the generation that answered; None if there is none.
        built_at: When the generation was built, ISO 8601 in UTC.
        rolled_back: Whether an administrator rolled back to the generation.
        warning: A fault of the index that may leave documents out of the answer.
        parts: The parts of a question that asks several things, in the order asked; else empty.
        absent: Names and numbers of the question that neither the quotes (or near misses) nor their titles
            and headings mention.
        unknown: Those of ``absent`` that no document mentions.
        items_left: Items of a long list that are not quoted.
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
    has_best_sentence: bool = False
    warning: str | None = None
    parts: tuple[AnswerPart, ...] = ()
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    items_left: int = 0

    @property
    def status(self) -> Literal["answered", "not_found"]:
        """Whether the question is answered."""
        return "answered" if self.reason is None else "not_found"

    @property
    def refusal(self) -> str | None:
        """The sentence that refuses the question; None if it is answered."""
        if self.reason is None:
            return None
        return " ".join(filter(None, [_REFUSALS[self.reason], self.absence]))

    @property
    def absence(self) -> str | None:
        """A sentence about the names and numbers of the question that are missing; None if none is."""
        if self.unknown:
            return f"No passage was found that mentions {_enumerated(self.unknown)}."
        if self.absent and (self.quotes or self.near_misses):
            found = "These quotes do" if self.quotes else "The closest passages do"
            return f"{found} not mention {_enumerated(self.absent)}."
        return None

    @property
    def rest(self) -> str | None:
        """A sentence about the items of a long list that are not quoted; None if all are."""
        return f"{self.items_left:,} more items are in the document." if self.items_left else None

    @property
    def was_rewritten(self) -> bool:
        """Whether the words that were searched differ from the question."""
        return self.searched_as != canonical_line(self.question)

    @property
    def by_itself(self) -> str:
        """The question as it can be asked without the questions before it."""
        is_one = self.was_rewritten and not self.parts and self.kind != "comparison"
        return self.searched_as if is_one else self.question

    def __str__(self) -> str:
        parts = [f"Searched as: {self.searched_as}"] if self.was_rewritten else []
        if sentence := self.refusal or self.absence:
            parts.append(sentence)
        if self.parts:
            parts.append("\n".join(map(str, self.parts)))
        if self.near_misses:
            parts.append(f"{NEAR_MISSES_HEADING}:")
        quotes = self.quotes or self.near_misses
        parts += [f"[{number}] {quote}" for number, quote in enumerate(quotes, 1)]
        return "\n\n".join([*parts, *filter(None, [self.rest])])


def _enumerated(names: tuple[str, ...]) -> str:
    """Join names as in a sentence: "A", "A or B", "A, B or C"."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
