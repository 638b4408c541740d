"""The index folder on disk.

    index/CURRENT             name of the current generation; after a rollback, also the line "rolled back"
                              and the name of the newest generation that was ever current
    index/generations/NAME/   manifest.json and its copy, report.json, inverted.faiss above ann_threshold
    index/shards/NAME/        files.json, texts.sqlite, passages.npy, sentences.npy, first_sentences.npy,
                              keys.npy, lexical/
    index/.journal/NAME/      vectors of an unfinished build, see normqa.build.encoding.journal
    index/.lock               locked while a process builds; .lock-holder names the process
    index/.sessions/          sessions on the administration page, see normqa.serve.admin.sessions

NAME of a generation is a counter and the time of the build, as in 000042-20261128T101500.000000Z. Only the
counter orders generations, so the clock may step back. A shard is named after the generation that wrote it
and its place, as in 000042-20261128T101500.000000Z-3; later generations share it.

Everything is written under the name .building-NAME, fsynced and renamed; a generation is opened and checked,
and only then named by CURRENT. A process that dies at any instant leaves the last good generation current.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from normqa.errors import IndexCorrupt, IndexFault, IndexNotWritable
from normqa.index.checksums import REBUILD, TRUST_ABOVE, FileChecksum, check
from normqa.index.disk import access, lock
from normqa.index.disk.names import (
    ASIDE,
    CURRENT,
    GENERATION,
    GENERATIONS,
    JOURNAL,
    SHARDS,
    is_written_by_build,
    next_name,
    order_of,
    refuse_foreign,
)
from normqa.index.disk.pointer import Pointer, names_nothing
from normqa.index.manifest import MANIFEST, MANIFEST_COPY, Manifest
from normqa.index.report import FileEntry, read_files


class IndexFolder:
    """A folder of generations.

    Args:
        path: The folder; it need not exist.
        clock: Returns the time in UTC.
        trust_above: Bytes above which a file is trusted by size and time.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        trust_above: int = TRUST_ABOVE,
    ) -> None:
        self.path = path
        self._clock = clock
        self._trust_above = trust_above
        self._generations = path / GENERATIONS
        self._shards = path / SHARDS
        self._journal = path / JOURNAL
        self._current = path / CURRENT

    def generation(self, name: str) -> Path:
        """Return the folder of a generation."""
        return self._generations / name

    def shard(self, name: str) -> Path:
        """Return the folder of a shard."""
        return self._shards / name

    def generation_names(self) -> list[str]:
        """Return the name of every generation, newest first."""
        names = [path.name for path in _entries(self._generations)]
        return sorted(filter(GENERATION.fullmatch, names), key=order_of, reverse=True)

    def shard_folders(self) -> list[Path]:
        """Return the folder of every shard, by name."""
        return [path for path in _entries(self._shards) if not path.name.startswith(".")]

    def journal_part(self, name: str) -> Path:
        """Return the folder of a part of the journal."""
        return self._journal / name

    def journal_parts(self) -> list[Path]:
        """Return every part of the journal that a build has left because it did not finish."""
        return [path for path in _entries(self._journal) if not path.name.startswith(".")]

    def remove_journal(self) -> None:
        """Remove the journal."""
        shutil.rmtree(self._journal, ignore_errors=True)

    def next_name(self) -> tuple[str, datetime]:
        """Return a name for the next generation, newer than every other, and the time in it."""
        now = self._clock()
        return next_name(self.generation_names(), now), now

    def read_pointer(self) -> Pointer:
        """Read CURRENT. The generation that it names may be gone.

        Raises:
            IndexMissing: If nothing was built.
            IndexCorrupt: If CURRENT is damaged.
        """
        return Pointer.read(self.path)

    def current(self) -> Pointer:
        """Return which generation is current.

        Raises:
            IndexMissing: If nothing was built.
            IndexCorrupt: If CURRENT does not name a generation.
        """
        return self.existing(self.read_pointer())

    def existing(self, pointer: Pointer) -> Pointer:
        """Return a pointer to a generation that exists.

        Raises:
            IndexCorrupt: If it does not exist.
        """
        if not self.generation(pointer.name).is_dir():
            raise names_nothing(self.path)
        return pointer

    def current_or_none(self) -> Pointer | None:
        """Return which generation is current; None if nothing was built or CURRENT is damaged."""
        try:
            return self.current()
        except IndexFault:
            return None

    def checked_manifest(self, name: str, *, whole: bool = False) -> Manifest:
        """Return the manifest of a generation after checking all its files.

        Args:
            name: Name of the generation.
            whole: Read every byte, also of files that look untouched.

        Raises:
            IndexCorrupt: If a file is missing or differs. The message names it.
        """
        folder = self.generation(name)
        manifest = Manifest.read(folder)
        if manifest.generation != name:
            raise IndexCorrupt(f"{folder} contains another generation, {manifest.generation}.", REBUILD)
        copy = {MANIFEST_COPY: FileChecksum.of(folder / MANIFEST)}
        check(folder, {**copy, **manifest.parts}, whole=whole, trust_above=self._trust_above)
        for shard in manifest.shards:
            check(self.shard(shard.name), shard.parts, whole=whole, trust_above=self._trust_above)
        return manifest

    def readable_manifest(self, name: str) -> Manifest | None:
        """Return the manifest of a generation or, if that is damaged, its copy; None if both are."""
        for file in (MANIFEST, MANIFEST_COPY):
            with suppress(IndexCorrupt):
                manifest = Manifest.read(self.generation(name), file)
                if manifest.generation == name:
                    return manifest
        return None

    def files_of(self, manifest: Manifest) -> dict[str, FileEntry]:
        """Return the files that a generation was made of, by name.

        Raises:
            IndexCorrupt: If a shard does not list them.
        """
        files: dict[str, FileEntry] = {}
        for shard in manifest.shards:
            files |= read_files(self.shard(shard.name))
        return dict(sorted(files.items()))

    def ever_current(self) -> list[str]:
        """Return the names of the generations that may have been current, newest first.

        A newer one was written by a build that died before it could publish.
        """
        pointer, names = self.current_or_none(), self.generation_names()
        if pointer is None or not pointer.newest:
            return names
        return [name for name in names if order_of(name) <= order_of(pointer.newest)]

    @contextmanager
    def build_lock(self) -> Iterator[None]:
        """Lock the folder, and create it first if it is missing. The system unlocks it when a process dies.

        Raises:
            IndexBusy: If another process holds the lock. The message names it.
            IndexNotWritable: If the folder cannot be written.
            NotAnIndex: If the folder contains something else.
        """
        with ExitStack() as stack:
            with self.as_write_error():
                refuse_foreign(self.path)
                self.path.mkdir(parents=True, exist_ok=True)
                stack.enter_context(lock.locked(self.path))
            yield

    def narrow_to(self, sources: Iterable[Path]) -> None:
        """Close the folder to users who may not read all of the files and folders of the corpus.

        Raises:
            IndexNotWritable: If its mode cannot be changed.
        """
        with self.as_write_error():
            access.narrow(self.path, sources)

    @contextmanager
    def write_aside(self, target: Path) -> Iterator[Path]:
        """Provide a folder to write into, which is fsynced and renamed to ``target`` afterwards.

        Raises:
            IndexNotWritable: If it cannot be written; also for any error that a library raises inside.
        """
        with self.as_write_error():
            mode = access.mode_of(self.path)
            aside = target.with_name(ASIDE + target.name)
            if not aside.parent.is_dir():
                aside.parent.mkdir(mode)
            aside.mkdir(mode)
            yield aside
            for path in [*sorted(aside.rglob("*"), reverse=True), aside]:
                access.set_mode(path, mode)
                fsync(path)
            aside.rename(target)
            fsync(target.parent)

    def publish(self, name: str, *, rolled_back_from: str | None = None) -> None:
        """Make a generation the current one, atomically and durably.

        Args:
            name: Its name.
            rolled_back_from: Name of the newest generation that was ever current, if this is a rollback.

        Raises:
            IndexNotWritable: If CURRENT cannot be written.
        """
        aside = self.path / f".{self._current.name}"
        with self.as_write_error():
            try:
                aside.write_text(str(Pointer(name, rolled_back_from)), encoding="utf-8")
                access.set_mode(aside, access.mode_of(self.path))
                fsync(aside)
                if self._current.is_dir():
                    shutil.rmtree(self._current)
                aside.replace(self._current)
            finally:
                aside.unlink(missing_ok=True)
            fsync(self.path)

    def prune(self, keep: Collection[str]) -> None:
        """Remove every other generation, every shard that no kept generation uses, and unfinished writes.

        Nothing tells which shards belong to a kept generation that cannot be read, for instance because it
        has an older format. So the shards that existed when it was written are kept with it. Nothing that a
        build did not write is removed.

        Raises:
            IndexNotWritable: If the folder cannot be read.
        """
        manifests = {name: self.readable_manifest(name) for name in keep}
        used = {shard.name for manifest in manifests.values() if manifest for shard in manifest.shards}
        unreadable = max(
            (order_of(name) for name, manifest in manifests.items() if not manifest), default=None
        )
        with self.as_write_error():
            for path in _entries(self._generations):
                if path.name not in keep and is_written_by_build(path.name):
                    shutil.rmtree(path, ignore_errors=True)
            for path in _entries(self._shards):
                writer = path.name.rpartition("-")[0]
                may_be_used = unreadable and GENERATION.fullmatch(writer) and order_of(writer) <= unreadable
                if path.name not in used and not may_be_used and is_written_by_build(path.name):
                    shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def as_write_error(self) -> Iterator[None]:
        """Turn every error that a full or read-only disk causes in a library into one error.

        Wrap only writing: an encoder or a file of the corpus may fail in the same way.

        Raises:
            IndexNotWritable: If the body raises such an error.
        """
        try:
            yield
        except (OSError, RuntimeError, ValueError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise IndexNotWritable(
                f"The index folder {self.path} cannot be written ({reason}).",
                "Free space on its disk, check its permissions, or use another index folder.",
            ) from error


def fsync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
