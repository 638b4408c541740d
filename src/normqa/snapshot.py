"""One open generation and the models: everything that one request sees."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from normqa.answer.explain import Explanation, explain
from normqa.answer.models import Models
from normqa.answer.pipeline import AnswerPipeline, refuse_empty_index
from normqa.answer.question import Question
from normqa.answer.searches import SearchCache
from normqa.answer.timeline.timeline import Timeline, timeline_of_documents, timeline_of_question
from normqa.datatypes import Answer, Document
from normqa.errors import IndexMissing, InvalidRequest, NormqaError, UnknownDocument
from normqa.glyph_map import GlyphMap
from normqa.index.backend import Backend, DocumentStore, OpenIndex
from normqa.index.entries import DocumentSummary, Original
from normqa.presentation import fold_letters
from normqa.search.catalogue import listed
from normqa.search.filters import Filters
from normqa.search.quotations.check import Check, check, verify_whole
from normqa.search.quotations.nearest import SEARCHED, nearest_place
from normqa.search.verify import Match, Verification
from normqa.text.canonical import normalise
from normqa.timing.deadline import Deadline
from normqa.timing.timer import Timer

_CORPUS_LOST = (
    "The corpus folder is empty or missing; the last index still answers. Restore the folder, or run"
    " normqa build --allow-empty to remove its documents from the index."
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One open generation and the models: everything that one request sees.

    A request takes one snapshot and keeps it to its end, so that it never mixes generations. Snapshots are
    safe to use from several threads.

    Attributes:
        models: Encoder, reranker and calibration.
        opened: The open generation with its notices; None where the corpus is empty and nothing was built.
        corpus_lost: Whether the corpus folder is empty or missing although the generation has documents.
        check_index: Reads every byte of the generation, and raises ``IndexCorrupt`` if it is damaged.
        on_answer: Called with every answer, and how long its stages took.
    """

    models: Models
    opened: OpenIndex | None
    corpus_lost: bool = False
    check_index: Callable[[], object] | None = None
    on_answer: Callable[[Answer, Timer], None] | None = None

    @property
    def generation(self) -> Backend | None:
        """The open generation; None where there are no documents."""
        return self.opened.generation if self.opened else None

    @property
    def rolled_back(self) -> bool:
        """Whether an administrator rolled back to this generation."""
        return self.opened is not None and self.opened.rolled_back

    @property
    def warning(self) -> str | None:
        """Warning about corpus and index for readers of an answer; None if nothing is wrong."""
        faults = [self.opened.warning if self.opened else None, _CORPUS_LOST if self.corpus_lost else None]
        return " ".join(fault for fault in faults if fault) or None

    def ask(self, question: Question, timer: Timer | None = None, cache: SearchCache | None = None) -> Answer:
        """Answer a question with quotes, or report that no answer was found.

        Args:
            question: The question.
            timer: Receives how long each stage takes, and may end the work.
            cache: Results of questions that are asked together of this snapshot.

        Raises:
            IndexCorrupt: If files of the index have changed since it was opened.
            UnknownDocument: If a filter names a document that does not exist.
            Misquote: If a quote differs from its document.
        """
        timer = timer or Timer()
        answer = self._answer(question, timer, cache)
        if self.on_answer:
            self.on_answer(answer, timer)
        return answer

    def explain(self, question: Question, timer: Timer | None = None) -> Explanation:
        """Answer a question as :meth:`ask` does, and report what every search found, read and scored.

        The answer is not recorded. Raises the same errors as :meth:`ask`.
        """
        results: SearchCache = {}
        answer = self._answer(question, timer or Timer(), results)
        if not results:
            return Explanation(answer, question.min_confidence)
        return explain(answer, question.min_confidence, results.values(), self.pipeline().judge)

    def pipeline(self) -> AnswerPipeline:
        """The answer pipeline over this generation.

        Raises:
            IndexMissing: If there are no documents.
        """
        return AnswerPipeline(self._generation(), self.models)

    def documents(self) -> list[Document]:
        """Every document, by id."""
        if self.opened is None:
            return []
        store = self.opened.generation.store
        return [store.document(document_id) for document_id in store.document_ids()]

    def summaries(self, filters: Filters = Filters(), text: str = "") -> list[DocumentSummary]:  # noqa: B008 - frozen
        """Id, title, metadata, hash and length of documents, by id. No text is read.

        Args:
            filters: Which documents to list. Default: all.
            text: Words that the entry of a document contains; see :func:`normqa.search.catalogue.listed`.

        Raises:
            UnknownDocument: If a filter names a document that does not exist.
        """
        return listed(self.opened.generation.store.summaries() if self.opened else (), filters, text)

    def document(self, document_id: str) -> Document:
        """One document.

        Raises:
            UnknownDocument: If no document has that id.
        """
        return self._store_with(document_id).document(document_id)

    def original(self, document_id: str) -> Original | None:
        """The file that a document was made from, as the index knows it.

        Raises:
            UnknownDocument: If no document has that id.
        """
        return self._store_with(document_id).original(document_id)

    def glyph_map(self, document_id: str) -> GlyphMap | None:
        """Where the characters of a document are painted on its pages; None if that is not known.

        Raises:
            UnknownDocument: If no document has that id.
        """
        return self._store_with(document_id).glyph_map(document_id)

    def verify(self, text: str, deadline: Deadline | None = None) -> Verification:
        """Find a text in the documents, word for word, without quotation marks and citation around it.

        Args:
            text: The text.
            deadline: Checked between documents.

        Raises:
            InvalidRequest: If the text is blank.
        """
        return verify_whole(_to_find(text), partial(self._texts, deadline))

    def check(self, text: str, deadline: Deadline | None = None) -> Check:
        """Find a text as :meth:`verify` does or, if it does not appear, what it quotes.

        Args:
            text: The text.
            deadline: Checked between documents.

        Raises:
            InvalidRequest: If the text is blank.
        """
        return check(_to_find(text), partial(self._texts, deadline), self._nearest)

    def timeline(
        self, question: Question | None, filters: Filters, timer: Timer | None = None
    ) -> Timeline | None:
        """Find quotes with dates: those that a question finds, or all of some documents.

        Args:
            question: The question, with its filters.
            filters: Which documents to read without a question.
            timer: Receives how long each stage takes, and may end the work.

        Returns:
            The timeline; None without documents.

        Raises:
            UnknownDocument: If a filter names a document that does not exist.
        """
        if self.opened is None or not self.opened.generation.passages:
            return None
        generation, timer = self.opened.generation, timer or Timer()
        with self._blaming_damage():
            if question is None:
                return timeline_of_documents(filters, generation, timer)
            return timeline_of_question(question, generation, self.models, timer)

    def _texts(
        self, deadline: Deadline | None, ids: Iterable[str] | None = None
    ) -> Iterator[tuple[str, str]]:
        for document_id, canonical in self.opened.generation.store.texts(ids) if self.opened else ():
            if deadline:
                deadline.check()
            yield document_id, canonical

    def _nearest(self, text: str) -> Match | None:
        if self.opened is None or not self.opened.generation.passages:
            return None
        vector = self.models.encoder.encode_question(fold_letters(text[:SEARCHED]))
        with self._blaming_damage():
            return nearest_place(text, vector, self.opened.generation)

    def _answer(self, question: Question, timer: Timer, cache: SearchCache | None) -> Answer:
        if self.opened is None:
            return refuse_empty_index(question)
        manifest = self.opened.generation.manifest
        if manifest.passages:
            with self._blaming_damage():
                answer = self.pipeline().ask(question, timer, cache)
        else:
            empty = refuse_empty_index(question)
            answer = replace(empty, generation=manifest.generation, built_at=manifest.built_at)
        return replace(answer, rolled_back=self.rolled_back, warning=self.warning)

    @contextmanager
    def _blaming_damage(self) -> Iterator[None]:
        """Read every byte of the index after an unexpected error, because damage may have caused it.

        Raises:
            IndexCorrupt: If a file is damaged.
        """
        try:
            yield
        except NormqaError:
            raise
        except Exception:
            if self.check_index:
                self.check_index()
            raise

    def _generation(self) -> Backend:
        if self.opened is None:
            raise IndexMissing("The corpus contains no documents.", "Add documents and run normqa build.")
        return self.opened.generation

    def _store_with(self, document_id: str) -> DocumentStore:
        """The store to look up a document in.

        Raises:
            UnknownDocument: If there are no documents.
        """
        if self.opened is None:
            raise UnknownDocument(document_id)
        return self.opened.generation.store


def _to_find(text: str) -> str:
    if not text.strip():
        raise InvalidRequest("The text is blank.", "Give the text to find.")
    return normalise(text)
