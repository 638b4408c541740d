"""What earlier generations offer to the next one: whole shards, documents and vectors."""

import sqlite3
from pathlib import Path

from normqa.build.encode import VectorCache
from normqa.build.shards import Texts
from normqa.errors import IndexCorrupt
from normqa.index.checksums import check
from normqa.index.generation import generation_folder, generation_names, shard_folder, shard_folders
from normqa.index.manifest import Fingerprints, Manifest, ShardEntry
from normqa.index.passages import PassageStore
from normqa.index.source_files import FileEntry, read_files


class ReusableShards:
    """What stands in an index folder. Whatever cannot be read offers nothing.

    Args:
        index: Folder of generations.
        fingerprints: Only what these made is the same as what would be made now.
    """

    def __init__(self, index: Path, fingerprints: Fingerprints) -> None:
        self._index = index
        self._shards = {
            shard.key: shard
            for manifest in reversed(readable_manifests(index))
            if manifest.fingerprints == fingerprints
            for shard in manifest.shards
        }
        self._files: dict[tuple[str, str], tuple[ShardEntry, FileEntry]] = {}
        for shard in self._shards.values():
            try:
                files = read_files(shard_folder(index, shard.name))
            except IndexCorrupt:
                continue
            self._files |= {(name, entry.sha256): (shard, entry) for name, entry in files.items()}
        self._stores: dict[str, PassageStore | None] = {}

    def shard(self, key: str) -> ShardEntry | None:
        """The shard of that key, if it is still what was written."""
        shard = self._shards.get(key)
        try:
            if shard:
                check(shard_folder(self._index, shard.name), shard.parts)
        except IndexCorrupt:
            return None
        return shard

    def texts(self, name: str, sha256: str) -> tuple[Texts | None, FileEntry] | None:
        """What came of a file of that name and those bytes; None if none is known."""
        if (name, sha256) not in self._files:
            return None
        shard, entry = self._files[name, sha256]
        if shard.name not in self._stores:
            self._stores[shard.name] = self._checked_store(shard)
        store = self._stores[shard.name]
        if store is None:
            return None
        if entry.document is None:
            return None, entry
        [numbers] = store.passages_of([entry.document])
        return Texts(store.document(entry.document), [store.passage(number) for number in numbers]), entry

    def _checked_store(self, shard: ShardEntry) -> PassageStore | None:
        folder = shard_folder(self._index, shard.name)
        try:
            check(folder, shard.parts, whole=True)
            return PassageStore.open([folder])
        except (IndexCorrupt, sqlite3.Error):
            return None


def encodings(*indexes: Path) -> VectorCache:
    """The vectors that stand in index folders."""
    found = VectorCache()
    for index in indexes:
        for folder in shard_folders(index):
            found.add(folder)
    return found


def readable_manifests(index: Path) -> list[Manifest]:
    """The manifests of all generations in an index folder that can be read, the newest first."""
    manifests = []
    for name in generation_names(index):
        try:
            manifests.append(Manifest.read(generation_folder(index, name)))
        except IndexCorrupt:
            continue
    return manifests
