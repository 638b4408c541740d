"""What a build may take from the current generation in Milvus."""

from collections.abc import Iterable
from contextlib import suppress

from normqa.build.encoding.encode import PassageVectors, VectorCache
from normqa.build.reuse import SplitDocument
from normqa.errors import IndexCorrupt
from normqa.index.manifest import ShardEntry
from normqa.index.milvus import names
from normqa.index.milvus.cells import Cells
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.index import MilvusIndex
from normqa.index.milvus.store import MilvusStore, Passages
from normqa.index.report import FileEntry

_AHEAD = 64
"""Documents that are read at once."""


class StoredDocuments:
    """The documents of a generation, as far as they may be reused.

    Args:
        store: All its documents.
        cells: The cells that the store reads.
        files: The files that may be reused, by name.
    """

    def __init__(self, store: MilvusStore, cells: "ReadAheadCells", files: dict[str, FileEntry]) -> None:
        self._store = store
        self._cells = cells
        self._files = files
        self._ids = list(store.numbers)
        self._end = 0
        self._window = 1

    def shard(self, key: str) -> ShardEntry | None:  # noqa: ARG002 - generations in Milvus share nothing
        """Return no shard."""
        return None

    def contains(self, name: str, sha256: str) -> bool:
        """Whether the generation contains the result of a file with that name and those bytes."""
        return name in self._files and self._files[name].sha256 == sha256

    def document(self, name: str, sha256: str) -> tuple[SplitDocument | None, FileEntry]:  # noqa: ARG002
        """Return the result of such a file.

        Raises:
            KeyError: If the generation does not contain it.
            IndexCorrupt: If it is damaged.
        """
        entry = self._files[name]
        if entry.document is None:
            return None, entry
        self._read_ahead(self._store.numbers[entry.document])
        original = self._store.original(entry.document)
        assert original  # noqa: S101 - every document of a build has one
        [numbers] = self._store.passages_of([entry.document])
        passages = [self._store.passage(number) for number in numbers]
        return SplitDocument(self._store.document(entry.document), passages, original), entry

    def _read_ahead(self, number: int) -> None:
        """Read a document, and more and more of those after it while they are asked for in order."""
        if self._end - self._window <= number < self._end:
            return
        self._window = min(2 * self._window, _AHEAD) if number == self._end else 1
        ids = self._ids[number : number + self._window]
        self._end = number + self._window
        passages = self._store.passages_of(ids)
        own = (f"{kind}:{n}" for kind in "od" for n in range(number, number + len(ids)))
        self._cells.load([*own, *(f"p:{place}" for place in range(passages[0].start, passages[-1].stop))])


class StoredVectors:
    """The vectors of a generation, and those in files, by key.

    Args:
        keys: Vector key of every passage of the generation.
        passages: Its passages.
        files: Vectors in files of this machine.
    """

    def __init__(self, keys: Iterable[bytes], passages: Passages | None, files: VectorCache) -> None:
        self._places = {key: number for number, key in enumerate(keys)}
        self._passages = passages
        self._files = files

    def __contains__(self, key: bytes) -> bool:
        return key in self._places or key in self._files

    def find(self, keys: Iterable[bytes]) -> dict[bytes, PassageVectors]:
        """Return the vectors of those keys that are known and intact."""
        wanted = set(keys)
        places = {key: self._places[key] for key in wanted if key in self._places}
        stored: dict[bytes, PassageVectors] = {}
        if self._passages:
            with suppress(IndexCorrupt):
                found = self._passages.get(sorted(places.values()))
                stored = {
                    key: PassageVectors(found[n].vector, found[n].sentences) for key, n in places.items()
                }
        return stored | self._files.find(wanted - stored.keys())


class ReadAheadCells(Cells):
    """Cells of which some were read before they are asked for; see :class:`Cells`."""

    def __init__(self, milvus: Milvus, collection: str, generation: str) -> None:
        super().__init__(milvus, collection, generation)
        self._loaded: dict[str, bytes] = {}

    def load(self, keys: Iterable[str]) -> None:
        """Read cells, in place of those that were read before."""
        self._loaded = {}
        self._loaded = super().read(keys)

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of those keys that have a cell."""
        wanted = list(keys)
        found = {key: self._loaded[key] for key in wanted if key in self._loaded}
        missing = [key for key in wanted if key not in found]
        return found | super().read(missing) if missing else found


def read_stored(
    index: MilvusIndex,
    name: str,
    passages: int,
    files: dict[str, FileEntry],
    vectors: VectorCache,
) -> tuple[StoredDocuments, StoredVectors]:
    """Return what a build may take from a generation.

    Args:
        index: Where it is.
        name: Its name.
        passages: Number of its passages.
        files: Those of its files that may be reused, by name.
        vectors: Vectors in files of this machine.
    """
    cells = ReadAheadCells(index.milvus, names.cells_of(name), name)
    own = Passages(cells, name, passages)
    documents = StoredDocuments(MilvusStore(cells, name, own), cells, files)
    return documents, StoredVectors(index.keys_of(name), own, vectors)
