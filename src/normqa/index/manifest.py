"""What a generation was made of, and the checksums of the files that it consists of."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from normqa.errors import IndexCorrupt
from normqa.index.checksums import REBUILD, FileChecksum, Frozen
from normqa.index.ivf import Lists

FORMAT = 4
"""Raised whenever a generation written by an older normqa can no longer be read."""

NAME = "manifest.json"
COPY = "manifest.copy.json"
"""Where the manifest is damaged, its copy still tells which documents had gone or changed."""

_DIGEST = "sha256"


class _Format(BaseModel):
    """All that is asked of a manifest before its format is known."""

    format: int


class Fingerprints(Frozen):
    """What turned files into passages and vectors: the same files and the same of these give the same index.

    Attributes:
        encoder: Fingerprint of the encoder.
        splitter: Fingerprint of the splitter.
        loader: Fingerprint of the loaders.
    """

    encoder: str
    splitter: str
    loader: str


class ShardEntry(Frozen):
    """One shard of a generation.

    Attributes:
        name: Of its folder.
        key: Names what it was made of.
        documents: How many it holds.
        passages: Likewise.
        parts: Its files, by name.
    """

    name: Annotated[str, Field(pattern=r"^[0-9TZ.-]+$")]
    key: str
    documents: int
    passages: int
    parts: dict[str, FileChecksum]


class Manifest(Frozen):
    """The description of one generation.

    Attributes:
        format: :data:`FORMAT` when it was written.
        generation: Its name.
        built_at: ISO 8601, UTC.
        encoder_name: The setting that chose the encoder.
        fingerprints: What made it.
        dimension: Of the vectors.
        lists: How its dense index is searched; None for exactly.
        shards: A document stands in the one that its id says.
        parts: The generation's own files beside this one, by name.
    """

    format: int
    generation: str
    built_at: str
    encoder_name: str
    fingerprints: Fingerprints
    dimension: int
    lists: Lists | None = None
    shards: tuple[ShardEntry, ...]
    parts: dict[str, FileChecksum]

    @property
    def documents(self) -> int:
        """How many there are in all."""
        return sum(shard.documents for shard in self.shards)

    @property
    def passages(self) -> int:
        """How many there are in all."""
        return sum(shard.passages for shard in self.shards)

    def write(self, folder: Path) -> None:
        """Writes the manifest, with a checksum of its own, into the folder of its generation."""
        content = {_DIGEST: self._digest(), **self.model_dump(mode="json")}
        for name in (NAME, COPY):
            (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, name: str = NAME) -> "Manifest":
        """Reads the manifest of a generation, or its copy.

        Raises:
            IndexCorrupt: If it is missing, unreadable, of another format, or not what was written.
        """
        path = folder / name
        try:
            raw = path.read_bytes()
            written_as = _Format.model_validate_json(raw).format
            if written_as != FORMAT:
                raise IndexCorrupt(
                    f"{path} has format {written_as}; this normqa reads format {FORMAT}.", REBUILD
                )
            content: dict[str, Any] = json.loads(raw)
            digest = content.pop(_DIGEST, None)
            manifest = cls.model_validate(content)
        except FileNotFoundError:
            raise IndexCorrupt(f"{path} is missing.", REBUILD) from None
        except (OSError, ValueError, ValidationError) as error:
            raise IndexCorrupt(f"{path} cannot be read: {str(error).splitlines()[0]}.", REBUILD) from None
        if digest != manifest._digest():
            raise IndexCorrupt(f"{path} is not what was written there.", REBUILD)
        return manifest

    def _digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
