"""The bytes that determine a document: those of its file, and of the sidecar that describes it."""

import errno
import hashlib
import stat
import time
from dataclasses import dataclass
from pathlib import Path

SIDECAR = ".meta.yaml"
"""A file ``report.pdf.meta.yaml`` has the metadata of ``report.pdf``, as front matter has it."""

_ATTEMPTS, _PAUSE_SECONDS = 5, 0.02


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


def read_content(path: Path, sidecar: Path | None) -> Content:
    """Read a file and its sidecar.

    Raises:
        OSError: See :func:`read_regular`.
    """
    return Content(read_regular(path), read_regular(sidecar) if sidecar else None)


def read_regular(path: Path) -> bytes:
    """Read a file while nothing writes it, so that no text is half old and half new.

    Nothing that only looks like a file is read: reading a pipe or a device may never end.

    Raises:
        OSError: If it cannot be read, is not a regular file, or changes at every attempt.
    """
    for _ in range(_ATTEMPTS):
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        with path.open("rb") as file:
            content = file.read(before.st_size + 1)  # a file that grows for ever has no end
        after = path.stat()
        state = after.st_ino, after.st_size, after.st_mtime_ns
        if state == (before.st_ino, len(content), before.st_mtime_ns):
            return content
        time.sleep(_PAUSE_SECONDS)
    raise OSError(errno.EAGAIN, "it changes while it is read")
