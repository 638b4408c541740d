"""From the corpus to a generation: plan, load and split, encode and write, publish."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from normqa.build.content import ShardContent, load_shards
from normqa.build.encoding.encode import VectorCache
from normqa.build.encoding.ivf import ANN_THRESHOLD
from normqa.build.encoding.journal import VectorJournal
from normqa.build.encoding.vectors import VectorStream
from normqa.build.execution.executor import Executor
from normqa.build.execution.local import LocalExecutor
from normqa.build.execution.worker import Worker
from normqa.build.fingerprints import fingerprints_of
from normqa.build.plan import BuildPlan, Corpus, plan_shards
from normqa.build.progress import NoProgress, Progress, TimedProgress
from normqa.build.reuse import ReusableShards, known_vectors
from normqa.build.status import CurrentBuild
from normqa.build.write import write_generation, write_shards
from normqa.errors import IndexCorrupt, IndexFault, NothingUsable, StrictBuild
from normqa.index.backend import GenerationManifest
from normqa.index.disk.pointer import Pointer
from normqa.index.disk.retention import Retention
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.index.manifest import FORMAT, Fingerprints, Manifest
from normqa.index.report import BuildInputs, CorpusDiff, FileEntry, Report, diff_corpus, read_files
from normqa.index.shards import ShardLayout
from normqa.load.problem import Problem
from normqa.models.protocols import Encoder


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to build.

    Attributes:
        max_file_bytes: Larger files are skipped.
        keep: Generations to keep; the new one and the previous one are always kept.
        keep_days: Earlier days whose last generation is kept as well.
        ann_threshold: Passages above which dense search is approximate.
        full: Build even if nothing has changed, and encode everything again.
        strict: Fail if a file is skipped or its encoding is guessed.
        dry_run: Only report what would be done.
        allow_empty: Publish an empty generation if no file contains text.
        exclude: Patterns of the names of files to skip.
        layout: Decides the number of shards.
    """

    max_file_bytes: int
    keep: int
    ann_threshold: int = ANN_THRESHOLD
    keep_days: int = 0
    full: bool = False
    strict: bool = False
    dry_run: bool = False
    allow_empty: bool = False
    exclude: tuple[str, ...] = ()
    layout: ShardLayout = ShardLayout()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Built:
    """The result of a build.

    Attributes:
        manifest: Manifest of the current generation; None after a dry run if nothing was ever built.
        written: Whether that generation is new.
        report: What was done, or would be done.
        files: Files of the corpus that were read, by name.
    """

    manifest: GenerationManifest | None
    written: bool
    report: Report
    files: dict[str, FileEntry]

    @property
    def duplicates(self) -> dict[str, str]:
        """Files whose document has the same text as an earlier file, with that file's name."""
        first: dict[str, str] = {}
        return {
            name: first[entry.text_sha256]
            for name, entry in self.files.items()
            if entry.text_sha256 and first.setdefault(entry.text_sha256, name) != name
        }


def build(
    corpus: Path | Corpus,
    folder: IndexFolder,
    encoder: Encoder,
    options: BuildOptions,
    progress: Progress | None = None,
    executor: Executor | None = None,
    vectors_from: Iterable[IndexFolder] = (),
) -> Built:
    """Build a generation from the corpus if anything has changed, and make it the current one.

    Args:
        corpus: Folder of documents, or other sources of documents.
        folder: Folder of generations; it is created if it is missing.
        encoder: Encodes passages.
        options: How to build.
        progress: Receives the progress.
        executor: Loads, splits and encodes. Default: this process does.
        vectors_from: More folders whose vectors may be reused.

    Raises:
        CorpusError: If there is nothing to build from, or ``strict`` forbids it.
        EncoderUnavailable: If the encoder fails.
        IndexBusy: If another process is building.
        IndexNotWritable: If the index folder cannot be written; a dry run writes nothing.
    """
    timed = TimedProgress(progress or NoProgress())
    with nullcontext() if options.dry_run else folder.build_lock():
        if not options.dry_run:
            folder.prune(folder.ever_current())
        timed.stage("Reading the corpus", 0)
        listed = Corpus.of(corpus, options.max_file_bytes, options.exclude)
        if not options.dry_run:
            folder.narrow_to(listed.paths)
        fingerprints = fingerprints_of(encoder, options.max_file_bytes)
        return build_index(listed, fingerprints, folder, encoder, options, timed, vectors_from, executor)


def build_index(
    corpus: Corpus,
    fingerprints: Fingerprints,
    folder: IndexFolder,
    encoder: Encoder,
    options: BuildOptions,
    progress: TimedProgress,
    vectors_from: Iterable[IndexFolder] = (),
    executor: Executor | None = None,
) -> Built:
    """Build a generation in a locked folder; see :func:`build`.

    Args:
        corpus: The files to build from, or other sources.
        fingerprints: Fingerprints of loaders, splitter, encoder and lexical index.
        folder: Folder of generations.
        encoder: Encodes passages.
        options: How to build.
        progress: Receives the progress.
        vectors_from: More folders whose vectors may be reused.
        executor: Loads, splits and encodes. Default: this process does.
    """
    current = _current_build(folder)
    reusable = None
    if not options.full:
        checked = {shard.name for shard in current.manifest.shards} if current else set[str]()
        reusable = ReusableShards(folder, fingerprints, checked)
    plan = plan_shards(corpus.sources, fingerprints, reusable, options.layout)
    diff = diff_corpus(current.inputs if current else BuildInputs(fingerprints, {}), plan.inputs)
    # After a rollback, even an unchanged corpus needs a build: only that ends the rollback.
    if current and not diff and not options.full and not current.rolled_back:
        if _is_intact(folder, current.manifest.generation):
            problems = report_problems(corpus, current.files, progress, strict=options.strict)
            report = build_report(diff, problems, current.manifest.passages, 0, progress)
            if not options.dry_run:
                folder.remove_journal()
            return Built(current.manifest, written=False, report=report, files=current.files)
        reusable = ReusableShards(folder, fingerprints, whole=True)
        plan = plan_shards(corpus.sources, fingerprints, reusable, options.layout)

    progress.stage(f"Loading the encoder {encoder.name}", 0)
    worker = Worker(encoder)
    executor = executor or LocalExecutor(worker)
    progress.stage("Loading documents", sum(len(shard.files) for shard in plan.shards))
    contents = list(load_shards(plan.shards, reusable, executor, worker, progress.advance))
    files = _all_files(folder, plan, contents)
    problems = report_problems(corpus, files, progress, strict=options.strict)
    require_documents(corpus, files, problems, options)
    cache = VectorCache() if options.full else known_vectors([folder, *vectors_from])
    if options.dry_run:
        unseen = {key for content in contents for key in content.keys if key not in cache}
        return would_build(current, files, len(unseen), diff, problems, progress)

    previous, kept = folder.current_or_none(), folder.generation_names()
    name, now = folder.next_name()
    try:
        dimension = encoder.encode_passages([]).passages.shape[1]
        vectors = VectorStream(
            contents, cache, executor, worker.splitter, VectorJournal(folder, name, dimension), progress
        )
        written = write_shards(folder, name, vectors, dimension, progress)
        manifest = Manifest(
            format=FORMAT,
            generation=name,
            built_at=now.isoformat(timespec="seconds"),
            encoder_name=encoder.name,
            fingerprints=fingerprints,
            dimension=dimension,
            shards=tuple(shard.reused or written[shard.place] for shard in plan.shards),
            parts={},
        )
        report = build_report(diff, problems, manifest.passages, vectors.encoded, progress)
        manifest = write_generation(folder, manifest, report, options.ann_threshold)
        Generation.open(folder, name)
        folder.publish(name)
    except BaseException:
        if folder.current_or_none() != Pointer(name):
            folder.prune(kept)
        raise
    always = {name, *([previous.name] if previous else [])}
    folder.prune(Retention(options.keep, options.keep_days).kept([name, *kept], always))
    folder.remove_journal()
    report = build_report(diff, problems, manifest.passages, vectors.encoded, progress)
    return Built(manifest, written=True, report=report, files=files)


def _current_build(folder: IndexFolder) -> CurrentBuild[Manifest] | None:
    try:
        return CurrentBuild.read(folder)
    except IndexFault:
        return None


def _is_intact(folder: IndexFolder, generation: str) -> bool:
    """Whether every byte of a generation is what was written. Opening trusts large files."""
    try:
        folder.checked_manifest(generation, whole=True)
    except IndexCorrupt:
        return False
    return True


def _all_files(
    folder: IndexFolder, plan: BuildPlan, contents: Sequence[ShardContent]
) -> dict[str, FileEntry]:
    """Return the entry of every file, by name, from reused shards and from those to be written."""
    reused = [read_files(folder.shard(shard.reused.name)) for shard in plan.shards if shard.reused]
    entries = [*reused, *(content.files for content in contents)]
    return dict(sorted((name, entry) for files in entries for name, entry in files.items()))


def report_problems(
    corpus: Corpus, files: dict[str, FileEntry], progress: Progress, *, strict: bool
) -> tuple[Problem, ...]:
    """Report files that were skipped or whose encoding was guessed, and fail if ``strict``."""
    loading = [
        Problem(name, entry.problem, skipped=entry.document is None)
        for name, entry in files.items()
        if entry.problem
    ]
    problems = tuple(sorted([*corpus.problems, *loading]))
    for problem in problems:
        progress.problem(problem)
    if strict and problems:
        raise StrictBuild(
            f"Files of the corpus with problems: {len(problems)}.", "Fix them, or leave out --strict."
        )
    return problems


def require_documents(
    corpus: Corpus, files: Mapping[str, FileEntry], problems: Sequence[Problem], options: BuildOptions
) -> None:
    """Refuse to build an index without documents, unless that is allowed.

    Raises:
        NothingUsable: If no file contains text.
    """
    if not options.allow_empty and not any(entry.document for entry in files.values()):
        state = "contains no file with any text" if problems else "is empty"
        raise NothingUsable(
            f"{corpus.name} {state}.",
            "Add documents to it, or use --allow-empty to publish an empty index.",
        )


def would_build(
    current: CurrentBuild[GenerationManifest] | None,
    files: dict[str, FileEntry],
    unseen: int,
    diff: CorpusDiff,
    problems: tuple[Problem, ...],
    progress: TimedProgress,
) -> Built:
    """Return the outcome of a dry run.

    Args:
        current: The current generation.
        files: The files of the corpus, by name.
        unseen: Number of passages that a build would encode.
        diff: How the corpus differs from the current generation.
        problems: Problems with its files.
        progress: Knows how long each stage took.
    """
    passages = sum(entry.passages for entry in files.values())
    report = build_report(diff, problems, passages, unseen, progress)
    return Built(current.manifest if current else None, written=False, report=report, files=files)


def build_report(
    diff: CorpusDiff, problems: tuple[Problem, ...], passages: int, encoded: int, progress: TimedProgress
) -> Report:
    """Return the report of a build.

    Args:
        diff: How the corpus differs from the previous generation.
        problems: Problems with its files.
        passages: Number of passages.
        encoded: How many of them were encoded.
        progress: Knows how long each stage took.
    """
    return Report(
        update=diff,
        problems=problems,
        encoded=encoded,
        reused=passages - encoded,
        seconds=progress.seconds,
    )
