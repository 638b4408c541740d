"""The files that an index consists of, and whether they are still what was written."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from normqa.errors import IndexCorrupt

REBUILD = "Run normqa build."

_SMALL_BYTES = 1_000_000
"""Files up to this size are read whole at every opening; there are few enough of them."""


class Frozen(BaseModel):
    """What is written once and read as it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FileChecksum(Frozen):
    """One file as it was written.

    Attributes:
        size: In bytes.
        modified: When, in nanoseconds since 1970.
        sha256: Of its bytes.
    """

    size: int
    modified: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "FileChecksum":
        """The file as it is now."""
        about = path.stat()
        return cls(size=about.st_size, modified=about.st_mtime_ns, sha256=_sha256(path))


def measure(folder: Path) -> dict[str, FileChecksum]:
    """Every file in a folder and below, by its name relative to that; hidden ones, locks, are left out."""
    files = (path for path in sorted(folder.rglob("[!.]*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): FileChecksum.of(path) for path in files}


def check(folder: Path, parts: Mapping[str, FileChecksum], *, whole: bool = False) -> None:
    """Compares files with what was written.

    A large file that has the size and the time of its writing is believed to be the same; all others are
    read. So opening costs the same however large the index is, and what a program did to it still comes out.

    Args:
        folder: Where they are.
        parts: What was written there, by name.
        whole: Read the large ones too.

    Raises:
        IndexCorrupt: If one is missing or differs; it is named.
    """
    for name, part in parts.items():
        path = folder / name
        try:
            about = path.stat()
            untouched = (about.st_size, about.st_mtime_ns) == (part.size, part.modified)
            believed = untouched and part.size > _SMALL_BYTES and not whole
            same = about.st_size == part.size and (believed or _sha256(path) == part.sha256)
        except FileNotFoundError:
            raise IndexCorrupt(f"{path} is missing.", REBUILD) from None
        except OSError as error:
            raise IndexCorrupt(f"{path} cannot be read ({error.strerror}).", REBUILD) from None
        if not same:
            raise IndexCorrupt(f"{path} is not what was written there.", REBUILD)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
