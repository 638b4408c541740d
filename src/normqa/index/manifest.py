"""What a generation was made of, and the digests of the files it consists of."""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from normqa.errors import IndexCorrupt

FORMAT = 3
"""Raised whenever a generation written by an older normqa can no longer be read."""

NAME = "manifest.json"
REBUILD = "Run normqa build --full."


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Format(BaseModel):
    """All that is asked of a manifest before its format is known."""

    format: int


class DocumentEntry(_Frozen):
    """One document: the sha256 of its canonical text, and how many passages it has."""

    sha256: str
    passages: int


class ProblemEntry(_Frozen):
    """One file that was left out or read with a guess."""

    path: str
    reason: str
    skipped: bool


class Recipe(_Frozen):
    """Everything that decides what a generation holds: the same recipe gives the same generation.

    Attributes:
        encoder: Fingerprint of the encoder.
        splitter: Fingerprint of the splitter.
        loader: Fingerprint of the loaders.
        files: Sha256 of the bytes of every file that was read, by name.
    """

    encoder: str
    splitter: str
    loader: str
    files: dict[str, str]


class Manifest(_Frozen):
    """The description of one generation.

    Attributes:
        format: :data:`FORMAT` when it was written.
        generation: Its name.
        built_at: ISO 8601, UTC.
        encoder_name: The setting that chose the encoder.
        recipe: What it was made of.
        documents: By id.
        passages: How many there are in all.
        dimension: Of the vectors.
        problems: What the build had to say about files.
        parts: Sha256 of each of its other files, by name relative to the generation.
    """

    format: int
    generation: str
    built_at: str
    encoder_name: str
    recipe: Recipe
    documents: dict[str, DocumentEntry]
    passages: int
    dimension: int
    problems: list[ProblemEntry]
    parts: dict[str, str]

    def write(self, folder: Path) -> None:
        """Writes the manifest into the folder of its generation."""
        (folder / NAME).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Reads the manifest of a generation.

        Raises:
            IndexCorrupt: If it is missing, unreadable, or of another format.
        """
        path = folder / NAME
        try:
            raw = path.read_bytes()
            written_as = _Format.model_validate_json(raw).format
            if written_as != FORMAT:
                raise IndexCorrupt(
                    f"{path} has format {written_as}; this normqa reads format {FORMAT}.", REBUILD
                )
            return cls.model_validate_json(raw)
        except FileNotFoundError:
            raise IndexCorrupt(f"{path} is missing.", REBUILD) from None
        except (OSError, ValidationError) as error:
            raise IndexCorrupt(f"{path} cannot be read: {str(error).splitlines()[0]}.", REBUILD) from None

    def check_parts(self, folder: Path) -> None:
        """Compares every file of the generation with the digest that was taken when it was written.

        Raises:
            IndexCorrupt: If one is missing or differs; it is named.
        """
        try:
            found = digests(folder)
        except OSError as error:
            raise IndexCorrupt(f"{error.filename} cannot be read ({error.strerror}).", REBUILD) from None
        for name, sha256 in self.parts.items():
            if name not in found:
                raise IndexCorrupt(f"{folder / name} is missing.", REBUILD)
            if found[name] != sha256:
                raise IndexCorrupt(f"{folder / name} is not what was written there.", REBUILD)


def digests(folder: Path) -> dict[str, str]:
    """Sha256 of every file of a generation but its manifest, by name."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != NAME:
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
