"""Indexes of collections, kept between evaluations and apart from the product's own."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from normqa.build.build import BuildOptions
from normqa.build.fingerprints import fingerprints_of
from normqa.build.plan import Corpus, read_inputs
from normqa.build.progress import Progress
from normqa.datatypes import Document
from normqa.index.backend import Backend
from normqa.index.folder import IndexFolder
from normqa.load.content import Content
from normqa.load.loaded import Loaded
from normqa.models.protocols import Encoder
from normqa.storage.folder import FolderHome
from normqa.storage.home import IndexHome


@dataclass(frozen=True, slots=True)
class _LoadedSource:
    """A document of a collection, in place of a file."""

    document: Document

    @property
    def name(self) -> str:
        return self.document.id

    @property
    def id(self) -> str:
        return self.document.id

    @property
    def size(self) -> int:
        return len(self.document.text)

    def read(self) -> Content:
        return Content(f"{self.document.title}\n{self.document.sha256}".encode())

    def load(self, content: Content) -> Loaded:  # noqa: ARG002 - the document is loaded already
        return Loaded(self.document, None)


def open_collection(
    name: str,
    documents: Sequence[Document],
    encoder: Encoder,
    work: Path,
    progress: Progress,
    index: IndexHome | None = None,
) -> Backend:
    """Open the index of a collection, and build it first if it is missing or stale.

    Args:
        name: Name of the collection.
        documents: Its documents.
        encoder: Encodes them.
        work: Folder with one index for each collection and encoder, which share vectors.
        progress: Receives the progress of the build.
        index: Where to build instead. What is there is replaced.

    Raises:
        EncoderUnavailable: If the encoder fails.
        IndexBusy: If another process is building it.
        IndexNotWritable: If the index cannot be written.
        IndexUnavailable: If a server does not respond.
    """
    corpus = Corpus(f"The collection {name}", [_LoadedSource(document) for document in documents])
    options = BuildOptions(max_file_bytes=0, keep=1, allow_empty=True)
    index = index or FolderHome(IndexFolder(work / f"{name}-{_digest(corpus, encoder, options)}"))
    others = [IndexFolder(path) for path in sorted(work.glob(f"{name}-*"))]
    index.build(corpus, encoder, options, progress, None, others)
    return index.open_current().generation


def _digest(corpus: Corpus, encoder: Encoder, options: BuildOptions) -> str:
    """Return a name for everything that determines the index of a corpus."""
    inputs = read_inputs(corpus.sources, fingerprints_of(encoder, options.max_file_bytes))
    content = json.dumps([inputs.fingerprints.model_dump(), dict(inputs.files)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
