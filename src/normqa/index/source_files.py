"""What a shard says of the files that it was made of, in ``files.json``."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from normqa.errors import IndexCorrupt
from normqa.index.checksums import REBUILD, Frozen

NAME = "files.json"


class FileEntry(Frozen):
    """One file of the corpus that was read.

    Attributes:
        sha256: Of its bytes.
        document: Id of the document that it gave; None if it gave none.
        text_sha256: Of that document's canonical text.
        characters: In that text, in code points.
        passages: That it was split into.
        problem: What there was to say about the file.
    """

    sha256: str
    document: str | None = None
    text_sha256: str | None = None
    characters: int = 0
    passages: int = 0
    problem: str | None = None


_FILES = TypeAdapter(dict[str, FileEntry])


def write_files(folder: Path, files: Mapping[str, FileEntry]) -> None:
    """Writes what is to be said of the files of a shard, by name."""
    (folder / NAME).write_bytes(_FILES.dump_json(dict(files)))


def read_files(folder: Path) -> dict[str, FileEntry]:
    """Reads it again.

    Raises:
        IndexCorrupt: If it is missing or unreadable.
    """
    try:
        return _FILES.validate_json((folder / NAME).read_bytes())
    except (OSError, ValidationError) as error:
        raise IndexCorrupt(
            f"{folder / NAME} cannot be read: {str(error).splitlines()[0]}.", REBUILD
        ) from None
