"""Build a generation in Milvus: documents are loaded, encoded and written batch by batch."""

from collections.abc import Iterable, Mapping
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
from normqa.build.encoding.encode import PassageVectors, VectorCache
from normqa.build.encoding.journal import VectorJournal
from normqa.build.encoding.vectors import VectorStream
from normqa.build.execution.executor import Executor
from normqa.build.execution.local import LocalExecutor
from normqa.build.execution.worker import Worker
from normqa.build.plan import Corpus, plan_shards
from normqa.build.progress import NoProgress, TimedProgress
from normqa.build.reuse import known_vectors
from normqa.build.status import CurrentBuild, Status, compare
from normqa.build.stored import StoredDocuments, StoredVectors, read_stored
from normqa.errors import IndexFault, IndexUnavailable
from normqa.index.disk.retention import Retention
from normqa.index.folder import IndexFolder
from normqa.index.manifest import Fingerprints
from normqa.index.milvus.generation import MilvusGeneration
from normqa.index.milvus.index import MilvusIndex
from normqa.index.milvus.manifest import MilvusManifest
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
        index.finish_publishing()
        index.prune(index.ever_current())
    pointer, current = index.pointer(), read_current(index)
    cache = VectorCache() if options.full else known_vectors([local, *vectors_from])
    documents, known = _stored(index, current, fingerprints, cache, full=options.full)
    plan = plan_shards(corpus.sources, fingerprints, documents, options.layout)
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
    contents = load_shards(plan.shards, documents, executor, worker, timed.advance)
    if options.dry_run:
        loaded = list(contents)
        files = _files(loaded)
        problems = report_problems(corpus, files, timed, strict=options.strict)
        require_documents(corpus, files, problems, options)
        unseen = {key for content in loaded for key in content.keys if key not in known}
        return would_build(current, files, len(unseen), diff, problems, timed)

    dimension = encoder.encode_passages([]).passages.shape[1]
    files, encoded = dict[str, FileEntry](), 0
    with index.writing(dimension) as (writer, now):
        journal = VectorJournal(local, writer.name, dimension)
        for content in contents:
            files |= content.files
            vectors = VectorStream([content], known, executor, worker.splitter, journal, NoProgress())
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


def _stored(
    index: MilvusIndex,
    current: CurrentBuild[MilvusManifest] | None,
    fingerprints: Fingerprints,
    vectors: VectorCache,
    *,
    full: bool,
) -> tuple[StoredDocuments | None, StoredVectors]:
    if current is None or full:
        return None, StoredVectors((), None, vectors)
    manifest = current.manifest
    files = current.files if manifest.fingerprints == fingerprints else {}
    return read_stored(index, manifest.generation, manifest.passages, files, vectors)


def _write(content: ShardContent, vectors: Mapping[bytes, PassageVectors], writer: GenerationWriter) -> None:
    start = 0
    for split in content.documents:
        keys = content.keys[start : start + len(split.passages)]
        own = [(vectors[key].passage, vectors[key].sentences) for key in keys]
        writer.add(split.document, split.passages, split.original, keys, own)
        start += len(keys)


def _files(contents: Iterable[ShardContent]) -> dict[str, FileEntry]:
    return dict(sorted((name, entry) for content in contents for name, entry in content.files.items()))
