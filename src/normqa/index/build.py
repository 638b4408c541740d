"""The way down: from the corpus to a generation."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from normqa.datatypes import Document, Passage
from normqa.embed import Encoder
from normqa.embed.encoder import Vectors
from normqa.errors import (
    CorpusMissing,
    EncoderUnavailable,
    IndexBusy,
    IndexFault,
    IndexNotWritable,
    NothingUsable,
    StrictBuild,
)
from normqa.index.generation import Generation, current_name
from normqa.index.manifest import FORMAT, DocumentEntry, Manifest, ProblemEntry, Recipe
from normqa.index.plan import drift
from normqa.index.progress import Progress, Silent
from normqa.index.write import write_generation
from normqa.load.corpus import SourceFile, file_sha256, load, loader_fingerprint, scan
from normqa.load.problem import Problem
from normqa.split import Splitter, splitter_fingerprint


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
        full: Build although nothing has changed.
        strict: Build nothing if any file is left out or read with a guess.
        progress: Told what happens.

    Raises:
        CorpusError: If there is nothing to build from, or ``strict`` forbids it.
        EncoderError: If the encoder fails.
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

        progress.stage(f"Loading the encoder {encoder.name}", 0)
        splitter = Splitter(encoder.count_tokens, encoder.max_tokens)
        passages = _split(documents, splitter, progress)
        vectors = _encode(documents, passages, splitter, encoder, progress)
        now = datetime.now(UTC)
        manifest = Manifest(
            format=FORMAT,
            generation=now.strftime("%Y%m%dT%H%M%S.%fZ"),
            built_at=now.isoformat(timespec="seconds"),
            encoder_name=encoder.name,
            recipe=state.recipe,
            documents={
                document.id: DocumentEntry(sha256=document.sha256, passages=len(own))
                for document, own in zip(documents, passages, strict=True)
            },
            passages=sum(map(len, passages)),
            dimension=vectors.shape[1],
            problems=[ProblemEntry(path=p.path, reason=p.reason, skipped=p.skipped) for p in problems],
            parts={},
        )
        progress.stage("Writing the index", 0)
        manifest = write_generation(index, manifest, documents, passages, vectors)
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


def _split(documents: Sequence[Document], splitter: Splitter, progress: Progress) -> list[list[Passage]]:
    passages = []
    progress.stage("Splitting them into passages", len(documents))
    for document in documents:
        passages.append(splitter.split(document))
        progress.advance()
    return passages


def _encode(
    documents: Sequence[Document],
    passages: Sequence[Sequence[Passage]],
    splitter: Splitter,
    encoder: Encoder,
    progress: Progress,
) -> Vectors:
    texts = [
        splitter.embedded_text(document, passage)
        for document, own in zip(documents, passages, strict=True)
        for passage in own
    ]
    progress.stage("Encoding passages", len(texts))
    vectors = encoder.encode_passages(texts, progress.advance)
    if not np.isfinite(vectors).all():
        raise EncoderUnavailable(
            f"The encoder {encoder.name!r} gives vectors that are no numbers.", "Use another."
        )
    return vectors
