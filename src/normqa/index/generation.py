"""Open the current generation or, if it is damaged, what is still valid of an older one."""

import sqlite3
from dataclasses import dataclass, replace

from normqa.errors import IndexCorrupt, IndexFault
from normqa.index.backend import OpenIndex
from normqa.index.checksums import REBUILD, check
from normqa.index.disk.names import order_of
from normqa.index.disk.pointer import Pointer
from normqa.index.folder import IndexFolder
from normqa.index.lexical import LexicalIndex
from normqa.index.manifest import MANIFEST, Manifest
from normqa.index.passages import PassageStore
from normqa.index.report import FILES, read_files
from normqa.index.vectors.dense import DenseIndex, IvfIndex
from normqa.index.vectors.sentences import SentenceVectors


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation: parts that were checked to belong together. It is safe to use from several threads.

    Its passages are numbered from 0; every part uses these numbers.

    Attributes:
        manifest: Its manifest.
        store: Documents and passages.
        dense: Vectors of passages.
        sentences: Vectors of sentences.
        lexical: Words of passages.
    """

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
        """Number of documents that are shown."""
        return self.manifest.documents if self.store.only is None else len(self.store.only)

    @property
    def passages(self) -> int:
        """Number of passages that are shown."""
        if self.store.only is None:
            return self.manifest.passages
        return sum(map(len, self.store.passages_of(sorted(self.store.only))))

    @classmethod
    def open(cls, folder: IndexFolder, name: str, only: frozenset[str] | None = None) -> "Generation":
        """Open a generation and check it.

        Args:
            folder: Where it is.
            name: Its name.
            only: Ids of the documents to show. Default: all.

        Raises:
            IndexCorrupt: If a part is missing, was changed, or does not belong to the others.
        """
        path = folder.generation(name)
        manifest = folder.checked_manifest(name)
        shards = [folder.shard(shard.name) for shard in manifest.shards]
        try:
            ivf = IvfIndex.open(path, manifest.ivf) if manifest.ivf else None
            generation = cls(
                manifest,
                PassageStore.open(shards, only),
                DenseIndex.open(shards, ivf),
                SentenceVectors.open(shards),
                LexicalIndex.open(shards),
            )
        except (OSError, RuntimeError, ValueError, LookupError, sqlite3.Error) as error:
            raise IndexCorrupt(f"{path} cannot be opened ({error}).", REBUILD) from error
        sizes = {
            MANIFEST: [shard.passages for shard in manifest.shards],
            "texts": generation.store.sizes,
            "vectors": generation.dense.sizes,
            "sentences": generation.sentences.sizes,
            "words": generation.lexical.sizes,
        }
        agree = len(set(map(tuple, sizes.values()))) == 1
        agree = agree and (ivf is None or ivf.size == manifest.passages)
        if not agree or manifest.dimension != generation.dense.dimension:
            counts = ", ".join(f"{part} {sum(size)}" for part, size in sizes.items())
            raise IndexCorrupt(f"The parts of {path} do not belong together (passages: {counts}).", REBUILD)
        return generation

    def require_loaded(self) -> None:
        """Do nothing: what is open can be searched."""

    def showing(self, only: frozenset[str]) -> "Generation":
        """Return the same generation, which shows only some documents."""
        store = self.store.showing(only)
        documents = sorted(only)
        passages = sum(map(len, store.passages_of(documents)))
        return replace(self, store=store, lexical=self.lexical.showing(documents, passages))


def open_current(folder: IndexFolder) -> OpenIndex:
    """Open the current generation, or an older one if the current one is damaged.

    An older one shows only documents whose text is also in the current one, so that nothing that was removed
    or changed since is quoted. If neither the manifest of the current one nor its copy can be read, nothing
    proves that, and nothing answers.

    Raises:
        IndexMissing: If nothing was built.
        IndexCorrupt: If no generation can answer. It describes the fault of the current one.
    """
    while True:
        pointer = None
        try:
            pointer = folder.read_pointer()
            return OpenIndex(Generation.open(folder, folder.existing(pointer).name), pointer.rolled_back)
        except IndexCorrupt as fault:
            if _pointer_or_none(folder) == pointer:
                return _open_older(folder, pointer, fault)
            # Meanwhile a build published another generation and removed this one.


def _pointer_or_none(folder: IndexFolder) -> Pointer | None:
    try:
        return folder.read_pointer()
    except IndexFault:
        return None


def _open_older(folder: IndexFolder, pointer: Pointer | None, fault: IndexCorrupt) -> OpenIndex:
    names = folder.generation_names()
    rolled_back = pointer is not None and pointer.rolled_back and pointer.name in names
    if pointer:
        first = next((name for name in (pointer.name, pointer.newest) if name in names), None)
        if first:
            names = names[names.index(first) :]
        elif not names or order_of(pointer.newest or pointer.name) > order_of(names[0]):
            raise fault  # the newest generation is gone
    newest = folder.readable_manifest(names[0]) if names else None
    if newest is None:
        raise fault
    newest_texts = _texts(folder, newest)
    for name in names:
        manifest = folder.readable_manifest(name)
        if manifest is None:
            continue
        texts = _texts(folder, manifest)
        unchanged = frozenset(i for i, sha256 in texts.items() if newest_texts.get(i) == sha256)
        if not unchanged:
            continue
        try:
            return OpenIndex(Generation.open(folder, name, unchanged), rolled_back, fault)
        except IndexCorrupt:
            continue
    raise fault


def _texts(folder: IndexFolder, manifest: Manifest) -> dict[str, str]:
    """Return digests of file and text of every document, by id, leaving out damaged shards.

    The file counts because its metadata may restrict who sees the document.
    """
    texts: dict[str, str] = {}
    for shard in manifest.shards:
        path = folder.shard(shard.name)
        try:
            check(path, {FILES: shard.parts[FILES]})
            entries = read_files(path).values()
        except (IndexCorrupt, KeyError):
            continue
        texts |= {
            entry.document: f"{entry.sha256} {entry.text_sha256}"
            for entry in entries
            if entry.document and entry.text_sha256
        }
    return texts
