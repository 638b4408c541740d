"""The bytes that determine a document: those of its file, and of the sidecar that describes it."""

import hashlib
from dataclasses import dataclass

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
