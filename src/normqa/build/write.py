"""Writes a generation so that, whenever the power fails, the last good one still answers."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from normqa.build.encode import PassageVectors
from normqa.build.shards import ShardPlan, shard_entry, write_shard
from normqa.errors import IndexCorrupt, IndexFault, IndexNotWritable
from normqa.index.checksums import measure
from normqa.index.dense import DenseIndex
from normqa.index.generation import (
    Generation,
    current,
    flush,
    generation_folder,
    generation_names,
    publish,
    shard_folder,
)
from normqa.index.ivf import build_ivf
from normqa.index.manifest import Manifest, ShardEntry
from normqa.index.report import Report
from normqa.index.sentence_vectors import SentenceVectors

_ASIDE = ".building-"

VectorsOf = Callable[[ShardPlan], dict[bytes, PassageVectors]]
"""Gives the vectors of all passages of a shard, by key."""


def write_generation(
    index: Path,
    manifest: Manifest,
    shards: Sequence[ShardEntry | ShardPlan],
    vectors_of: VectorsOf,
    report: Callable[[], Report],
    keep: int,
    exact_limit: int,
) -> Manifest:
    """Writes a generation aside, flushes it, opens and checks it, and only then puts it in force.

    Args:
        index: Folder of generations.
        manifest: Of the new one, without its shards and parts.
        shards: Those that are there, and those that are to be written.
        vectors_of: Asked for one shard after the other.
        report: Asked when all shards are written.
        keep: How many generations stay; the new one and the one in force until now always do.
        exact_limit: With more passages than this, the dense index gets inverted lists.

    Returns:
        The manifest, with its shards and parts.

    Raises:
        EncoderUnavailable: If ``vectors_of`` does.
        IndexNotWritable: If it cannot be written; the generation in force stays.
    """
    name, before, standing = manifest.generation, _in_force(index), set(generation_names(index))
    try:
        entries = [
            shard
            if isinstance(shard, ShardEntry)
            else _write_shard(index, f"{name}-{place}", place, shard, vectors_of, manifest.dimension)
            for place, shard in enumerate(shards)
        ]
        with _as_write_error(index):
            manifest = manifest.model_copy(update={"shards": tuple(entries)})
            with _aside(generation_folder(index, name)) as aside:
                if manifest.passages > exact_limit:
                    folders = [shard_folder(index, entry.name) for entry in entries]
                    lists = build_ivf(aside, DenseIndex.open(folders), SentenceVectors.open(folders))
                    manifest = manifest.model_copy(update={"lists": lists})
                report().write(aside)
                manifest = manifest.model_copy(update={"parts": measure(aside)})
                manifest.write(aside)
            Generation.open(index, name)
            publish(index, name)
    except BaseException:
        if _in_force(index) != name:
            _sweep(index, standing)
        raise
    newest = [each for each in generation_names(index) if each not in {name, before}]
    _sweep(index, {name, *([before] if before else []), *newest[: max(0, keep - 1 - bool(before))]})
    return manifest


def prune(index: Path) -> None:
    """Removes what killed builds left: what has no name yet, and generations that were never put in force."""
    names = set(generation_names(index))
    try:
        pointer = current(index)
        # What is newer than one that was rolled back to has been in force.
        names = {name for name in names if pointer.rolled_back or name <= pointer.name}
    except IndexFault:
        pass
    _sweep(index, names)


def _write_shard(
    index: Path, name: str, place: int, draft: ShardPlan, vectors_of: VectorsOf, dimension: int
) -> ShardEntry:
    vectors = vectors_of(draft)
    with _as_write_error(index), _aside(shard_folder(index, name)) as aside:
        write_shard(aside, place, draft, vectors, dimension)
        return shard_entry(aside, name, draft)


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder to write into, which gets its name when all in it is on the disk."""
    aside = folder.with_name(_ASIDE + folder.name)
    aside.mkdir(parents=True)
    yield aside
    for path in [*sorted(aside.rglob("*"), reverse=True), aside]:
        flush(path)
    aside.rename(folder)
    flush(folder.parent)


@contextmanager
def _as_write_error(index: Path) -> Iterator[None]:
    """Tells in one way what the libraries tell in theirs when the disk is full."""
    try:
        yield
    except (RuntimeError, ValueError, sqlite3.Error) as error:
        raise IndexNotWritable(
            f"The index folder {index} cannot be written ({error}).", "Free space and build again."
        ) from error


def _in_force(index: Path) -> str | None:
    try:
        return current(index).name
    except IndexFault:
        return None


def _sweep(index: Path, keep: set[str]) -> None:
    """Removes all generations but these, the shards that none of them names, and what killed builds left."""
    shards = set[str]()
    for name in keep:
        try:
            shards |= {shard.name for shard in Manifest.read(generation_folder(index, name)).shards}
        except IndexCorrupt:
            continue
    for folder, kept in (
        (generation_folder(index, "x").parent, keep),
        (shard_folder(index, "x").parent, shards),
    ):
        for entry in folder.iterdir() if folder.is_dir() else ():
            if entry.name not in kept:
                shutil.rmtree(entry, ignore_errors=True)
