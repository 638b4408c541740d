"""Indexes of collections, kept between evaluations and away from the product's own."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from normqa.datatypes import Document
from normqa.embed import Encoder
from normqa.errors import IndexFault
from normqa.index.assemble import assemble
from normqa.index.generation import Generation, current_name, generation_folders
from normqa.index.manifest import Recipe
from normqa.index.progress import Progress
from normqa.load.corpus import loader_fingerprint
from normqa.split import splitter_fingerprint


def open_collection(
    name: str, documents: Sequence[Document], encoder: Encoder, work: Path, progress: Progress
) -> Generation:
    """Opens the index of a collection, and builds it first if it is not there or was made otherwise.

    Raises:
        EncoderUnavailable: If the encoder fails.
        IndexNotWritable: If the folder cannot be written.
    """
    recipe = Recipe(
        encoder=encoder.fingerprint,
        splitter=splitter_fingerprint(),
        loader=loader_fingerprint(0),
        files={document.id: _sha256(document.title, document.sha256) for document in documents},
    )
    index = work / f"{name}-{_sha256(recipe.model_dump_json())[:16]}"
    try:
        return Generation.open(index, current_name(index))
    except IndexFault:
        kin = [index, *sorted(work.glob(f"{name}-*"))]
        earlier = [folder for each in kin for folder in generation_folders(each)]
        built = assemble(index, documents, encoder, recipe, [], earlier, progress)
        return Generation.open(index, built.generation)


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
