"""An open generation in Milvus."""

from dataclasses import dataclass, replace

from normqa.index.milvus import names
from normqa.index.milvus.cells import Cells
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.faults import NotFound, lost
from normqa.index.milvus.manifest import MilvusManifest
from normqa.index.milvus.search import MilvusDense, MilvusLexical, MilvusPassages, MilvusSentences
from normqa.index.milvus.store import MilvusStore, Passages
from normqa.index.milvus.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class MilvusGeneration:
    """An open generation; see :class:`normqa.index.backend.Backend`.

    Attributes:
        manifest: Its manifest.
        cells: Everything of it that is not searched.
        store: Documents and passages.
        dense: Vectors of passages.
        sentences: Vectors of sentences.
        lexical: Words of passages.
    """

    manifest: MilvusManifest
    cells: Cells
    store: MilvusStore
    dense: MilvusDense
    sentences: MilvusSentences
    lexical: MilvusLexical

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
        return self.manifest.passages if self.store.only is None else self.store.shown_passages

    @classmethod
    def open(cls, milvus: Milvus, name: str) -> "MilvusGeneration":
        """Open a generation, and compare the sizes of its collections with its manifest.

        Raises:
            IndexCorrupt: If something of it is missing.
            IndexUnavailable: If Milvus does not respond.
        """
        cells = Cells(milvus, names.cells_of(name), name)
        manifest = MilvusManifest.read(cells, name)
        check_sizes(milvus, manifest)
        passages = Passages(cells, name, manifest.passages)
        store = MilvusStore(cells, name, passages)
        if len(store.numbers) != manifest.documents or store.shown_passages != manifest.passages:
            raise lost(name, "documents are missing")
        searched = MilvusPassages(milvus, names.passages_of(name), name)
        return cls(
            manifest,
            cells,
            store,
            MilvusDense(searched, passages, store, is_approximate=manifest.is_approximate),
            MilvusSentences(passages),
            MilvusLexical(searched, Vocabulary(cells), store),
        )

    def require_loaded(self) -> None:
        """Require that its collections are whole and loaded; see :class:`normqa.index.backend.Backend`."""
        check_sizes(self.cells.milvus, self.manifest)

    def showing(self, only: frozenset[str]) -> "MilvusGeneration":
        """Return the same generation, which shows only some documents."""
        store = self.store.showing(only)
        vocabulary = Vocabulary(self.cells, [store.numbers[document_id] for document_id in only])
        return replace(self, store=store, lexical=self.lexical.showing(vocabulary, store))


def check_sizes(milvus: Milvus, manifest: MilvusManifest) -> None:
    """Compare the sizes of the collections of a generation with its manifest.

    Raises:
        IndexCorrupt: If they differ, or a collection is gone.
    """
    name = manifest.generation
    expected = {names.passages_of(name): manifest.passages, names.cells_of(name): manifest.cells + 1}
    for collection, size in expected.items():
        try:
            [found] = milvus.read(
                "query", collection, filter="", output_fields=["count(*)"], consistency_level="Strong"
            )
        except NotFound as error:
            raise lost(name, error.message) from error
        if found["count(*)"] != size:
            raise lost(name, f"{collection} has {found['count(*)']} of {size} rows")
