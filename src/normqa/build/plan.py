"""Plan a build: read every file once, and decide which shards can be reused."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from normqa.build.reuse import Reusable
from normqa.index.manifest import Fingerprints, ShardEntry
from normqa.index.report import BuildInputs
from normqa.index.shards import ShardLayout, shard_of
from normqa.load.content import Content
from normqa.load.corpus import SourceFile, scan
from normqa.load.loaded import Loaded
from normqa.load.loaders import parse, read, unreadable
from normqa.load.problem import LoadError, Problem


class Source(Protocol):
    """A file of the corpus, or another source of a document."""

    @property
    def name(self) -> str:
        """Name, unique in the corpus."""

    @property
    def id(self) -> str:
        """Id of its document."""

    @property
    def size(self) -> int:
        """Size in bytes; the sum determines the number of shards."""

    def read(self) -> Content:
        """Read the bytes that determine the document.

        Raises:
            LoadError: If they cannot be read.
        """

    def load(self, content: Content) -> Loaded:
        """Parse the bytes that were read."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file on disk."""

    file: SourceFile

    @property
    def name(self) -> str:
        """Path relative to the corpus."""
        return self.file.name

    @property
    def id(self) -> str:
        """Id of its document."""
        return self.file.id

    @property
    def size(self) -> int:
        """Size in bytes."""
        return self.file.size

    def read(self) -> Content:
        """Read the file and its sidecar."""
        try:
            return read(self.file)
        except OSError as error:
            raise LoadError(unreadable(self.file, error).reason) from None

    def load(self, content: Content) -> Loaded:
        """Parse the bytes of the file."""
        return parse(self.file, content)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The input of a build.

    Attributes:
        name: Name in messages.
        sources: The files to read.
        problems: Problems with files that were skipped.
        paths: Files to read, and the folders that they are in.
    """

    name: str
    sources: Sequence[Source]
    problems: Sequence[Problem] = ()
    paths: Collection[Path] = ()

    @classmethod
    def of(cls, corpus: "Path | Corpus", max_file_bytes: int, exclude: tuple[str, ...] = ()) -> "Corpus":
        """Return a corpus. If it is given as a folder, list its files.

        Raises:
            CorpusMissing: If there is no such folder.
        """
        return corpus if isinstance(corpus, Corpus) else cls.scan(corpus, max_file_bytes, exclude)

    @classmethod
    def scan(cls, folder: Path, max_file_bytes: int, exclude: tuple[str, ...] = ()) -> "Corpus":
        """List the files in a folder.

        Raises:
            CorpusMissing: If there is no such folder.
        """
        files, problems = scan(folder, max_file_bytes, exclude)
        paths = {folder}
        for file in files:
            parents = file.path.relative_to(folder).parents
            paths |= {file.path, file.sidecar or file.path, *(folder / parent for parent in parents)}
        return cls(f"The corpus folder {folder}", [FileSource(file) for file in files], problems, paths)


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that was read.

    Attributes:
        source: The file.
        sha256: SHA-256 of its content; empty if it could not be read.
        content: Its bytes; None if an earlier shard has its document, or if it could not be read.
        error: Why it could not be read.
    """

    source: Source
    sha256: str
    content: Content | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """A shard of the next generation.

    Attributes:
        place: Its place in the generation.
        key: Digest of everything that determines it.
        reused: The existing shard with that key; None if one must be written.
        files: Its files, in the order of document ids; empty if a shard is reused.
    """

    place: int
    key: str
    reused: ShardEntry | None
    files: Sequence[PlannedFile]


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What a build would do: its inputs, and its shards in order."""

    inputs: BuildInputs
    shards: Sequence[ShardPlan]


def plan_shards(
    sources: Sequence[Source],
    fingerprints: Fingerprints,
    reusable: Reusable | None,
    layout: ShardLayout,
) -> BuildPlan:
    """Read every file and plan the shards.

    The bytes of a file are kept only if they must be parsed, so the bytes that are hashed are the bytes that
    are parsed, whatever happens to the file meanwhile.

    Args:
        sources: The files.
        fingerprints: Fingerprints of loaders, splitter, encoder and lexical index.
        reusable: Existing shards. Default: none.
        layout: Decides the number of shards.
    """
    count = layout.count(sum(source.size for source in sources))
    by_place: list[list[Source]] = [[] for _ in range(count)]
    for source in sorted(sources, key=lambda source: source.id):
        by_place[shard_of(source.id, count)].append(source)
    hashes: dict[str, str] = {}
    shards = []
    for place, own in enumerate(by_place):
        files = [_read(source) for source in own]
        own_hashes = {file.source.name: file.sha256 for file in files}
        hashes |= own_hashes
        key = shard_key(fingerprints, own_hashes, place, count)
        reused = reusable.shard(key) if reusable else None
        if reused:
            files = []
        elif reusable:
            files = [_without_known_bytes(file, reusable) for file in files]
        shards.append(ShardPlan(place, key, reused, files))
    return BuildPlan(BuildInputs(fingerprints, hashes), shards)


def shard_key(fingerprints: Fingerprints, files: Mapping[str, str], place: int, count: int) -> str:
    """Digest everything that determines a shard.

    Args:
        fingerprints: Fingerprints of loaders, splitter, encoder and lexical index.
        files: SHA-256 of its files, by name.
        place: Place of the shard.
        count: Number of shards.
    """
    content = [fingerprints.model_dump(), place, count, dict(files)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read_inputs(sources: Sequence[Source], fingerprints: Fingerprints) -> BuildInputs:
    """Return the inputs of a build of these files now."""
    return BuildInputs(fingerprints, {source.name: _read(source).sha256 for source in sources})


def _read(source: Source) -> PlannedFile:
    try:
        content = source.read()
    except LoadError as error:
        return PlannedFile(source, "", None, str(error))
    return PlannedFile(source, content.sha256, content)


def _without_known_bytes(file: PlannedFile, reusable: Reusable) -> PlannedFile:
    known = reusable.contains(file.source.name, file.sha256)
    return PlannedFile(file.source, file.sha256, None, file.error) if known else file
