"""Opens the generation in force and answers from it, and builds the next one."""

import threading
from dataclasses import dataclass
from pathlib import Path

from normqa.asker import Asker, Inquiry, Models, nothing_to_search
from normqa.datatypes import Answer, Document
from normqa.errors import CorpusMissing, EncoderMismatch, IndexCorrupt, IndexMissing
from normqa.index.build import BuildReport, build, corpus_state
from normqa.index.generation import Generation, current_name
from normqa.index.manifest import Manifest
from normqa.index.plan import Drift, drift
from normqa.index.progress import Progress
from normqa.load.decode import normalise
from normqa.search.verify import Verification, verify
from normqa.stopwatch import Stopwatch


@dataclass(frozen=True, slots=True)
class Status:
    """The index, held against the corpus.

    Attributes:
        manifest: Of the generation in force.
        drift: What differs now.
    """

    manifest: Manifest
    drift: Drift


class Service:
    """Answers from an index, and rebuilds it. It may be used from several threads.

    Args:
        corpus: Folder of documents.
        index: Folder of generations.
        models: What questions, passages and sentences go through.
        max_file_bytes: Larger files are left out of a build.
    """

    def __init__(self, corpus: Path, index: Path, models: Models, max_file_bytes: int) -> None:
        self._corpus = corpus
        self._index = index
        self._models = models
        self._max_file_bytes = max_file_bytes
        self._lock = threading.Lock()
        self._open: Generation | None = None

    def generation(self) -> Generation:
        """The generation in force, opened if that has not been done yet.

        A request takes it once and keeps it to its end; the next one gets whatever is in force then.

        Raises:
            IndexMissing: If nothing has been built, and it says so if there is nothing to build from.
            IndexCorrupt: If it fails its checks. An older one never answers in its place.
            EncoderMismatch: If it was built by another encoder.
        """
        with self._lock:
            name = self._current_name()
            if self._open is None or self._open.name != name:
                self._open = None
                self._open = self._opened(name)
            return self._open

    def ask(self, inquiry: Inquiry, stopwatch: Stopwatch | None = None) -> Answer:
        """Answers a question with quotes, or says that the documents hold no answer.

        Args:
            inquiry: What is asked, and how.
            stopwatch: Told how long each stage takes.

        Raises:
            IndexFault: If there is no index to answer from, although there are documents.
            UnknownDocument: If a filter names a document that there is not.
            Misquote: If a quote does not hold against its document.
        """
        stopwatch = stopwatch or Stopwatch()
        try:
            with stopwatch.stage("open"):
                asker = self.asker()
        except IndexMissing:
            if self.corpus_is_empty():
                return nothing_to_search(inquiry)
            raise
        return asker.ask(inquiry, stopwatch)

    def asker(self) -> Asker:
        """Answers questions over the generation in force now.

        Raises:
            IndexFault: If there is no usable index.
        """
        return Asker(self.generation(), self._models)

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
        self, *, full: bool = False, strict: bool = False, progress: Progress | None = None
    ) -> BuildReport:
        """Builds a generation if anything has changed; see :func:`normqa.index.build.build`."""
        return build(
            self._corpus,
            self._index,
            self._models.encoder,
            max_file_bytes=self._max_file_bytes,
            full=full,
            strict=strict,
            progress=progress,
        )

    def status(self) -> Status:
        """Holds the index against the corpus.

        Raises:
            IndexFault: If there is no usable index.
            CorpusMissing: If there is no corpus.
        """
        manifest = self._opened(current_name(self._index), any_encoder=True).manifest
        now = corpus_state(self._corpus, self._models.encoder, self._max_file_bytes)
        return Status(manifest, drift(manifest.recipe, now.recipe))

    def corpus_is_empty(self) -> bool:
        """Whether the corpus offers no file to read."""
        try:
            return not corpus_state(self._corpus, self._models.encoder, self._max_file_bytes).sources
        except CorpusMissing:
            return True

    def warm_up(self) -> None:
        """Loads the models, so that the first question does not wait for them.

        Raises:
            ModelUnavailable: If one does not load.
        """
        self._models.encoder.encode_question("warm up")
        if self._models.reranker:
            self._models.reranker.scores("warm up", ["warm up"])

    def _current_name(self) -> str:
        try:
            return current_name(self._index)
        except IndexMissing:
            if not self.corpus_is_empty():
                raise
            raise IndexMissing(
                f"No documents are loaded: the corpus folder {self._corpus} holds no file to read.",
                "Add Markdown or plain text files to it and run normqa build.",
            ) from None

    def _opened(self, name: str, *, any_encoder: bool = False) -> Generation:
        try:
            generation = Generation.open(self._index, name)
        except IndexCorrupt:
            newer = current_name(self._index)
            if newer == name:
                raise
            generation = Generation.open(self._index, newer)  # a build swept the other away meanwhile
        if generation.manifest.recipe.encoder != self._models.encoder.fingerprint and not any_encoder:
            raise EncoderMismatch(
                f"The index was built by the encoder {generation.manifest.encoder_name!r}; the one in use,"
                f" {self._models.encoder.name!r}, differs in model, version or prefixes.",
                "Run normqa build, or set NORMQA_ENCODER to the encoder it was built by.",
            )
        return generation
