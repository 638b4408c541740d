"""Build a generation in Milvus: documents are loaded, encoded and written batch by batch."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from normqa.build.build import (
    BuildOptions,
    Built,
    build_report,
    report_problems,
    require_documents,
    would_build,
)
from normqa.build.content import ShardContent, load_shards
from normqa.build.encode import PassageVectors, VectorCache
from normqa.build.execution.executor import Executor
from normqa.build.execution.local import LocalExecutor
from normqa.build.execution.worker import Worker
from normqa.build.journal import VectorJournal
from normqa.build.plan import Corpus, plan_shards
from normqa.build.progress import NoProgress, TimedProgress
from normqa.build.reuse import SplitDocument, known_vectors
from normqa.build.status import CurrentBuild, Status, compare
from normqa.build.vectors import VectorStream
from normqa.errors import IndexCorrupt, IndexFault, IndexUnavailable, UnknownDocument
from normqa.index.disk.retention import Retention
from normqa.index.folder import IndexFolder
from normqa.index.manifest import Fingerprints, ShardEntry
from normqa.index.milvus.generation import MilvusGeneration
from normqa.index.milvus.index import MilvusIndex
from normqa.index.milvus.manifest import MilvusManifest
from normqa.index.milvus.store import Passages
from normqa.index.milvus.write import GenerationWriter
from normqa.index.report import BuildInputs, FileEntry, diff_corpus
from normqa.models.protocols import Encoder


def read_current(index: MilvusIndex) -> CurrentBuild[MilvusManifest] | None:
    """Read the current generation and the files it was made of; None if it is missing or damaged.

    Raises:
        IndexUnavailable: If Milvus does not respond.
    """
    pointer = index.pointer()
    if pointer is None:
        return None
    try:
        manifest = MilvusGeneration.open(index.milvus, pointer.name).manifest
        return CurrentBuild(manifest, index.files_of(pointer.name), pointer.rolled_back)
    except IndexUnavailable:
        raise
    except IndexFault:
        return None


def remote_status(
    corpus: Path, index: MilvusIndex, encoder: Encoder, max_file_bytes: int, exclude: tuple[str, ...]
) -> Status:
    """Compare the current generation with the corpus; see :func:`normqa.build.status.status_of`.

    Raises:
        IndexFault: If there is no usable index.
        CorpusMissing: If there is no corpus folder.
    """
    opened = index.open_current()
    name = opened.generation.name
    current = CurrentBuild(opened.generation.manifest, index.files_of(name), opened.rolled_back)
    return compare(current, index.report_of(name), corpus, encoder, max_file_bytes, exclude)


class StoredDocuments:
    """The documents of a generation with the same fingerprints as the next build.

    Args:
        generation: The open generation.
        files: The files that it was made of, by name.
    """

    def __init__(self, generation: MilvusGeneration, files: dict[str, FileEntry]) -> None:
        self._store = generation.store
        self._files = files

    def shard(self, key: str) -> ShardEntry | None:  # noqa: ARG002 - generations in Milvus share nothing
        """Return no shard."""
        return None

    def contains(self, name: str, sha256: str) -> bool:
        """Whether the generation contains the result of a file with that name and those bytes."""
        return name in self._files and self._files[name].sha256 == sha256

    def document(self, name: str, sha256: str) -> tuple[SplitDocument | None, FileEntry]:  # noqa: ARG002
        """Return the result of such a file.

        Raises:
            KeyError: If the generation does not contain it.
            IndexCorrupt: If it is damaged.
        """
        entry = self._files[name]
        if entry.document is None:
            return None, entry
        try:
            original = self._store.original(entry.document)
        except UnknownDocument as error:
            raise KeyError(name) from error
        assert original  # noqa: S101 - every document of a build has one
        [numbers] = self._store.passages_of([entry.document])
        passages = [self._store.passage(number) for number in numbers]
        return SplitDocument(self._store.document(entry.document), passages, original), entry


class StoredVectors:
    """The vectors of a generation, and those in files, by key.

    Args:
        index: Where the generation is.
        generation: The open generation; None for no vectors.
        files: Vectors in files of this machine.
    """

    def __init__(self, index: MilvusIndex, generation: MilvusGeneration | None, files: VectorCache) -> None:
        self._files = files
        self._places: dict[bytes, int] = {}
        if generation:
            keys = index.keys_of(generation.name)
            self._places = {key: number for number, key in enumerate(keys)}
            self._passages = Passages(generation.cells, generation.name, generation.manifest.passages)

    def __contains__(self, key: bytes) -> bool:
        return key in self._places or key in self._files

    def find(self, keys: Iterable[bytes]) -> dict[bytes, PassageVectors]:
        """Return the vectors of those keys that are known and intact."""
        wanted = set(keys)
        places = {key: self._places[key] for key in wanted if key in self._places}
        stored: dict[bytes, PassageVectors] = {}
        with suppress(IndexCorrupt):
            found = self._passages.get(sorted(places.values())) if places else {}
            stored = {key: PassageVectors(found[n].vector, found[n].sentences) for key, n in places.items()}
        return stored | self._files.find(wanted - stored.keys())


@dataclass(frozen=True, slots=True)
class _Known:
    """What the next build may take from the current generation."""

    documents: StoredDocuments | None
    vectors: StoredVectors


def build_remote(
    corpus: Corpus,
    fingerprints: Fingerprints,
    index: MilvusIndex,
    local: IndexFolder,
    encoder: Encoder,
    options: BuildOptions,
    timed: TimedProgress,
    vectors_from: Iterable[IndexFolder] = (),
    executor: Executor | None = None,
) -> Built:
    """Build a generation in Milvus if anything has changed; see :func:`normqa.build.build.build`.

    Args:
        corpus: The files to build from, or other sources.
        fingerprints: Fingerprints of loaders, splitter, encoder and lexical index.
        index: The generations in Milvus.
        local: Locked folder, which keeps the vectors of a build that does not finish.
        encoder: Encodes passages.
        options: How to build.
        timed: Receives the progress.
        vectors_from: More folders whose vectors may be reused.
        executor: Loads, splits and encodes. Default: this process does.

    Raises:
        IndexBusy: If another build publishes meanwhile.
        IndexUnavailable: If Milvus does not respond.
    """
    if not options.dry_run:
        index.prune(index.ever_current())
    pointer, current = index.pointer(), read_current(index)
    files_with_vectors = VectorCache() if options.full else known_vectors([local, *vectors_from])
    known = _known(index, current, fingerprints, files_with_vectors, full=options.full)
    plan = plan_shards(corpus.sources, fingerprints, known.documents, options.layout)
    diff = diff_corpus(current.inputs if current else BuildInputs(fingerprints, {}), plan.inputs)
    if current and not diff and not options.full and not current.rolled_back:
        problems = report_problems(corpus, current.files, timed, strict=options.strict)
        report = build_report(diff, problems, current.manifest.passages, 0, timed)
        if not options.dry_run:
            local.remove_journal()
        return Built(current.manifest, written=False, report=report, files=current.files)

    timed.stage(f"Loading the encoder {encoder.name}", 0)
    worker = Worker(encoder)
    executor = executor or LocalExecutor(worker)
    timed.stage("Loading documents", sum(len(shard.files) for shard in plan.shards))
    contents = load_shards(plan.shards, known.documents, executor, worker, timed.advance)
    if options.dry_run:
        loaded = list(contents)
        files = _files(loaded)
        problems = report_problems(corpus, files, timed, strict=options.strict)
        require_documents(corpus, files, problems, options)
        unseen = {key for content in loaded for key in content.keys if key not in known.vectors}
        return would_build(current, files, len(unseen), diff, problems, timed)

    dimension = encoder.encode_passages([]).passages.shape[1]
    files, encoded = dict[str, FileEntry](), 0
    with index.writing(dimension) as (writer, now):
        journal = VectorJournal(local, writer.name, dimension)
        for content in contents:
            files |= content.files
            vectors = VectorStream([content], known.vectors, executor, worker.splitter, journal, NoProgress())
            for _, own in vectors:
                _write(content, own, writer)
            encoded += vectors.encoded
        files = dict(sorted(files.items()))
        problems = report_problems(corpus, files, timed, strict=options.strict)
        require_documents(corpus, files, problems, options)
        timed.stage("Writing the index", 0)
        passages = sum(entry.passages for entry in files.values())
        report = build_report(diff, problems, passages, encoded, timed)
        opened = writer.finish(encoder.name, fingerprints, now, files, report, options.ann_threshold)
        index.publish(writer.name, pointer)
    retention = Retention(options.keep, options.keep_days)
    always = {writer.name, *([pointer.name] if pointer else [])}
    index.prune(retention.kept([info.name for info in index.generations() if not info.fault], always))
    local.remove_journal()
    return Built(opened.manifest, written=True, report=report, files=files)


def _known(
    index: MilvusIndex,
    current: CurrentBuild[MilvusManifest] | None,
    fingerprints: Fingerprints,
    files: VectorCache,
    *,
    full: bool,
) -> _Known:
    if current is None or full:
        return _Known(None, StoredVectors(index, None, files))
    generation = MilvusGeneration.open(index.milvus, current.manifest.generation)
    is_same = current.manifest.fingerprints == fingerprints
    documents = StoredDocuments(generation, current.files) if is_same else None
    return _Known(documents, StoredVectors(index, generation, files))


def _write(content: ShardContent, vectors: Mapping[bytes, PassageVectors], writer: GenerationWriter) -> None:
    start = 0
    for split in content.documents:
        keys = content.keys[start : start + len(split.passages)]
        own = [(vectors[key].passage, vectors[key].sentences) for key in keys]
        writer.add(split.document, split.passages, split.original, keys, own)
        start += len(keys)


def _files(contents: Iterable[ShardContent]) -> dict[str, FileEntry]:
    return dict(sorted((name, entry) for content in contents for name, entry in content.files.items()))
