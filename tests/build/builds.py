"""A corpus whose files a test sets, its index, and builds of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from normqa.build.build import BuildOptions, Built, build
from normqa.build.execution.executor import Executor
from normqa.build.progress import Progress
from normqa.build.status import CurrentBuild, status_of
from normqa.datatypes import EmbeddedText
from normqa.errors import EncoderUnavailable
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.index.manifest import Manifest
from normqa.index.report import CorpusDiff
from normqa.index.shards import ShardLayout
from normqa.load.problem import Problem
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Advance, Encoded, Encoder
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import MAX_FILE_BYTES, hashing_models

Files = Mapping[str, str]


class Watcher:
    """Records the progress of a build."""

    def __init__(self) -> None:
        self.stages: dict[str, int] = {}
        self.advanced: dict[str, int] = {}
        self.problems: list[Problem] = []

    def stage(self, name: str, total: int) -> None:
        self.stages[name] = total
        self.advanced[name] = 0

    def advance(self, count: int = 1) -> None:
        self.advanced[list(self.stages)[-1]] += count

    def problem(self, problem: Problem) -> None:
        self.problems.append(problem)


class Builds:
    """Builds a corpus, with an encoder that counts what it encodes.

    Attributes:
        layout: How many shards every build writes.
    """

    def __init__(
        self, corpus: Path, index: Path, dimension: int = 1024, layout: ShardLayout | None = None
    ) -> None:
        self.corpus = corpus
        self.index = index
        self.encoder = HashingEncoder(dimension)
        self.layout = layout or ShardLayout()
        self.corpus.mkdir(exist_ok=True)

    @property
    def folder(self) -> IndexFolder:
        return IndexFolder(self.index)

    def __call__(
        self,
        encoder: Encoder | None = None,
        *,
        full: bool = False,
        strict: bool = False,
        dry_run: bool = False,
        allow_empty: bool = False,
        keep: int = 2,
        keep_days: int = 0,
        progress: Progress | None = None,
        max_file_bytes: int = MAX_FILE_BYTES,
        exclude: tuple[str, ...] = (),
        ann_threshold: int = 100_000,
        executor: Executor | None = None,
    ) -> Built:
        options = BuildOptions(
            max_file_bytes,
            keep,
            ann_threshold,
            keep_days=keep_days,
            full=full,
            strict=strict,
            dry_run=dry_run,
            allow_empty=allow_empty,
            exclude=exclude,
            layout=self.layout,
        )
        return build(self.corpus, self.folder, encoder or self.encoder, options, progress, executor)

    def write(self, files: Files) -> None:
        """Makes the corpus these files and no others."""
        for path in sorted(self.corpus.rglob("*"), reverse=True):
            if path.is_file():
                path.unlink()
        for name, text in files.items():
            (self.corpus / name).parent.mkdir(parents=True, exist_ok=True)
            (self.corpus / name).write_text(text, encoding="utf-8")

    def of(self, files: Files, *, full: bool = False, keep: int = 2) -> Manifest:
        """The manifest after these files were built."""
        self.write(files)
        self(full=full, keep=keep)
        return self.manifest()

    def encoding(self, files: Files, *, full: bool = False) -> int:
        """How many passages are encoded to build these files."""
        before = self.encoder.encoded
        self.of(files, full=full)
        return self.encoder.encoded - before

    def problems(self, *, strict: bool = False) -> list[str]:
        """The paths of the problems that a build reports."""
        watcher = Watcher()
        self(progress=watcher, strict=strict)
        return [problem.path for problem in watcher.problems]

    def drift(self) -> CorpusDiff:
        """How the corpus differs from the current generation."""
        return status_of(self.corpus, self.folder, self.encoder, MAX_FILE_BYTES).drift

    def service(self) -> Service:
        """A service that has opened nothing yet."""
        return Service(Settings(corpus=self.corpus, index=self.index), hashing_models(self.encoder))

    def current(self) -> str:
        """The name of the current generation."""
        return self.folder.current().name

    def current_build(self) -> CurrentBuild[Manifest]:
        """The current generation and what it was made of."""
        return CurrentBuild.read(self.folder)

    def generation(self) -> Generation:
        """The current generation, opened."""
        return Generation.open(self.folder, self.current())

    def manifest(self) -> Manifest:
        """The manifest of the current generation."""
        return Manifest.read(self.folder.generation(self.current()))

    def shard(self, place: int = 0) -> Path:
        """The folder of a shard of the current generation."""
        return self.folder.shard(self.manifest().shards[place].name)

    def generations(self) -> set[str]:
        """The names in the folder of generations."""
        return names_in(self.index / "generations")

    def shards(self) -> set[str]:
        """The names in the folder of shards."""
        return names_in(self.index / "shards")

    def named_shards(self) -> set[str]:
        """The shards that the kept generations use."""
        folders = (self.index / "generations").iterdir()
        return {shard.name for folder in folders for shard in Manifest.read(folder).shards}


class FailingEncoder(HashingEncoder):
    """Encodes some texts and then fails."""

    def __init__(self, texts: int) -> None:
        super().__init__()
        self._left = texts

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        if len(texts) > self._left:
            raise EncoderUnavailable(f"It failed at text {self._left + 1}.", "Try again.")
        self._left -= len(texts)
        return super().encode_passages(texts, advance)


def names_in(folder: Path) -> set[str]:
    """The names of everything in a folder."""
    return {path.name for path in folder.iterdir()}


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder below one, with its size and the time of its last change."""
    found = {path.relative_to(folder).as_posix(): path.stat() for path in folder.rglob("*")}
    return {name: (about.st_size, about.st_mtime_ns) for name, about in found.items()}


def flip_a_bit(path: Path, share: float = 1) -> None:
    """Flips a bit that far into a file: from 0, the first byte, to 1, the last."""
    raw = bytearray(path.read_bytes())
    raw[int(share * (len(raw) - 1))] ^= 0b100
    path.write_bytes(raw)


def truncate(path: Path) -> None:
    """Removes a file's last byte."""
    path.write_bytes(path.read_bytes()[:-1])


def in_shards(count: int) -> ShardLayout:
    """Cuts every corpus into that many shards, a power of two, however small it is."""
    return ShardLayout(shard_bytes=1, max_shards=count)
