"""What an exported file contains: a tar archive with the manifest first, then every file it lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from normqa.errors import ArchiveUnusable
from normqa.index.checksums import FileChecksum
from normqa.index.disk.names import GENERATION
from normqa.index.manifest import MANIFEST, Manifest

SUFFIX = ".normqa"
"""Ending of exported files."""

_SHARD = re.compile(rf"{GENERATION.pattern}-[0-9]+")
_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_MAX_STEPS = 4


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive.

    Attributes:
        shard: Name of its shard; None if it belongs to the generation itself.
        part: Its name there.
        checksum: As the manifest lists it.
    """

    shard: str | None
    part: str
    checksum: FileChecksum

    @property
    def name(self) -> str:
        """Its name in the archive."""
        return f"shards/{self.shard}/{self.part}" if self.shard else f"generation/{self.part}"


def members_of(manifest: Manifest) -> Iterator[Member]:
    """Yield the files of a generation, without the manifest.

    Raises:
        ArchiveUnusable: If a name could lead out of the index folder.
    """
    if GENERATION.fullmatch(manifest.generation) is None:
        raise _bad_name(manifest.generation)
    listed = [(None, manifest.parts), *((shard.name, shard.parts) for shard in manifest.shards)]
    for shard, parts in listed:
        if shard is not None and _SHARD.fullmatch(shard) is None:
            raise _bad_name(shard)
        for part, checksum in parts.items():
            steps = part.split("/")
            is_plain = all(map(_STEP.fullmatch, steps)) and PurePosixPath(part).as_posix() == part
            if not is_plain or len(steps) > _MAX_STEPS or (shard is None and part == MANIFEST):
                raise _bad_name(part)
            yield Member(shard, part, checksum)


def _bad_name(name: str) -> ArchiveUnusable:
    return ArchiveUnusable(f"The archive contains the name {name[:100]!r}, which no export writes.")
