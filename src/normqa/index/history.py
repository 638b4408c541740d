"""The generations that stand in an index folder: what they were, whether they are whole, and the way back."""

from dataclasses import dataclass
from pathlib import Path

from normqa.errors import IndexCorrupt, IndexFault, UnknownGeneration
from normqa.index.checksums import REBUILD
from normqa.index.generation import (
    Generation,
    checked_manifest,
    current,
    generation_folder,
    generation_names,
    publish,
    shard_folder,
)
from normqa.index.lock import alone
from normqa.index.manifest import COPY, Manifest
from normqa.index.manifest import NAME as MANIFEST
from normqa.index.report import Report


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """A generation that stands in an index folder.

    Attributes:
        name: Of the generation.
        in_force: Whether it answers.
        rolled_back: Whether it does so because somebody went back to it.
        manifest: What it is; None where that cannot be read.
        report: What its build did; likewise.
        fault: What is wrong with it.
    """

    name: str
    in_force: bool
    rolled_back: bool
    manifest: Manifest | None
    report: Report | None
    fault: IndexCorrupt | None


def generations(index: Path, *, whole: bool = False) -> list[GenerationInfo]:
    """Every generation that stands in an index folder, the newest first.

    Args:
        index: The folder.
        whole: Read every byte of them, and look for files that do not belong there.
    """
    try:
        pointer = current(index)
        name, rolled_back = pointer.name, pointer.rolled_back
    except IndexFault:
        name, rolled_back = "", False
    return [
        _past(index, each, whole=whole, in_force=each == name, rolled_back=each == name and rolled_back)
        for each in generation_names(index)
    ]


def roll_back(index: Path, name: str | None) -> Manifest:
    """Puts an older generation in force again, and lets it say so in every answer.

    Args:
        index: Folder of generations.
        name: Of one; None for the one before that in force.

    Returns:
        Its manifest.

    Raises:
        IndexBusy: If another process is building.
        IndexCorrupt: If it is damaged.
        IndexMissing: If nothing has been built.
        IndexNotWritable: If the folder cannot be written.
        UnknownGeneration: If there is no such generation.
    """
    in_force = current(index).name
    names = generation_names(index)
    if name is None:
        older = [each for each in names if each < in_force]
        if not older:
            raise UnknownGeneration(f"There is no generation before {in_force}.")
        name = older[0]
    if name not in names:
        raise UnknownGeneration(f"There is no generation {name!r}.")
    with alone(index):
        manifest = Generation.open(index, name).manifest
        publish(index, name, rolled_back=name != names[0])
    return manifest


def _past(index: Path, name: str, *, whole: bool, in_force: bool, rolled_back: bool) -> GenerationInfo:
    manifest = report = fault = None
    folder = generation_folder(index, name)
    try:
        manifest = Manifest.read(folder)
        report = Report.read(folder)
        checked_manifest(index, name, whole=whole)
        if whole:
            _check_names(folder, {*manifest.parts, MANIFEST, COPY})
            for shard in manifest.shards:
                _check_names(shard_folder(index, shard.name), set(shard.parts))
    except IndexCorrupt as error:
        fault = error
    return GenerationInfo(name, in_force, rolled_back, manifest, report, fault)


def _check_names(folder: Path, names: set[str]) -> None:
    for path in sorted(folder.rglob("*")):
        is_lock = path.name.startswith(".tantivy")  # which holds nothing, and comes and goes
        if path.is_file() and not is_lock and path.relative_to(folder).as_posix() not in names:
            raise IndexCorrupt(f"{path} does not belong there.", REBUILD)
