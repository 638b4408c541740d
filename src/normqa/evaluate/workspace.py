"""Indexes of collections, kept between evaluations and apart from the product's own."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from normqa.build.build import BuildOptions, build_index
from normqa.build.fingerprints import fingerprints_of
from normqa.build.plan import Corpus, read_inputs
from normqa.build.progress import Progress, TimedProgress
from normqa.datatypes import Document
from normqa.errors import IndexFault
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.load.content import Content
from normqa.load.loaded import Loaded
from normqa.models.protocols import Encoder


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
    name: str, documents: Sequence[Document], encoder: Encoder, work: Path, progress: Progress
) -> Generation:
    """Open the index of a collection, and build it first if it is missing or stale.

    Raises:
        EncoderUnavailable: If the encoder fails.
        IndexBusy: If another process is building it.
        IndexNotWritable: If the folder cannot be written.
    """
    fingerprints = fingerprints_of(encoder, max_file_bytes=0)
    sources = [_LoadedSource(document) for document in documents]
    inputs = read_inputs(sources, fingerprints)
    content = json.dumps([fingerprints.model_dump(), dict(inputs.files)], sort_keys=True)
    folder = IndexFolder(work / f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:16]}")
    try:
        return Generation.open(folder, folder.current().name)
    except IndexFault:
        pass
    others = [IndexFolder(path) for path in sorted(work.glob(f"{name}-*"))]
    options = BuildOptions(max_file_bytes=0, keep=1, allow_empty=True)
    with folder.build_lock():
        corpus = Corpus(f"The collection {name}", sources)
        built = build_index(corpus, fingerprints, folder, encoder, options, TimedProgress(progress), others)
    if built.manifest is None:
        raise AssertionError("a build that is not a dry run has a manifest")
    return Generation.open(folder, built.manifest.generation)
