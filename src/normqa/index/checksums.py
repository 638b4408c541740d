"""Checksums of the files that make up an index, and of the rows in them."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from normqa.errors import IndexCorrupt

REBUILD = "Run normqa build."

TRUST_ABOVE = 1_000_000
"""Larger files are trusted by size and time; smaller ones are few and are read at every opening."""


class Frozen(BaseModel):
    """Base class of data that is written once and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FileChecksum(Frozen):
    """A file as it was written.

    Attributes:
        size: In bytes.
        modified: Nanoseconds since 1970.
        sha256: SHA-256 of its bytes.
    """

    size: int
    modified: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "FileChecksum":
        """Measure a file."""
        stat = path.stat()
        return cls(size=stat.st_size, modified=stat.st_mtime_ns, sha256=file_sha256(path))


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def row_checksum(values: Iterable[object]) -> int:
    """Return the CRC-32 of the values of a row: texts, numbers and bytes."""
    return zlib.crc32(ascii(tuple(values)).encode())


def measure(folder: Path) -> dict[str, FileChecksum]:
    """Measure every file in and below a folder, by relative name. Hidden files are locks and are ignored."""
    files = (path for path in sorted(folder.rglob("[!.]*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): FileChecksum.of(path) for path in files}


def check(
    folder: Path, files: Mapping[str, FileChecksum], *, whole: bool = False, trust_above: int = TRUST_ABOVE
) -> None:
    """Compare files with their checksums.

    A large file with the recorded size and time is trusted, so opening costs the same however large the
    index is, and any change by a program is still found.

    Args:
        folder: Where the files are.
        files: Checksums by name.
        whole: Read large files too.
        trust_above: Bytes above which a file counts as large.

    Raises:
        IndexCorrupt: If a file is missing or differs. The message names it.
    """
    for name, recorded in files.items():
        path = folder / name
        try:
            stat = path.stat()
            untouched = (stat.st_size, stat.st_mtime_ns) == (recorded.size, recorded.modified)
            is_trusted = untouched and recorded.size > trust_above and not whole
            same = is_trusted or (stat.st_size == recorded.size and file_sha256(path) == recorded.sha256)
        except FileNotFoundError:
            raise IndexCorrupt(f"{path} is missing.", REBUILD) from None
        except OSError as error:
            raise IndexCorrupt(f"{path} cannot be read ({error.strerror}).", REBUILD) from None
        if not same:
            raise IndexCorrupt(f"{path} is corrupted: checksum mismatch.", REBUILD)
