"""Open the current generation, hand out snapshots of it, and build the next one."""

import logging
import threading
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from normqa.answer.models import Models, encoder_loader
from normqa.answer.question import Question
from normqa.build.progress import Progress
from normqa.datatypes import Answer, Document
from normqa.errors import (
    EncoderMismatch,
    ExtraMissing,
    IndexBusy,
    IndexCorrupt,
    IndexFault,
    IndexMissing,
    InvalidRequest,
)
from normqa.extras import RAY
from normqa.folders import require_apart
from normqa.index.backend import Backend, GenerationManifest
from normqa.index.disk.retention import Retention
from normqa.index.history import GenerationInfo
from normqa.load.corpus import first_file, has_content, is_readable
from normqa.models.load import warm_up
from normqa.models.sentence_transformer import CPU
from normqa.search.audience import AudienceViews
from normqa.search.filters import Filters
from normqa.search.verify import Verification
from normqa.settings import Settings
from normqa.snapshot import Snapshot
from normqa.storage.open import open_home
from normqa.timing.timer import Timer

if TYPE_CHECKING:
    from pathlib import Path

    from normqa.build.build import Built
    from normqa.build.execution.executor import Executor
    from normqa.build.status import Status
    from normqa.index.disk.pointer import Pointer

_log = logging.getLogger(__name__)


BuildResult = Literal["built", "unchanged", "failed"]


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
        require_apart(settings.corpus, settings.index_folder)
        self._corpus = settings.corpus
        self._exclude = settings.skipped_files
        self._index = open_home(settings)
        self._models = models
        self._lock = threading.Lock()
        self._open: tuple[Pointer | None, Snapshot] | None = None
        self._failed: tuple[Hashable, IndexFault] | None = None
        self._seen: Path | None = None
        self._views: AudienceViews | None = None
        self.on_build: Callable[[BuildResult], None] = lambda _: None
        """Called with the result of every build."""

    def current(self, groups: Collection[str] | None = None) -> Snapshot:
        """A snapshot of the current generation, which is opened if it is not open yet.

        An index that could not be opened is tried again once a file in its folder has changed.

        Args:
            groups: Show only what a reader in these groups may see. Default: every document.

        Raises:
            IndexMissing: If nothing was built although the corpus contains documents.
            IndexCorrupt: If the generation fails its checks, and no older one can replace it.
            EncoderMismatch: If another encoder built it.
        """
        with self._lock:
            pointer = self._index.current_or_none()
            if self._open is None or self._open[0] != pointer:
                self._open = self._views = None
                snapshot = self._open_or_refuse()
                if snapshot.opened is None:
                    return snapshot
                self._open = pointer, snapshot
            snapshot = self._open[1]
            if groups is not None and snapshot.opened:
                self._views = self._views or AudienceViews(
                    snapshot.opened.generation, self.settings.audiences
                )
                shown = replace(snapshot.opened, generation=self._views.shown_to(groups))
                snapshot = replace(snapshot, opened=shown)
            lost = bool(snapshot.generation and snapshot.generation.documents) and self.corpus_is_empty()
            return replace(snapshot, corpus_lost=True) if lost else snapshot

    def generation(self) -> Backend:
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
        """Answer a question with quotes, or report that no answer was found.

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
        ray: str | None = None,
        ray_cores: int = 1,
    ) -> "Built":
        """Build a generation if anything has changed; see :func:`normqa.build.build.build`.

        Args:
            full: Encode everything again, even if unchanged.
            strict: Fail if a file is skipped or its encoding is guessed.
            dry_run: Report what a build would do, and write nothing.
            allow_empty: Publish an empty index if the corpus contains no documents.
            progress: Receives the progress.
            ray: Load, split and encode on the Ray cluster with this address, or ``local`` for one that is
                started on this machine. Default: in this process.
            ray_cores: CPU cores for each worker on the cluster.

        Raises:
            ClusterUnavailable: If the cluster cannot be used.
            ExtraMissing: If Ray is not installed.
        """
        from normqa.build.build import BuildOptions  # noqa: PLC0415 - a question needs no loaders
        from normqa.load.process.isolated import end_loaders  # noqa: PLC0415
        from normqa.load.process.limits import limit_loaders  # noqa: PLC0415

        settings = self.settings
        limit_loaders(settings.load_seconds, settings.load_memory_mb, settings.load_pages)
        options = BuildOptions(
            max_file_bytes=settings.max_file_bytes,
            keep=settings.keep_generations,
            keep_days=settings.keep_days,
            ann_threshold=settings.ann_threshold,
            full=full,
            strict=strict,
            dry_run=dry_run,
            allow_empty=allow_empty,
            exclude=self._exclude,
        )
        try:
            with self._executor(ray, ray_cores) as executor:
                built = self._index.build(self._corpus, self._models.encoder, options, progress, executor)
        except IndexBusy:
            raise
        except Exception:
            self.on_build("failed")
            raise
        finally:
            end_loaders()
        if not dry_run:
            self.on_build("built" if built.written else "unchanged")
        return built

    def status(self) -> "Status":
        """Compare the index with the corpus.

        Raises:
            IndexFault: If there is no usable index.
            CorpusMissing: If there is no corpus folder.
        """
        from normqa.load.process.limits import limit_loaders  # noqa: PLC0415 - a question needs no loaders

        settings = self.settings
        limit_loaders(settings.load_seconds, settings.load_memory_mb, settings.load_pages)
        encoder = self._models.encoder
        return self._index.status(self._corpus, encoder, settings.max_file_bytes, self._exclude)

    def generations(self) -> list[GenerationInfo]:
        """Every generation that is kept, newest first."""
        return self._index.generations()

    def roll_back(self, name: str | None = None) -> GenerationManifest:
        """Make an older generation the current one; see :func:`normqa.index.history.roll_back`."""
        return self._index.roll_back(name, self._models.encoder.fingerprint)

    def export(self, target: "Path") -> "tuple[GenerationManifest, Path]":
        """Write the current generation into one file; see :mod:`normqa.index.transfer.pack`."""
        return self._index.export(target)

    def import_generation(
        self, archive: "Path", *, allow_older: bool = False, is_private: bool = True
    ) -> GenerationManifest:
        """Make an exported generation current; see :func:`normqa.index.transfer.unpack.import_generation`."""
        return self._index.import_generation(
            archive,
            self._models.encoder.fingerprint,
            Retention(self.settings.keep_generations, self.settings.keep_days),
            allow_older=allow_older,
            is_private=is_private,
        )

    def current_name(self) -> str | None:
        """Name of the current generation; None if there is none."""
        pointer = self._index.current_or_none()
        return pointer.name if pointer else None

    def is_rolled_back(self) -> bool:
        """Whether an administrator rolled back to the current generation."""
        pointer = self._index.current_or_none()
        return pointer is not None and pointer.rolled_back

    def corpus_is_empty(self) -> bool:
        """Whether the corpus folder is missing, cannot be read, or contains no file with content.

        As long as the file that was found last exists, this costs one look at it.
        """
        if self.settings.follow:
            return False  # the corpus is elsewhere
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
                loading.append(pool.submit(warm_up, reranker))
            yield
        for model in loading:
            model.result()

    def _open_or_refuse(self) -> Snapshot:
        """Open the current generation, unless that failed before and nothing has changed since."""
        state = self._index.state() if self._failed else None
        if self._failed and self._failed[0] == state:
            raise self._failed[1].with_traceback(None)
        try:
            opened = self._index.open_current()
            if opened.warning:
                _log.warning(opened.warning)
            self._check_encoder(opened.generation.manifest)
        except IndexMissing:
            if not self.corpus_is_empty():
                raise
            return Snapshot(self._models, None)
        except (IndexCorrupt, EncoderMismatch) as fault:
            _log.error("%s", fault)
            self._failed = self._index.state(), fault
            raise
        self._failed = None
        name = opened.generation.name
        return Snapshot(self._models, opened, check_index=lambda: self._index.check(name))

    def _executor(self, ray: str | None, cores: int) -> "AbstractContextManager[Executor | None]":
        """Return what loads, splits and encodes in a build; None for this process."""
        if ray is None:
            return nullcontext()
        RAY.require("A build on a Ray cluster", ExtraMissing)
        from normqa.build.execution.cluster import ClusterExecutor  # noqa: PLC0415 - see build
        from normqa.build.execution.ray_pool import WorkerPool  # noqa: PLC0415
        from normqa.build.execution.remote_worker import WorkerSpec  # noqa: PLC0415
        from normqa.build.fingerprints import fingerprints_of  # noqa: PLC0415
        from normqa.load.process.limits import loader_limits  # noqa: PLC0415

        settings = self.settings
        spec = WorkerSpec(
            encoder_loader(settings, cores),
            loader_limits(),
            settings.max_file_bytes,
            fingerprints_of(self._models.encoder, settings.max_file_bytes),
        )
        gpus = int(settings.device != CPU)
        return ClusterExecutor(partial(WorkerPool, ray, spec, cores, gpus))

    def _check_encoder(self, manifest: GenerationManifest) -> None:
        if manifest.fingerprints.encoder != self._models.encoder.fingerprint:
            raise EncoderMismatch(
                f"The index was built by the encoder {manifest.encoder_name!r}; the one in use,"
                f" {self._models.encoder.name!r}, differs in model, version, prefixes or device.",
                "Run normqa build, or set NORMQA_ENCODER to the encoder it was built by.",
            )
