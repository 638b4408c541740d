"""Read the file that a document was made from, if it is still the file that was indexed."""

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote as percent_encode

from normqa.errors import OriginalChanged
from normqa.index.entries import Original
from normqa.load.content import read_content
from normqa.load.corpus import sidecar_of

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPENDOCUMENT = "application/vnd.oasis.opendocument"
_MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".epub": "application/epub+zip",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".odt": f"{_OPENDOCUMENT}.text",
    ".odp": f"{_OPENDOCUMENT}.presentation",
}


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """The file that a document was made from.

    Attributes:
        name: Its name without folders.
        body: Its bytes.
        sha256: SHA-256 of its content.
    """

    name: str
    body: bytes
    sha256: str

    @property
    def headers(self) -> dict[str, str]:
        """Headers that let no browser run it as a page of this server."""
        suffix = PurePosixPath(self.name).suffix.lower()
        kind = "inline" if suffix == ".pdf" else "attachment"
        return {
            "Content-Type": _MEDIA_TYPES.get(suffix, "application/octet-stream"),
            "Content-Disposition": f"{kind}; filename*=UTF-8''{percent_encode(self.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        }


def read_original(corpus: Path, original: Original | None, max_file_bytes: int) -> OriginalFile:
    """Return the file that a document was made from.

    Its name comes from the index and never from a request. A link that leaves the corpus is not followed.

    Args:
        corpus: Folder of documents.
        original: The file, as the index knows it.
        max_file_bytes: Larger files are not read.

    Raises:
        OriginalChanged: If the file is gone, or differs from the one that was indexed.
    """
    if original is None:
        raise OriginalChanged("The index does not know the file of this document.")
    path = corpus / original.file
    try:
        is_inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(corpus))
        if not is_inside or path.stat().st_size > max_file_bytes:
            raise OriginalChanged(f"{original.file!r} is no longer the file that was indexed.")
        content = read_content(path, sidecar_of(path))
    except (OSError, ValueError) as error:
        raise OriginalChanged(f"{original.file!r} can no longer be read.") from error
    if content.sha256 != original.sha256:
        raise OriginalChanged(f"{original.file!r} has changed since it was indexed.")
    return OriginalFile(path.name, content.body, content.sha256)
