"""Quotes with dates, in order: those that a question finds, or all of some documents."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from normqa.answer.candidates.candidate import Candidate, Signals
from normqa.answer.candidates.sentences import contexts, rank_sentences
from normqa.answer.confidence import Calibration
from normqa.answer.models import Models
from normqa.answer.question import Question
from normqa.answer.quotes.compose import check_quotes
from normqa.answer.quotes.quoting import quote_apart
from normqa.answer.timeline.dates import TextDate, distinct_dates, find_dates, may_have_dates
from normqa.datatypes import BlockKind, Hit, Passage, Quote, Span
from normqa.index.backend import Backend
from normqa.presentation import fold_letters
from normqa.search.filters import Filters, date_of, select
from normqa.search.near_duplicates import distinct_first
from normqa.search.retrieve import DEPTH, retrieve
from normqa.sentences.language import document_language
from normqa.structure import Structure
from normqa.text.canonical import canonical_line
from normqa.timing.timer import Timer

MAX_SENTENCES = 30
"""Dated sentences that a question finds, at most."""

MAX_PLACED = 12
"""Documents that a question finds and that are placed by their own date, at most."""

PASSAGES_READ = 60
"""Passages in which a question looks for dates."""

MAX_DOCUMENTS = 200
"""Documents whose texts are read for dates if there is no question."""

Origin = Literal["text", "metadata"]


@dataclass(frozen=True, slots=True)
class Dated:
    """A sentence with a date.

    Attributes:
        date: Day, month or year in ISO 8601.
        origin: Whether the sentence states the date, or its document does.
        candidate: The sentence.
        place: The date in the document's text; None if the document states it.
    """

    date: str
    origin: Origin
    candidate: Candidate
    place: Span | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A quote with a date.

    Attributes:
        date: Day, month or year in ISO 8601.
        origin: Whether the quote states the date, or its document does.
        quote: The quote.
        place: The date in the document's text; None if the document states it.
    """

    date: str
    origin: Origin
    quote: Quote
    place: Span | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Sentences with dates, in order.

    Attributes:
        generation: The index that they come from.
        dated: The sentences, by date.
        documents: Number of documents that were to be read.
        read: Number of documents that were read: fewer if there were too many.
        own: Ids and dates of documents that state one. Only without a question.
    """

    generation: Backend
    dated: tuple[Dated, ...]
    documents: int
    read: int
    own: tuple[tuple[str, str], ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all documents were read."""
        return self.read == self.documents

    @property
    def dates(self) -> Iterator[tuple[str, str]]:
        """The documents with their dates, of which those in the texts count if all texts were read."""
        yield from self.own
        if self.is_complete:
            yield from ((one.candidate.document.id, one.date) for one in self.dated)

    def entries(self, offset: int, limit: int) -> list[Entry]:
        """Return some of the sentences as quotes that were compared with their documents.

        Raises:
            Misquote: If a quote differs from its document.
        """
        found = [
            Entry(one.date, one.origin, quote_apart([one.candidate], 1)[0], one.place)
            for one in self.dated[offset : offset + limit]
        ]
        check_quotes([entry.quote for entry in found], self.generation.store.document)
        return found


def timeline_of_question(question: Question, generation: Backend, models: Models, timer: Timer) -> Timeline:
    """Return the dated sentences that a question finds.

    A document without any is placed by its own date, with its best sentence.
    """
    text = canonical_line(question.text)
    within = select(question.filters, generation.store)
    with timer.stage("encode"):
        vector = models.encoder.encode_question(fold_letters(text))
    with timer.stage("search"):
        hits = retrieve(generation, text, vector, DEPTH, within)
        read = distinct_first(hits, lambda hit: _text_of(hit, generation), PASSAGES_READ)
    searched = generation.passages if within is None else len(within.passages)

    reader = DateReader()

    def relevant(own: Sequence[Hit], count: int, *, dated: bool) -> Iterator[Candidate]:
        ranked = rank_sentences(
            text,
            vector,
            own,
            generation,
            models.reranker,
            count,
            lambda one: bool(reader.dates(one.structure, one.span)) == dated,
        )
        for candidate in ranked[:count]:
            judged = _judged(candidate, text, searched, models.calibration)
            if judged.confidence is None or judged.confidence >= question.min_confidence:
                yield judged

    with timer.stage("read"):
        found = [
            one
            for candidate in relevant(read, MAX_SENTENCES, dated=True)
            for one in _dated(candidate, reader)
        ]
        placed = {one.candidate.document.id for one in found}
        others = [hit for hit in read if hit.passage.document_id not in placed]
        best: dict[str, Candidate] = {}
        for candidate in relevant(others, MAX_PLACED, dated=False):
            best.setdefault(candidate.document.id, candidate)
        found += [own for candidate in best.values() for own in _by_document(candidate)]
    documents = len({hit.passage.document_id for hit in read})
    return Timeline(generation, _in_order(found), documents, documents)


def timeline_of_documents(filters: Filters, generation: Backend, timer: Timer) -> Timeline:
    """Return the dated sentences of the documents that pass filters.

    A document without any is placed by its own date, with its first sentence.
    """
    store = generation.store
    selected = select(filters, store)
    ids = store.document_ids() if selected is None else selected.documents
    found: list[Dated] = []
    reader = DateReader()
    with timer.stage("read"):
        for document_id in ids[:MAX_DOCUMENTS]:
            timer.deadline.check()
            structure = Structure(store.document(document_id))
            [numbers] = store.passages_of([document_id])
            found += _dated_in(structure, map(store.passage, numbers), reader)
    named = frozenset(ids)
    dates = ((name, date_of(about)) for name, about in store.metadata() if name in named)
    own = tuple((name, day) for name, day in dates if day)
    return Timeline(generation, _in_order(found), len(ids), min(len(ids), MAX_DOCUMENTS), own)


class DateReader:
    """Reads the dates of sentences, each once. The language of a document is found once."""

    def __init__(self) -> None:
        self._languages: dict[str, str] = {}
        self._known: dict[tuple[str, Span], list[TextDate]] = {}

    def is_heading(self, structure: Structure, sentence: Span) -> bool:
        """Whether a sentence is a heading or the names of columns, which tell of no event."""
        table = structure.table_at(sentence)
        is_header = table is not None and sentence == table.header
        return is_header or structure.document.block_at(sentence.start).kind is BlockKind.HEADING

    def dates(self, structure: Structure, sentence: Span) -> list[TextDate]:
        """Return the dates that a sentence states; none for headings."""
        key = structure.document.id, sentence
        if key not in self._known:
            self._known[key] = self._read(structure, sentence)
        return self._known[key]

    def _read(self, structure: Structure, sentence: Span) -> list[TextDate]:
        document = structure.document
        text = sentence.of(document.text)
        if not may_have_dates(text) or self.is_heading(structure, sentence):
            return []
        if document.id not in self._languages:
            self._languages[document.id] = document_language(document)
        return distinct_dates(find_dates(text, self._languages[document.id]))


def _dated_in(structure: Structure, passages: Iterable[Passage], reader: DateReader) -> list[Dated]:
    """Return every dated sentence of a document, or else its first sentence if it has a date of its own."""
    found: list[Dated] = []
    first: Candidate | None = None
    for passage in passages:
        for span, context in zip(passage.sentences, contexts(structure.document, passage), strict=True):
            is_first = first is None and not reader.is_heading(structure, span)
            if is_first or reader.dates(structure, span):
                outside = structure.context_of(span)
                candidate = Candidate(structure, passage, span, context, Signals(0.0, 0.0, 0.0), outside)
                first = first or candidate
                found += _dated(candidate, reader)
    return found or ([] if first is None else list(_by_document(first)))


def _dated(candidate: Candidate, reader: DateReader) -> Iterator[Dated]:
    for found in reader.dates(candidate.structure, candidate.span):
        yield Dated(found.date, "text", candidate, found.span.shifted(candidate.span.start))


def _by_document(candidate: Candidate) -> Iterator[Dated]:
    if day := date_of(candidate.document.metadata):
        yield Dated(day, "metadata", candidate, None)


def _in_order(found: Iterable[Dated]) -> tuple[Dated, ...]:
    return tuple(sorted(found, key=lambda one: (one.date, one.candidate.document.id, one.candidate.span)))


def _text_of(hit: Hit, generation: Backend) -> str:
    return hit.passage.span.of(generation.store.document(hit.passage.document_id).text)


def _judged(candidate: Candidate, text: str, searched: int, calibration: Calibration | None) -> Candidate:
    """Return a candidate with its own confidence, if the models are calibrated for the question."""
    if calibration is None or not calibration.covers(text):
        return candidate
    return replace(candidate, confidence=calibration.confidence(text, [candidate], searched))
