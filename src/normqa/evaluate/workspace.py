"""Indexes of collections, kept between evaluations and away from the product's own."""

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from normqa.build.assemble import Assembly
from normqa.build.build import fingerprints_of
from normqa.build.prepare import Source, prepare
from normqa.build.progress import Progress, TimedProgress
from normqa.build.reuse import encodings
from normqa.datatypes import Document
from normqa.errors import IndexFault
from normqa.index.generation import Generation, current
from normqa.index.ivf import ANN_THRESHOLD
from normqa.index.lock import alone
from normqa.index.plan import BuildInputs, CorpusDiff
from normqa.load.loaders import Loaded
from normqa.models.protocols import Encoder


def open_collection(
    name: str, documents: Sequence[Document], encoder: Encoder, work: Path, progress: Progress
) -> Generation:
    """Opens the index of a collection, and builds it first if it is not there or was made otherwise.

    Raises:
        EncoderUnavailable: If the encoder fails.
        IndexBusy: If another process is building it.
        IndexNotWritable: If the folder cannot be written.
    """
    fingerprints = fingerprints_of(encoder, max_file_bytes=0)
    recipe = BuildInputs(
        fingerprints, {document.id: _sha256(document.title, document.sha256) for document in documents}
    )
    made_of = json.dumps([fingerprints.model_dump(), dict(recipe.files)], sort_keys=True)
    index = work / f"{name}-{_sha256(made_of)[:16]}"
    try:
        return Generation.open(index, current(index).name)
    except IndexFault:
        sources = {
            document.id: Source(document.id, len(document.text), partial(Loaded, document, None))
            for document in documents
        }
        timed = TimedProgress(progress)
        with alone(index):
            shards = prepare(recipe, sources, encoder, None, timed)
            known = encodings(*sorted(work.glob(f"{name}-*")))
            assembly = Assembly(fingerprints, shards, encoder, known, CorpusDiff(), [], timed)
            return Generation.open(index, assembly.write(index, keep=1, exact_limit=ANN_THRESHOLD).generation)


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
