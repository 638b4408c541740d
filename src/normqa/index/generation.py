"""One immutable build, and the pointer that names the one in force.

    index/CURRENT               the name of a generation; a second line says that it was rolled back to
    index/generations/NAME/     manifest.json, report.json, inverted.faiss if there are very many passages
    index/shards/NAME/          what is searched; generations share what did not change between them

All is written aside, flushed to disk, opened and checked, and only then named by CURRENT.
"""

import os
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from normqa.errors import IndexCorrupt, IndexMissing
from normqa.index.arrays import release_mapped_pages
from normqa.index.checksums import REBUILD, FileChecksum, check
from normqa.index.dense import DenseIndex
from normqa.index.ivf import IvfIndex
from normqa.index.lexical import LexicalIndex
from normqa.index.manifest import COPY, NAME, Manifest
from normqa.index.passages import PassageStore
from normqa.index.plan import BuildInputs
from normqa.index.sentence_vectors import SentenceVectors
from normqa.index.source_files import FileEntry, read_files

_CURRENT = "CURRENT"
_GENERATIONS = "generations"
_SHARDS = "shards"
_NAME_FORMAT = "%Y%m%dT%H%M%S.%fZ"
_PATTERN = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z")
_ROLLED_BACK = "rolled back"


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation: its parts, checked to belong together. It may be used from several threads."""

    manifest: Manifest
    store: PassageStore
    dense: DenseIndex
    sentences: SentenceVectors
    lexical: LexicalIndex

    @property
    def name(self) -> str:
        """Its name, which no other generation ever has."""
        return self.manifest.generation

    @property
    def documents(self) -> int:
        """How many documents answer."""
        return self.manifest.documents if self.store.only is None else len(self.store.only)

    @property
    def passages(self) -> int:
        """How many passages answer."""
        if self.store.only is None:
            return self.manifest.passages
        return sum(map(len, self.store.passages_of(sorted(self.store.only))))

    @classmethod
    def open(cls, index: Path, name: str, only: frozenset[str] | None = None) -> "Generation":
        """Opens a generation and checks it.

        Args:
            index: Folder of generations.
            name: Of one.
            only: Ids of the only documents that count; None for all.

        Raises:
            IndexCorrupt: If a part is missing, was changed, or does not belong to the others.
        """
        folder = generation_folder(index, name)
        manifest = checked_manifest(index, name)
        folders = [shard_folder(index, shard.name) for shard in manifest.shards]
        try:
            lists = IvfIndex.open(folder, manifest.lists) if manifest.lists else None
            generation = cls(
                manifest,
                PassageStore.open(folders, only),
                DenseIndex.open(folders, lists),
                SentenceVectors.open(folders),
                LexicalIndex.open(folders),
            )
            sizes = {
                "manifest.json": [shard.passages for shard in manifest.shards],
                "texts.sqlite": generation.store.sizes,
                "passages.npy": generation.dense.sizes,
                "sentences.npy": generation.sentences.sizes,
                "lexical": generation.lexical.sizes,
            }
        except (OSError, RuntimeError, ValueError, LookupError, sqlite3.Error) as error:
            raise IndexCorrupt(f"{folder} cannot be opened ({error}).", REBUILD) from error
        alike = len(set(map(tuple, sizes.values()))) == 1
        alike = alike and (lists is None or lists.size == manifest.passages)
        if not alike or manifest.dimension != generation.dense.dimension:
            told = ", ".join(f"{part} {sum(size)}" for part, size in sizes.items())
            raise IndexCorrupt(f"The parts of {folder} do not belong together (passages: {told}).", REBUILD)
        return generation

    def release_mapped_pages(self) -> None:
        """Keeps what was read of its vectors from filling the memory."""
        release_mapped_pages([*self.dense.shards, *self.sentences.arrays])


@dataclass(frozen=True, slots=True)
class Pointer:
    """What CURRENT says: the generation in force, and whether somebody went back to it by hand."""

    name: str
    rolled_back: bool = False


def checked_manifest(index: Path, name: str, *, whole: bool = False) -> Manifest:
    """The manifest of a generation, all whose files are what was written.

    Args:
        index: Folder of generations.
        name: Of one.
        whole: Read even those files that look untouched.

    Raises:
        IndexCorrupt: If one is not; it is named.
    """
    folder = generation_folder(index, name)
    manifest = Manifest.read(folder)
    if manifest.generation != name:
        raise IndexCorrupt(f"{folder} holds another generation, {manifest.generation}.", REBUILD)
    check(folder, {COPY: FileChecksum.of(folder / NAME), **manifest.parts}, whole=whole)
    for shard in manifest.shards:
        check(shard_folder(index, shard.name), shard.parts, whole=whole)
    return manifest


def files_of(index: Path, manifest: Manifest) -> dict[str, FileEntry]:
    """The files that a generation was made of, by name.

    Raises:
        IndexCorrupt: If a shard does not tell.
    """
    files: dict[str, FileEntry] = {}
    for shard in manifest.shards:
        files |= read_files(shard_folder(index, shard.name))
    return dict(sorted(files.items()))


def inputs_of(manifest: Manifest, files: Mapping[str, FileEntry]) -> BuildInputs:
    """What a generation was made of, from its files."""
    return BuildInputs(manifest.fingerprints, {name: entry.sha256 for name, entry in files.items()})


def generation_name(built_at: datetime) -> str:
    """The name of a generation: when it was built, in UTC, to the microsecond."""
    return built_at.strftime(_NAME_FORMAT)


def current(index: Path) -> Pointer:
    """Which generation is in force.

    Raises:
        IndexMissing: If nothing has been built.
        IndexCorrupt: If the pointer names no generation.
    """
    pointer = index / _CURRENT
    try:
        name, *more = pointer.read_text(encoding="utf-8").splitlines() or [""]
    except FileNotFoundError:
        raise IndexMissing(f"There is no index in {index} yet.", "Run normqa build.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexCorrupt(f"{pointer} cannot be read ({error}).", REBUILD) from None
    if (
        not _PATTERN.fullmatch(name)
        or more not in ([], [_ROLLED_BACK])
        or not generation_folder(index, name).is_dir()
    ):
        raise IndexCorrupt(f"{pointer} names no generation.", REBUILD)
    return Pointer(name, rolled_back=bool(more))


def publish(index: Path, name: str, *, rolled_back: bool = False) -> None:
    """Puts a generation in force, atomically and durably."""
    aside = index / f".{_CURRENT}"
    lines = [name, *([_ROLLED_BACK] if rolled_back else [])]
    try:
        aside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        flush(aside)
        aside.replace(index / _CURRENT)
    finally:
        aside.unlink(missing_ok=True)
    flush(index)


def generation_folder(index: Path, name: str) -> Path:
    """Where a generation of that name stands."""
    return index / _GENERATIONS / name


def shard_folder(index: Path, name: str) -> Path:
    """Where a shard of that name stands."""
    return index / _SHARDS / name


def generation_names(index: Path) -> list[str]:
    """Every generation that stands in an index folder, the newest first."""
    folder = index / _GENERATIONS
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(filter(_PATTERN.fullmatch, names), reverse=True)


def shard_folders(index: Path) -> list[Path]:
    """Every shard that stands in an index folder, the oldest first."""
    folder = index / _SHARDS
    return sorted(path for path in folder.iterdir() if path.name[0] != ".") if folder.is_dir() else []


def flush(path: Path) -> None:
    """Makes a file, or the names in a folder, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
