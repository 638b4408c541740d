"""Opens the generation in force and answers from it, and builds the next one."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from normqa.answer.pipeline import AnswerPipeline, Models, Question, nothing_to_search
from normqa.build.progress import Progress
from normqa.datatypes import Answer, Document
from normqa.errors import EncoderMismatch, IndexFault, IndexMissing
from normqa.index.generation import Generation, Pointer, current
from normqa.index.history import GenerationInfo, generations, roll_back
from normqa.index.ivf import ANN_THRESHOLD
from normqa.index.manifest import Manifest
from normqa.index.open_index import OpenIndex, current_or_none, open_current
from normqa.load.decode import normalise
from normqa.search.verify import Verification, verify
from normqa.timer import Timer

if TYPE_CHECKING:
    from normqa.build.build import Built
    from normqa.build.status import Status

_log = logging.getLogger(__name__)


class Service:
    """Answers from an index, and rebuilds it. It may be used from several threads.

    Args:
        corpus: Folder of documents.
        index: Folder of generations.
        models: What questions, passages and sentences go through.
        max_file_bytes: Larger files are left out of a build.
        keep_generations: How many of them stay after a build.
        exact_limit: Up to so many passages, dense search is exact.
        exclude: Patterns of the names of files that are not read.
    """

    def __init__(
        self,
        corpus: Path,
        index: Path,
        models: Models,
        max_file_bytes: int,
        keep_generations: int = 3,
        exact_limit: int = ANN_THRESHOLD,
        exclude: tuple[str, ...] = (),
    ) -> None:
        self._corpus = corpus
        self._index = index
        self._models = models
        self._max_file_bytes = max_file_bytes
        self._keep_generations = keep_generations
        self._exact_limit = exact_limit
        self._exclude = exclude
        self._lock = threading.Lock()
        self._open: tuple[Pointer | None, OpenIndex] | None = None

    def generation(self) -> Generation:
        """The generation that answers; see :meth:`in_force`."""
        return self.in_force().generation

    def in_force(self) -> OpenIndex:
        """What answers, opened if that has not been done yet.

        A request takes it once and keeps it to its end; the next one gets whatever is in force then.

        Raises:
            IndexMissing: If nothing has been built, and it says so if there is nothing to build from.
            IndexCorrupt: If it fails its checks, and no older one can stand in for it.
            EncoderMismatch: If it was built by another encoder.
        """
        with self._lock:
            pointer = self._pointer()
            if self._open is None or self._open[0] != pointer:
                self._open = None
                opened = open_current(self._index)
                if opened.warning:
                    _log.warning(opened.warning)
                self._check_encoder(opened.generation.manifest)
                self._open = pointer, opened
            return self._open[1]

    def ask(self, inquiry: Question, timer: Timer | None = None) -> Answer:
        """Answers a question with quotes, or says that the documents hold no answer.

        Args:
            inquiry: What is asked, and how.
            timer: Told how long each stage takes.

        Raises:
            IndexFault: If there is no index to answer from, although there are documents.
            UnknownDocument: If a filter names a document that there is not.
            Misquote: If a quote does not hold against its document.
        """
        timer = timer or Timer()
        try:
            with timer.stage("open"):
                in_force = self.in_force()
        except IndexMissing:
            if self.corpus_is_empty():
                return nothing_to_search(inquiry)
            raise
        answer = AnswerPipeline(in_force.generation, self._models).ask(inquiry, timer)
        return replace(answer, rolled_back=in_force.rolled_back, warning=in_force.warning)

    def asker(self) -> AnswerPipeline:
        """Answers questions over the generation in force now.

        Raises:
            IndexFault: If there is no usable index.
        """
        return AnswerPipeline(self.generation(), self._models)

    def documents(self) -> list[Document]:
        """Every document, by id; none where the corpus is empty."""
        try:
            store = self.generation().store
        except IndexMissing:
            if self.corpus_is_empty():
                return []
            raise
        return [store.document(document_id) for document_id in store.document_ids()]

    def document(self, document_id: str) -> Document:
        """One document.

        Raises:
            UnknownDocument: If there is none of that id.
        """
        return self.generation().store.document(document_id)

    def verify(self, text: str) -> Verification:
        """Looks for a text in all documents, word for word."""
        return verify(normalise(text), self.generation().store.texts())

    def build(
        self,
        *,
        full: bool = False,
        strict: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> "Built":
        """Builds a generation if anything has changed; see :func:`normqa.build.build.build`."""
        from normqa.build.build import BuildOptions, build  # noqa: PLC0415 - a question needs no loaders

        options = BuildOptions(
            max_file_bytes=self._max_file_bytes,
            keep=self._keep_generations,
            exact_limit=self._exact_limit,
            full=full,
            strict=strict,
            dry_run=dry_run,
            exclude=self._exclude,
        )
        return build(self._corpus, self._index, self._models.encoder, options, progress)

    def status(self) -> "Status":
        """Holds the index against the corpus.

        Raises:
            IndexFault: If there is no usable index.
            CorpusMissing: If there is no corpus.
        """
        from normqa.build.status import status_of  # noqa: PLC0415

        return status_of(self._corpus, self._index, self._models.encoder, self._max_file_bytes, self._exclude)

    def generations(self) -> list[GenerationInfo]:
        """Every generation that stands, the newest first."""
        return generations(self._index)

    def roll_back(self, name: str | None = None) -> Manifest:
        """Puts an older generation in force; see :func:`normqa.index.history.roll_back`."""
        return roll_back(self._index, name)

    def is_rolled_back(self) -> bool:
        """Whether somebody went back to the generation in force by hand."""
        try:
            return current(self._index).rolled_back
        except IndexFault:
            return False

    def corpus_is_empty(self) -> bool:
        """Whether the corpus offers no file to read."""
        from normqa.load.corpus import scan  # noqa: PLC0415

        return not (self._corpus.is_dir() and scan(self._corpus, self._max_file_bytes, self._exclude)[0])

    def warm_up(self) -> None:
        """Loads the models, so that the first question does not wait for them.

        Raises:
            ModelUnavailable: If one does not load.
        """
        with self.warming_up():
            pass

    @contextmanager
    def warming_up(self) -> Iterator[None]:
        """Loads the models, side by side and beside what is done inside.

        Raises:
            ModelUnavailable: If one does not load.
        """
        reranker = self._models.reranker
        with ThreadPoolExecutor(2) as pool:
            loading: list[Future[object]] = [pool.submit(self._models.encoder.encode_question, "warm up")]
            if reranker:
                loading.append(pool.submit(reranker.scores, "warm up", ["warm up"]))
            yield
        for each in loading:
            each.result()

    def _pointer(self) -> Pointer | None:
        try:
            return current_or_none(self._index)
        except IndexMissing:
            if not self.corpus_is_empty():
                raise
            raise IndexMissing(
                f"No documents are loaded: the corpus folder {self._corpus} holds no file to read.",
                "Add Markdown or plain text files to it and run normqa build.",
            ) from None

    def _check_encoder(self, manifest: Manifest) -> None:
        if manifest.fingerprints.encoder != self._models.encoder.fingerprint:
            raise EncoderMismatch(
                f"The index was built by the encoder {manifest.encoder_name!r}; the one in use,"
                f" {self._models.encoder.name!r}, differs in model, version or prefixes.",
                "Run normqa build, or set NORMQA_ENCODER to the encoder it was built by.",
            )
