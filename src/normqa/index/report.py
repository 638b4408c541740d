"""Record what a build did: the files it read, the changes it found, and its report."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from normqa.errors import IndexCorrupt
from normqa.index.checksums import REBUILD, Frozen
from normqa.index.manifest import Fingerprints
from normqa.load.problem import Problem

FILES = "files.json"

_REPORT = "report.json"


class FileEntry(Frozen):
    """A file of the corpus that was read.

    Attributes:
        sha256: SHA-256 of its bytes; empty if it could not be read.
        document: Id of its document; None if it has none.
        text_sha256: SHA-256 of the document's canonical text.
        characters: Length of that text, in code points.
        passages: Number of passages.
        glyph_map_bytes: Size of the map from its text to the glyphs on its pages.
        problem: Problem with the file; None if it was read without one.
    """

    sha256: str
    document: str | None = None
    text_sha256: str | None = None
    characters: int = 0
    passages: int = 0
    glyph_map_bytes: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class BuildInputs:
    """Everything that determines a generation: equal inputs give an equal index.

    Attributes:
        fingerprints: What loads, splits, encodes and indexes.
        files: Sha256 of the bytes of every file that is read, by name.
    """

    fingerprints: Fingerprints
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CorpusDiff:
    """How the corpus differs from a generation.

    Attributes:
        added: Files that are new.
        changed: Files with other bytes.
        renamed: Files with the same bytes under another name: old name, new name.
        removed: Files that are gone.
        kept: Files that are unchanged.
        settings: Names of the fingerprints that differ.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.changed or self.renamed or self.removed or self.settings)


class Report(Frozen):
    """What a build did.

    Attributes:
        update: Changes since the previous generation.
        problems: Problems with files of the corpus.
        encoded: Passages that were encoded.
        reused: Passages whose vectors were known. In JSON: ``saved``.
        seconds: Duration of each stage.
    """

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    update: CorpusDiff
    problems: tuple[Problem, ...]
    encoded: int
    reused: int = Field(alias="saved")
    seconds: dict[str, float]

    def write(self, folder: Path) -> None:
        """Write the report into the folder of its generation."""
        (folder / _REPORT).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Report":
        """Read the report of a generation.

        Raises:
            IndexCorrupt: If it is missing or unreadable.
        """
        path = folder / _REPORT
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise IndexCorrupt(f"{path} cannot be read: {str(error).splitlines()[0]}.", REBUILD) from None


def diff_corpus(built: BuildInputs, now: BuildInputs) -> CorpusDiff:
    """Compare the inputs of a generation with those of a build now."""
    added = sorted(now.files.keys() - built.files.keys())
    removed = sorted(built.files.keys() - now.files.keys())
    added_by_hash = defaultdict(list)
    for name in reversed(added):
        if now.files[name]:  # nobody knows what is in files that could not be read
            added_by_hash[now.files[name]].append(name)
    renamed = {old: names.pop() for old in removed if (names := added_by_hash[built.files[old]])}
    new_names = set(renamed.values())
    in_both = sorted(now.files.keys() & built.files.keys())
    return CorpusDiff(
        added=tuple(name for name in added if name not in new_names),
        changed=tuple(name for name in in_both if now.files[name] != built.files[name]),
        renamed=tuple(renamed.items()),
        removed=tuple(name for name in removed if name not in renamed),
        kept=tuple(name for name in in_both if now.files[name] == built.files[name]),
        settings=tuple(
            name
            for name in Fingerprints.model_fields
            if getattr(built.fingerprints, name) != getattr(now.fingerprints, name)
        ),
    )


_FILES = TypeAdapter(dict[str, FileEntry])


def write_files(shard: Path, files: Mapping[str, FileEntry]) -> None:
    """Write the files that a shard was made of, by name."""
    (shard / FILES).write_bytes(dump_files(files))


def dump_files(files: Mapping[str, FileEntry]) -> bytes:
    """Return files as JSON."""
    return _FILES.dump_json(dict(files))


def parse_files(raw: bytes) -> dict[str, FileEntry]:
    """Return the files in JSON.

    Raises:
        ValidationError: If it is malformed.
    """
    return _FILES.validate_json(raw)


def read_files(shard: Path) -> dict[str, FileEntry]:
    """Read the files that a shard was made of, by name.

    Raises:
        IndexCorrupt: If the list is missing or unreadable.
    """
    path = shard / FILES
    try:
        return parse_files(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise IndexCorrupt(f"{path} cannot be read: {str(error).splitlines()[0]}.", REBUILD) from None
