"""Open the current generation, hand out snapshots of it, and build the next one."""

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from normqa.answer.models import Models
from normqa.answer.pipeline import AnswerPipeline, refuse_empty_index
from normqa.answer.question import Question
from normqa.answer.searches import SearchCache
from normqa.build.progress import Progress
from normqa.datatypes import Answer, Document
from normqa.deadline import Deadline
from normqa.errors import (
    EncoderMismatch,
    IndexCorrupt,
    IndexFault,
    IndexMissing,
    InvalidRequest,
    NormqaError,
    UnknownDocument,
)
from normqa.folders import require_apart
from normqa.glyph_map import GlyphMap
from normqa.index.disk.state import State, state_of
from normqa.index.folder import IndexFolder, Pointer
from normqa.index.generation import Generation, OpenIndex, open_current
from normqa.index.history import GenerationInfo, generations, roll_back
from normqa.index.manifest import Manifest
from normqa.index.passages import DocumentSummary, Original
from normqa.load.corpus import first_file, has_content, is_readable
from normqa.search.filters import Filters
from normqa.search.verify import Verification, verify
from normqa.settings import Settings
from normqa.text import normalise
from normqa.timer import Timer

if TYPE_CHECKING:
    from pathlib import Path

    from normqa.build.build import Built
    from normqa.build.status import Status

_log = logging.getLogger(__name__)

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
        folder: Where the generation is.
    """

    models: Models
    opened: OpenIndex | None
    corpus_lost: bool = False
    folder: IndexFolder | None = None

    @property
    def generation(self) -> Generation | None:
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
        """Answer a question with quotes, or report that the documents contain no answer.

        Args:
            question: The question.
            timer: Receives how long each stage takes, and may end the work.
            cache: Results of questions that are asked together of this snapshot.

        Raises:
            IndexCorrupt: If files of the index have changed since it was opened.
            UnknownDocument: If a filter names a document that does not exist.
            Misquote: If a quote differs from its document.
        """
        if self.opened is None:
            return refuse_empty_index(question)
        manifest = self.opened.generation.manifest
        if manifest.passages:
            with self._blaming_damage():
                answer = self.pipeline().ask(question, timer or Timer(), cache)
        else:
            empty = refuse_empty_index(question)
            answer = replace(empty, generation=manifest.generation, built_at=manifest.built_at)
        return replace(answer, rolled_back=self.rolled_back, warning=self.warning)

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

    def summaries(self) -> list[DocumentSummary]:
        """Id, title, metadata, hash and length of every document, by id. No text is read."""
        return list(self.opened.generation.store.summaries()) if self.opened else []

    def document(self, document_id: str) -> Document:
        """One document.

        Raises:
            UnknownDocument: If no document has that id.
        """
        if self.opened is None:
            raise UnknownDocument(document_id)
        return self.opened.generation.store.document(document_id)

    def original(self, document_id: str) -> Original | None:
        """The file that a document was made from, as the index knows it.

        Raises:
            UnknownDocument: If no document has that id.
        """
        if self.opened is None:
            raise UnknownDocument(document_id)
        return self.opened.generation.store.original(document_id)

    def glyph_map(self, document_id: str) -> GlyphMap | None:
        """Where the characters of a document are painted on its pages; None if that is not known.

        Raises:
            UnknownDocument: If no document has that id.
        """
        if self.opened is None:
            raise UnknownDocument(document_id)
        return self.opened.generation.store.glyph_map(document_id)

    def verify(self, text: str, deadline: Deadline | None = None) -> Verification:
        """Find a text in the documents, word for word.

        Args:
            text: The text.
            deadline: Checked between documents.

        Raises:
            InvalidRequest: If the text is blank.
        """
        if not text.strip():
            raise InvalidRequest("The text is blank.", "Give the text to find.")
        store = self.opened.generation.store if self.opened else None

        def texts() -> Iterator[tuple[str, str]]:
            for document_id, canonical in store.texts() if store else ():
                if deadline:
                    deadline.check()
                yield document_id, canonical

        return verify(normalise(text), texts)

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
            if self.folder:
                self.folder.checked_manifest(self._generation().name, whole=True)
            raise

    def _generation(self) -> Generation:
        if self.opened is None:
            raise IndexMissing("The corpus contains no documents.", "Add documents and run normqa build.")
        return self.opened.generation


class Service:
    """A folder of documents, its index and the models. It may be used from several threads.

    Args:
        settings: Where corpus and index are, and how to build and ask.
        models: Encoder, reranker and calibration.

    Raises:
        InvalidSettings: If the index is the corpus folder or contains it.
    """

    def __init__(self, settings: Settings, models: Models) -> None:
        self.settings = settings
        require_apart(settings.corpus, settings.index)
        self._corpus = settings.corpus
        self._exclude = settings.skipped_files
        self._index = IndexFolder(settings.index)
        self._models = models
        self._lock = threading.Lock()
        self._open: tuple[Pointer | None, Snapshot] | None = None
        self._failed: tuple[State, IndexFault] | None = None
        self._seen: Path | None = None

    def current(self) -> Snapshot:
        """A snapshot of the current generation, which is opened if it is not open yet.

        An index that could not be opened is tried again once a file in its folder has changed.

        Raises:
            IndexMissing: If nothing was built although the corpus contains documents.
            IndexCorrupt: If the generation fails its checks, and no older one can replace it.
            EncoderMismatch: If another encoder built it.
        """
        with self._lock:
            pointer = self._index.current_or_none()
            if self._open is None or self._open[0] != pointer:
                self._open = None
                snapshot = self._open_or_refuse()
                if snapshot.opened is None:
                    return snapshot
                self._open = pointer, snapshot
            snapshot = self._open[1]
            lost = bool(snapshot.generation and snapshot.generation.documents) and self.corpus_is_empty()
            return replace(snapshot, corpus_lost=True) if lost else snapshot

    def generation(self) -> Generation:
        """The current generation; see :meth:`current`.

        Raises:
            IndexMissing: If there is none.
        """
        generation = self.current().generation
        if generation is None:
            raise IndexMissing(
                f"No documents are loaded: the corpus folder {self._corpus} contains no file to read.",
                "Add documents to it and run normqa build.",
            )
        return generation

    def ask(
        self,
        question: str | Question,
        *,
        top_k: int | None = None,
        min_confidence: float | None = None,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        history: Sequence[str] = (),
        timer: Timer | None = None,
    ) -> Answer:
        """Answer a question with quotes, or report that the documents contain no answer.

        Args:
            question: In plain words.
            top_k: Maximum quotes of an answer that is not a list. Default: the setting.
            min_confidence: Refuse answers with less confidence, from 0 to 1. Default: the setting.
            filters: Which documents to search.
            history: Earlier questions, oldest first.
            timer: Receives how long each stage takes.

        Raises:
            InvalidRequest: If the question is blank or an option is out of range.
            IndexFault: If there is no usable index although the corpus contains documents.
            UnknownDocument: If a filter names a document that does not exist.
            Misquote: If a quote differs from its document.
        """
        timer = timer or Timer()
        if isinstance(history, str):
            raise InvalidRequest("The history is a string.", "Give a list of questions, oldest first.")
        if isinstance(question, str):
            settings = self.settings
            question = Question(
                question,
                settings.top_k if top_k is None else top_k,
                settings.min_confidence if min_confidence is None else min_confidence,
                filters,
                tuple(history),
            )
        with timer.stage("open"):
            snapshot = self.current()
        return snapshot.ask(question, timer)

    def documents(self) -> list[Document]:
        """Every document, by id; see :meth:`Snapshot.documents`."""
        return self.current().documents()

    def document(self, document_id: str) -> Document:
        """One document; see :meth:`Snapshot.document`."""
        return self.current().document(document_id)

    def verify(self, text: str) -> Verification:
        """Find a text in the documents, word for word; see :meth:`Snapshot.verify`."""
        return self.current().verify(text)

    def build(
        self,
        *,
        full: bool = False,
        strict: bool = False,
        dry_run: bool = False,
        allow_empty: bool = False,
        progress: Progress | None = None,
    ) -> "Built":
        """Build a generation if anything has changed; see :func:`normqa.build.build.build`."""
        from normqa.build.build import BuildOptions, build  # noqa: PLC0415 - a question needs no loaders
        from normqa.load.process.isolated import end_loaders, limit_loaders  # noqa: PLC0415

        settings = self.settings
        limit_loaders(settings.load_seconds, settings.load_memory_mb)
        options = BuildOptions(
            max_file_bytes=settings.max_file_bytes,
            keep=settings.keep_generations,
            ann_threshold=settings.ann_threshold,
            full=full,
            strict=strict,
            dry_run=dry_run,
            allow_empty=allow_empty,
            exclude=self._exclude,
        )
        try:
            return build(self._corpus, self._index, self._models.encoder, options, progress)
        finally:
            end_loaders()

    def status(self) -> "Status":
        """Compare the index with the corpus.

        Raises:
            IndexFault: If there is no usable index.
            CorpusMissing: If there is no corpus folder.
        """
        from normqa.build.status import status_of  # noqa: PLC0415
        from normqa.load.process.isolated import limit_loaders  # noqa: PLC0415

        settings = self.settings
        limit_loaders(settings.load_seconds, settings.load_memory_mb)
        encoder = self._models.encoder
        return status_of(self._corpus, self._index, encoder, settings.max_file_bytes, self._exclude)

    def generations(self) -> list[GenerationInfo]:
        """Every generation that is kept, newest first."""
        return generations(self._index)

    def roll_back(self, name: str | None = None) -> Manifest:
        """Make an older generation the current one; see :func:`normqa.index.history.roll_back`."""
        return roll_back(self._index, name, self._models.encoder.fingerprint)

    def is_rolled_back(self) -> bool:
        """Whether an administrator rolled back to the current generation."""
        pointer = self._index.current_or_none()
        return pointer is not None and pointer.rolled_back

    def corpus_is_empty(self) -> bool:
        """Whether the corpus folder is missing, cannot be read, or contains no file with content.

        As long as the file that was found last exists, this costs one look at it.
        """
        if self._seen is None or not has_content(self._seen):
            settings = self.settings
            self._seen = first_file(settings.corpus, settings.max_file_bytes, self._exclude)
        return self._seen is None

    def require_corpus(self) -> None:
        """Check that there is a corpus folder to build the first index from.

        Raises:
            IndexMissing: If there is none.
        """
        if not is_readable(self._corpus):
            raise IndexMissing(
                f"There is no index, and the corpus folder {self._corpus} does not exist or cannot be read.",
                "Restore the folder and run normqa build.",
            )

    def warm_up(self) -> None:
        """Load the models, so that the first question does not wait for them.

        Raises:
            ModelUnavailable: If a model fails to load.
        """
        with self.warming_up():
            pass

    @contextmanager
    def warming_up(self) -> Iterator[None]:
        """Load the models concurrently with each other and with the body.

        Raises:
            ModelUnavailable: If a model fails to load.
        """
        reranker = self._models.reranker
        with ThreadPoolExecutor(2) as pool:
            loading: list[Future[object]] = [pool.submit(self._models.encoder.encode_question, "warm up")]
            if reranker:
                loading.append(pool.submit(reranker.scores, "warm up", ["warm up"]))
            yield
        for model in loading:
            model.result()

    def _open_or_refuse(self) -> Snapshot:
        """Open the current generation, unless that failed before and nothing has changed since."""
        state = state_of(self._index.path) if self._failed else None
        if self._failed and self._failed[0] == state:
            raise self._failed[1].with_traceback(None)
        try:
            opened = open_current(self._index)
            if opened.warning:
                _log.warning(opened.warning)
            self._check_encoder(opened.generation.manifest)
        except IndexMissing:
            if not self.corpus_is_empty():
                raise
            return Snapshot(self._models, None)
        except (IndexCorrupt, EncoderMismatch) as fault:
            _log.error("%s", fault)
            self._failed = state_of(self._index.path), fault
            raise
        self._failed = None
        return Snapshot(self._models, opened, folder=self._index)

    def _check_encoder(self, manifest: Manifest) -> None:
        if manifest.fingerprints.encoder != self._models.encoder.fingerprint:
            raise EncoderMismatch(
                f"The index was built by the encoder {manifest.encoder_name!r}; the one in use,"
                f" {self._models.encoder.name!r}, differs in model, version, prefixes or device.",
                "Run normqa build, or set NORMQA_ENCODER to the encoder it was built by.",
            )
