"""The way down: from the corpus to a generation."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from normqa.build.assemble import Assembly
from normqa.build.encode import VectorCache
from normqa.build.prepare import Source, prepare
from normqa.build.progress import NoProgress, Progress, TimedProgress
from normqa.build.reuse import ReusableShards, encodings
from normqa.build.shards import ShardPlan
from normqa.build.write import prune
from normqa.errors import CorpusUnsettled, IndexFault, NothingUsable, StrictBuild
from normqa.index.generation import (
    checked_manifest,
    current,
    files_of,
    inputs_of,
    shard_folder,
)
from normqa.index.ivf import ANN_THRESHOLD
from normqa.index.lock import alone
from normqa.index.manifest import Fingerprints, Manifest, ShardEntry
from normqa.index.plan import BuildInputs, CorpusDiff, diff_corpus
from normqa.index.report import Report
from normqa.index.source_files import FileEntry, read_files
from normqa.load.corpus import SourceFile, scan
from normqa.load.loaders import Loaded, file_sha256, load, loader_fingerprint
from normqa.load.problem import Problem
from normqa.models.protocols import Encoder
from normqa.split import splitter_fingerprint

_ATTEMPTS = 5
"""So often the corpus is read anew where a file was saved while it was read."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to build.

    Attributes:
        max_file_bytes: Larger files are left out.
        exclude: Patterns of the names of files that are not read.
        keep: How many generations stay.
        exact_limit: Up to so many passages, dense search is exact.
        full: Build although nothing has changed, and encode everything anew.
        strict: Build nothing if any file is left out or read with a guess.
        dry_run: Only say what would be done.
    """

    max_file_bytes: int
    keep: int
    exact_limit: int = ANN_THRESHOLD
    full: bool = False
    strict: bool = False
    dry_run: bool = False
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a build.

    Attributes:
        manifest: Of the generation now in force; None where there is none, as this was a dry run.
        written: Whether that is a new one.
        report: What was done, or would be.
        files: Those of the corpus that were read, by name.
    """

    manifest: Manifest | None
    written: bool
    report: Report
    files: dict[str, FileEntry]

    @property
    def duplicates(self) -> dict[str, str]:
        """Files whose document has the text of an earlier one, and which that is, by name."""
        first: dict[str, str] = {}
        return {
            name: first[entry.text_sha256]
            for name, entry in self.files.items()
            if entry.text_sha256 and first.setdefault(entry.text_sha256, name) != name
        }


@dataclass(frozen=True, slots=True)
class CorpusState:
    """The corpus as it stands: what would be built from it, from which files, and which are left out."""

    recipe: BuildInputs
    sources: list[SourceFile]
    problems: list[Problem]


def corpus_state(
    corpus: Path, encoder: Encoder, max_file_bytes: int, exclude: tuple[str, ...] = ()
) -> CorpusState:
    """Looks at every file of the corpus.

    Raises:
        CorpusMissing: If there is no such folder.
    """
    sources, problems = scan(corpus, max_file_bytes, exclude)
    files = {source.name: file_sha256(source) for source in sources}
    return CorpusState(BuildInputs(fingerprints_of(encoder, max_file_bytes), files), sources, problems)


def fingerprints_of(encoder: Encoder, max_file_bytes: int) -> Fingerprints:
    """What turns files into passages and vectors now."""
    return Fingerprints(
        encoder=encoder.fingerprint,
        splitter=splitter_fingerprint(),
        loader=loader_fingerprint(max_file_bytes),
    )


def build(
    corpus: Path, index: Path, encoder: Encoder, options: BuildOptions, progress: Progress | None = None
) -> Built:
    """Builds a generation from the corpus and puts it in force.

    Args:
        corpus: Folder of documents.
        index: Folder of generations; made if it is not there.
        encoder: What turns passages into vectors.
        options: How to build.
        progress: Told what happens.

    Raises:
        CorpusError: If there is nothing to build from, ``strict`` forbids it, or files change all the time.
        EncoderUnavailable: If the encoder fails.
        IndexBusy: If another process is building.
        IndexNotWritable: If the index folder cannot be written; a dry run writes nothing.
    """
    with nullcontext() if options.dry_run else alone(index):
        if not options.dry_run:
            prune(index)
        for _ in range(_ATTEMPTS):
            try:
                return _build(corpus, index, encoder, options, TimedProgress(progress or NoProgress()))
            except _Saved as saved:
                name = str(saved)
        raise CorpusUnsettled(f"{name} changes while it is read.", "Build again when it has been saved.")


class _Saved(Exception):
    """A file was saved between two looks at it."""


def _build(
    corpus: Path, index: Path, encoder: Encoder, options: BuildOptions, progress: TimedProgress
) -> Built:
    progress.stage("Reading the corpus", 0)
    state = corpus_state(corpus, encoder, options.max_file_bytes, options.exclude)
    before = _in_force(index)
    built = inputs_of(before.manifest, before.files) if before else BuildInputs(state.recipe.fingerprints, {})
    update = diff_corpus(built, state.recipe)
    # What was rolled back to is not up to date: a build ends that.
    if before and not update and not options.full and not before.rolled_back:
        return _up_to_date(before, update, state, options, progress)

    sources = {
        source.name: Source(source.id, source.size, partial(_load, source, state.recipe.files[source.name]))
        for source in state.sources
    }
    progress.stage(f"Loading the encoder {encoder.name}", 0)
    earlier = None if options.full else ReusableShards(index, state.recipe.fingerprints)
    shards = prepare(state.recipe, sources, encoder, earlier, progress)
    files = _files(index, shards)
    problems = _problems(state, files)
    _tell(problems, progress, strict=options.strict)
    known = VectorCache() if options.full else encodings(index)
    assembly = Assembly(state.recipe.fingerprints, shards, encoder, known, update, problems, progress)
    if not assembly.documents:
        told = "holds no file that gives any text" if problems else "is empty"
        raise NothingUsable(f"The corpus folder {corpus} {told}.", "Add Markdown or plain text files to it.")
    if options.dry_run:
        manifest_before = before.manifest if before else None
        return Built(manifest_before, written=False, report=assembly.report(), files=files)
    manifest = assembly.write(index, options.keep, options.exact_limit)
    return Built(manifest, written=True, report=assembly.report(), files=files)


def _up_to_date(
    before: "_Before", update: CorpusDiff, state: CorpusState, options: BuildOptions, progress: TimedProgress
) -> Built:
    problems = _problems(state, before.files)
    _tell(problems, progress, strict=options.strict)
    report = Report(
        update=update,
        problems=tuple(problems),
        encoded=0,
        saved=before.manifest.passages,
        seconds=progress.seconds,
    )
    return Built(before.manifest, written=False, report=report, files=before.files)


@dataclass(frozen=True, slots=True)
class _Before:
    """The generation in force: what it is, what it was made of, and whether it was rolled back to."""

    manifest: Manifest
    files: dict[str, FileEntry]
    rolled_back: bool


def _in_force(index: Path) -> _Before | None:
    """The generation in force, if that is whole."""
    try:
        pointer = current(index)
        manifest = checked_manifest(index, pointer.name)
        return _Before(manifest, files_of(index, manifest), pointer.rolled_back)
    except IndexFault:
        return None


def _load(source: SourceFile, sha256: str) -> Loaded:
    loaded = load(source)
    if file_sha256(source) != sha256:
        raise _Saved(source.name)
    return loaded


def _files(index: Path, shards: Sequence[ShardEntry | ShardPlan]) -> dict[str, FileEntry]:
    files: dict[str, FileEntry] = {}
    for shard in shards:
        own = read_files(shard_folder(index, shard.name)) if isinstance(shard, ShardEntry) else shard.files
        files |= own
    return dict(sorted(files.items()))


def _problems(state: CorpusState, files: dict[str, FileEntry]) -> list[Problem]:
    """What there is to say about files: those that are not read, and what loading said of the others."""
    loading = [
        Problem(name, entry.problem, skipped=entry.document is None)
        for name, entry in files.items()
        if entry.problem
    ]
    return sorted(state.problems + loading)


def _tell(problems: Sequence[Problem], progress: Progress, *, strict: bool) -> None:
    for problem in problems:
        progress.problem(problem)
    if strict and problems:
        raise StrictBuild(
            f"{len(problems)} of the corpus's files have problems.", "Mend them, or leave out --strict."
        )
