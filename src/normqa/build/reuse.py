"""Reuse shards, documents and vectors of earlier generations."""

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from normqa.build.encoding.encode import VectorCache
from normqa.datatypes import Document, Passage
from normqa.errors import IndexCorrupt
from normqa.index.checksums import check
from normqa.index.entries import Original
from normqa.index.folder import IndexFolder
from normqa.index.manifest import Fingerprints, ShardEntry
from normqa.index.passages import PassageStore
from normqa.index.report import FileEntry, read_files


@dataclass(frozen=True, slots=True)
class SplitDocument:
    """A document, its passages, and the file it was made from."""

    document: Document
    passages: list[Passage]
    original: Original


class Reusable(Protocol):
    """What a build may take from earlier generations."""

    def shard(self, key: str) -> ShardEntry | None:
        """Return the shard with that key, if it is intact."""

    def contains(self, name: str, sha256: str) -> bool:
        """Whether the result of a file with that name and those bytes is known."""

    def document(self, name: str, sha256: str) -> tuple[SplitDocument | None, FileEntry]:
        """Return the result of such a file.

        Raises:
            KeyError: If it is not known.
        """


class ReusableShards:
    """Shards with the same fingerprints as the next build. Unreadable shards are ignored.

    Args:
        folder: Folder of the generations.
        fingerprints: Current fingerprints of loaders, splitter, encoder and lexical index.
        checked: Names of shards whose files were just checked.
        whole: Read every byte of the other shards.
    """

    def __init__(
        self,
        folder: IndexFolder,
        fingerprints: Fingerprints,
        checked: Collection[str] = (),
        *,
        whole: bool = False,
    ) -> None:
        self._folder = folder
        self._checked = checked
        self._whole = whole
        self._shards = {
            shard.key: shard
            for manifest in map(folder.readable_manifest, reversed(folder.generation_names()))
            if manifest and manifest.fingerprints == fingerprints
            for shard in manifest.shards
        }
        self._stores: dict[str, PassageStore | None] = {}

    def shard(self, key: str) -> ShardEntry | None:
        """Return the shard with that key, if it is intact."""
        shard = self._shards.get(key)
        if shard and shard.name not in self._checked:
            try:
                check(self._folder.shard(shard.name), shard.parts, whole=self._whole)
            except IndexCorrupt:
                return None
        return shard

    def contains(self, name: str, sha256: str) -> bool:
        """Whether an intact shard contains the result of a file with that name and those bytes."""
        found = self._files.get((name, sha256))
        return found is not None and self._store(found[0]) is not None

    def document(self, name: str, sha256: str) -> tuple[SplitDocument | None, FileEntry]:
        """Return the result of such a file.

        Raises:
            KeyError: If no intact shard contains it.
        """
        shard, entry = self._files[name, sha256]
        store = self._store(shard)
        if store is None:
            raise KeyError(name)
        if entry.document is None:
            return None, entry
        [numbers] = store.passages_of([entry.document])
        passages = [store.passage(number) for number in numbers]
        original = store.original(entry.document) or Original(name, sha256)
        return SplitDocument(store.document(entry.document), passages, original), entry

    @cached_property
    def _files(self) -> dict[tuple[str, str], tuple[ShardEntry, FileEntry]]:
        files: dict[tuple[str, str], tuple[ShardEntry, FileEntry]] = {}
        for shard in self._shards.values():
            with suppress(IndexCorrupt):
                entries = read_files(self._folder.shard(shard.name))
                files |= {(name, entry.sha256): (shard, entry) for name, entry in entries.items()}
        return files

    def _store(self, shard: ShardEntry) -> PassageStore | None:
        """Return the open texts of a shard, all of whose bytes were checked; None if it is damaged."""
        if shard.name not in self._stores:
            self._stores[shard.name] = None
            with suppress(IndexCorrupt, sqlite3.Error):
                folder = self._folder.shard(shard.name)
                check(folder, shard.parts, whole=True)
                self._stores[shard.name] = PassageStore.open([folder])
        return self._stores[shard.name]


def known_vectors(folders: Iterable[IndexFolder]) -> VectorCache:
    """Return the vectors in all shards and journals of some index folders."""
    cache = VectorCache()
    for folder in folders:
        for part in [*folder.journal_parts(), *folder.shard_folders()]:
            cache.add(part)
    return cache
