"""One immutable build, and the pointer that names the one in force.

    index/CURRENT               the name of a generation, and nothing else
    index/generations/NAME/     manifest.json, texts.sqlite, passages.npy, sentences.npy, keys.npy, lexical/

A generation is written aside, flushed to disk, opened and checked, and only then named by CURRENT.
"""

import os
import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from normqa.errors import IndexCorrupt, IndexMissing
from normqa.index.dense import DenseIndex
from normqa.index.lexical import LexicalIndex
from normqa.index.manifest import REBUILD, Manifest
from normqa.index.sentences import SentenceVectors
from normqa.index.store import Store

_CURRENT = "CURRENT"
_GENERATIONS = "generations"
_NAME_FORMAT = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation: its parts, checked to belong together. It may be used from several threads."""

    manifest: Manifest
    store: Store
    dense: DenseIndex
    sentences: SentenceVectors
    lexical: LexicalIndex

    @property
    def name(self) -> str:
        """Its name, which no other generation ever has."""
        return self.manifest.generation

    @classmethod
    def open(cls, index: Path, name: str) -> "Generation":
        """Opens a generation and checks it.

        Raises:
            IndexCorrupt: If a part is missing, was changed, or does not belong to the others.
        """
        folder = generation_folder(index, name)
        manifest = Manifest.read(folder)
        manifest.check_parts(folder)
        try:
            generation = cls(
                manifest,
                Store.open(folder),
                DenseIndex.open(folder),
                SentenceVectors.open(folder),
                LexicalIndex.open(folder),
            )
            documents, passages = generation.store.counts()
        except (OSError, RuntimeError, ValueError, sqlite3.Error) as error:
            raise IndexCorrupt(f"{folder} cannot be opened ({error}).", REBUILD) from error
        counts = {
            "manifest.json": manifest.passages,
            "texts.sqlite": passages,
            "passages.npy": generation.dense.size,
            "sentences.npy": generation.sentences.size,
            "lexical": generation.lexical.size,
        }
        if (name, len(manifest.documents), manifest.dimension) != (
            manifest.generation,
            documents,
            generation.dense.dimension,
        ) or len(set(counts.values())) != 1:
            told = ", ".join(f"{part} {count}" for part, count in counts.items())
            raise IndexCorrupt(f"The parts of {folder} do not belong together (passages: {told}).", REBUILD)
        return generation


def generation_name(built_at: datetime) -> str:
    """The name of a generation: when it was built, in UTC, to the microsecond."""
    return built_at.strftime(_NAME_FORMAT)


def current_name(index: Path) -> str:
    """The name of the generation in force.

    Raises:
        IndexMissing: If nothing has been built.
        IndexCorrupt: If the pointer names no generation.
    """
    pointer = index / _CURRENT
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise IndexMissing(f"There is no index in {index} yet.", "Run normqa build.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexCorrupt(f"{pointer} cannot be read ({error}).", REBUILD) from None
    if not _NAME.fullmatch(name) or not generation_folder(index, name).is_dir():
        raise IndexCorrupt(f"{pointer} names no generation.", REBUILD)
    return name


def publish(index: Path, name: str) -> None:
    """Puts a generation in force, atomically and durably."""
    aside = index / f".{_CURRENT}"
    aside.write_text(f"{name}\n", encoding="utf-8")
    flush(aside)
    aside.replace(index / _CURRENT)
    flush(index)


def generation_folder(index: Path, name: str) -> Path:
    """Where a generation of that name stands."""
    return index / _GENERATIONS / name


def generation_folders(index: Path) -> list[Path]:
    """Every generation that stands in an index folder, the newest first."""
    folder = index / _GENERATIONS
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return [folder / name for name in sorted(filter(_NAME.fullmatch, names), reverse=True)]


def flush(path: Path) -> None:
    """Makes a file, or the names in a folder, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
