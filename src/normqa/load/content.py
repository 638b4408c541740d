"""The bytes that determine a document: those of its file, and of the sidecar that describes it."""

import errno
import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

SIDECAR = ".meta.yaml"
"""A file ``report.pdf.meta.yaml`` has the metadata of ``report.pdf``, as front matter has it."""


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes that determine a document.

    Attributes:
        body: The bytes of the file.
        sidecar: The bytes of its sidecar; None if it has none.
    """

    body: bytes
    sidecar: bytes | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the file, and of its sidecar if it has one."""
        digest = hashlib.sha256(self.body)
        if self.sidecar is not None:
            digest.update(hashlib.sha256(self.sidecar).digest())
        return digest.hexdigest()


def read_regular(path: Path) -> bytes:
    """Read a file, and nothing that only looks like one: reading a pipe or a device may never end.

    Raises:
        OSError: If it cannot be read, or is not a regular file.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
    return path.read_bytes()
