"""The manifest of a generation: what it was made of, and the checksums of its files."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from normqa.errors import IndexCorrupt
from normqa.index.checksums import REBUILD, FileChecksum, Frozen
from normqa.index.vectors.dense import IvfParams

FORMAT = 7
"""Increased whenever generations of an older normqa can no longer be read."""

MANIFEST = "manifest.json"
MANIFEST_COPY = "manifest.copy.json"
"""If the manifest is damaged, the copy still shows which documents were removed or changed."""

_DIGEST = "sha256"


class _Format(BaseModel):
    format: int


class Fingerprints(Frozen):
    """Fingerprints of the stages of a build: equal files and fingerprints give an equal index.

    Attributes:
        encoder: Fingerprint of the encoder.
        splitter: Fingerprint of the splitter.
        loader: Fingerprint of the loaders.
        lexical: Fingerprint of the analyzer and the field weights.
    """

    encoder: str
    splitter: str
    loader: str
    lexical: str


class ShardEntry(Frozen):
    """One shard of a generation.

    Attributes:
        name: Name of its folder.
        key: Digest of everything it was made of.
        documents: Number of documents.
        passages: Number of passages.
        parts: Checksums of its files, by name.
    """

    name: Annotated[str, Field(pattern=r"^[0-9TZ.-]+$")]
    key: str
    documents: int
    passages: int
    parts: dict[str, FileChecksum]


class Manifest(Frozen):
    """The manifest of one generation.

    Attributes:
        format: :data:`FORMAT` when it was written.
        generation: Name of the generation.
        built_at: ISO 8601, UTC.
        encoder_name: Setting that chose the encoder.
        fingerprints: Fingerprints of the stages that made the generation.
        dimension: Dimension of the vectors.
        ivf: How the inverted file is searched; None for exact search.
        shards: In order; a document's id determines its shard.
        parts: Checksums of the generation's other files, by name.
    """

    format: int
    generation: str
    built_at: str
    encoder_name: str
    fingerprints: Fingerprints
    dimension: int
    ivf: IvfParams | None = None
    shards: tuple[ShardEntry, ...]
    parts: dict[str, FileChecksum]

    @property
    def documents(self) -> int:
        """Number of documents."""
        return sum(shard.documents for shard in self.shards)

    @property
    def passages(self) -> int:
        """Number of passages."""
        return sum(shard.passages for shard in self.shards)

    def write(self, folder: Path) -> None:
        """Write the manifest, with a digest of its own, and its copy."""
        content = {_DIGEST: self._digest(), **self.model_dump(mode="json")}
        for name in (MANIFEST, MANIFEST_COPY):
            (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, name: str = MANIFEST) -> "Manifest":
        """Read the manifest of a generation, or its copy.

        Raises:
            IndexCorrupt: If it is missing, unreadable, of another format, or changed.
        """
        path = folder / name
        try:
            raw = path.read_bytes()
            written_format = _Format.model_validate_json(raw).format
            if written_format != FORMAT:
                raise IndexCorrupt(
                    f"{path} has format {written_format}; this version of normqa reads format {FORMAT}.",
                    REBUILD,
                )
            content: dict[str, Any] = json.loads(raw)
            digest = content.pop(_DIGEST, None)
            manifest = cls.model_validate(content)
        except FileNotFoundError:
            raise IndexCorrupt(f"{path} is missing.", REBUILD) from None
        except (OSError, ValueError, ValidationError) as error:
            raise IndexCorrupt(f"{path} cannot be read: {str(error).splitlines()[0]}.", REBUILD) from None
        if digest != manifest._digest():
            raise IndexCorrupt(f"{path} is corrupted: checksum mismatch.", REBUILD)
        return manifest

    def _digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
