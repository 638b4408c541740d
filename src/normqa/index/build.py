"""The way down: from the corpus to a generation."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from normqa.datatypes import Document
from normqa.embed import Encoder
from normqa.errors import (
    CorpusMissing,
    IndexBusy,
    IndexFault,
    IndexNotWritable,
    NothingUsable,
    StrictBuild,
)
from normqa.index.assemble import assemble
from normqa.index.generation import Generation, current_name, generation_folders
from normqa.index.manifest import Manifest, Recipe
from normqa.index.plan import drift
from normqa.index.progress import Progress, Silent
from normqa.load.corpus import SourceFile, file_sha256, load, loader_fingerprint, scan
from normqa.load.problem import Problem
from normqa.split import splitter_fingerprint


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        manifest: Of the generation now in force.
        built: False where that was up to date already.
    """

    manifest: Manifest
    built: bool


@dataclass(frozen=True, slots=True)
class CorpusState:
    """The corpus as it stands: what would be built from it, from which files, and which are left out."""

    recipe: Recipe
    sources: list[SourceFile]
    problems: list[Problem]


def corpus_state(corpus: Path, encoder: Encoder, max_file_bytes: int) -> CorpusState:
    """Looks at every file of the corpus.

    Raises:
        CorpusMissing: If there is no such folder.
    """
    if not corpus.is_dir():
        raise CorpusMissing(
            f"There is no corpus folder {corpus}.", "Make it, or name another with --corpus DIR."
        )
    sources, problems = scan(corpus, max_file_bytes)
    recipe = Recipe(
        encoder=encoder.fingerprint,
        splitter=splitter_fingerprint(),
        loader=loader_fingerprint(max_file_bytes),
        files={source.name: file_sha256(source) for source in sources},
    )
    return CorpusState(recipe, sources, problems)


def build(
    corpus: Path,
    index: Path,
    encoder: Encoder,
    *,
    max_file_bytes: int,
    full: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Builds a generation from the corpus and puts it in force.

    Args:
        corpus: Folder of documents.
        index: Folder of generations; made if it is not there.
        encoder: What turns passages into vectors.
        max_file_bytes: Larger files are left out.
        full: Build although nothing has changed, and encode everything anew.
        strict: Build nothing if any file is left out or read with a guess.
        progress: Told what happens.

    Raises:
        CorpusError: If there is nothing to build from, or ``strict`` forbids it.
        EncoderUnavailable: If the encoder fails.
        IndexBusy: If another process is building.
        IndexNotWritable: If the index folder cannot be written.
    """
    progress = progress or Silent()
    with _alone(index):
        progress.stage("Reading the corpus", 0)
        state = corpus_state(corpus, encoder, max_file_bytes)
        current = None if full else _current_manifest(index)
        if current and not drift(current.recipe, state.recipe):
            # What loading said of a file still holds; files that are not read may have come and gone.
            again = [Problem(**p.model_dump()) for p in current.problems if p.path in state.recipe.files]
            _tell(sorted(state.problems + again), progress, strict=strict)
            return BuildReport(current, built=False)

        documents, load_problems = _load(state.sources, progress)
        problems = sorted(state.problems + load_problems)
        _tell(problems, progress, strict=strict)
        if not documents:
            told = "holds no file that gives any text" if problems else "is empty"
            raise NothingUsable(
                f"The corpus folder {corpus} {told}.", "Add Markdown or plain text files to it."
            )

        earlier = [] if full else generation_folders(index)
        manifest = assemble(index, documents, encoder, state.recipe, problems, earlier, progress)
        return BuildReport(manifest, built=True)


@contextmanager
def _alone(index: Path) -> Iterator[None]:
    """Lets one builder at a time work in an index folder."""
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index / ".lock", timeout=0)
        with lock:
            yield
    except Timeout:
        raise IndexBusy(f"Another process is building in {index}.", "Wait until it is done.") from None
    except OSError as error:
        raise IndexNotWritable(
            f"The index folder {index} cannot be written ({error.strerror or error}).",
            "Free space or mend its permissions, or name another with --index DIR.",
        ) from error


def _current_manifest(index: Path) -> Manifest | None:
    """The manifest of the generation in force, if that can be opened."""
    try:
        return Generation.open(index, current_name(index)).manifest
    except IndexFault:
        return None


def _tell(problems: Sequence[Problem], progress: Progress, *, strict: bool) -> None:
    for problem in problems:
        progress.problem(problem)
    if strict and problems:
        raise StrictBuild(
            f"{len(problems)} of the corpus's files have problems.", "Mend them, or leave out --strict."
        )


def _load(sources: Sequence[SourceFile], progress: Progress) -> tuple[list[Document], list[Problem]]:
    documents, problems = [], []
    progress.stage("Loading documents", len(sources))
    for source in sources:
        loaded = load(source)
        if loaded.document:
            documents.append(loaded.document)
        if loaded.problem:
            problems.append(loaded.problem)
        progress.advance()
    return sorted(documents, key=lambda document: document.id), problems
