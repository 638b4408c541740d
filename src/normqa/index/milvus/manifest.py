"""The manifest of a generation in Milvus, the last cell that a build writes."""

from pydantic import BaseModel, ValidationError

from normqa.errors import IndexCorrupt
from normqa.index.checksums import REBUILD, Frozen
from normqa.index.manifest import Fingerprints
from normqa.index.milvus.cells import Cells
from normqa.index.milvus.faults import lost

FORMAT = 1
"""Increased whenever generations of an older normqa can no longer be read."""

CELL = "manifest"


class _Format(BaseModel):
    format: int


class MilvusManifest(Frozen):
    """The manifest of one generation.

    Attributes:
        format: :data:`FORMAT` when it was written.
        generation: Name of the generation.
        built_at: ISO 8601, UTC.
        encoder_name: Setting that chose the encoder.
        fingerprints: Fingerprints of the stages that made the generation.
        dimension: Dimension of the vectors.
        documents: Number of documents.
        passages: Number of passages.
        cells: Number of rows with cells, without this one.
        is_approximate: Whether dense search is approximate.
    """

    format: int
    generation: str
    built_at: str
    encoder_name: str
    fingerprints: Fingerprints
    dimension: int
    documents: int
    passages: int
    cells: int
    is_approximate: bool

    @classmethod
    def read(cls, cells: Cells, name: str) -> "MilvusManifest":
        """Read the manifest of a generation.

        Raises:
            IndexCorrupt: If it is missing, damaged, or of another format.
        """
        raw = cells.one(CELL)
        try:
            written = _Format.model_validate_json(raw).format
            if written != FORMAT:
                raise IndexCorrupt(
                    f"Generation {name} in Milvus has format {written}; this version of normqa reads format"
                    f" {FORMAT}.",
                    REBUILD,
                )
            manifest = cls.model_validate_json(raw)
        except ValidationError as error:
            raise lost(name, "its manifest cannot be read") from error
        if manifest.generation != name:
            raise lost(name, f"it contains another generation, {manifest.generation}")
        return manifest
