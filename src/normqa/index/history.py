"""List the generations that are kept, check them, and roll back to one."""

from dataclasses import dataclass
from pathlib import Path

from normqa.errors import EncoderMismatch, IndexCorrupt, UnknownGeneration
from normqa.index.backend import GenerationManifest
from normqa.index.checksums import REBUILD
from normqa.index.disk.pointer import Pointer
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.index.manifest import MANIFEST, MANIFEST_COPY, Manifest
from normqa.index.report import Report


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """A generation that is kept.

    Attributes:
        name: Its name.
        in_force: Whether it is the current one.
        rolled_back: Whether it is current because an administrator rolled back to it.
        manifest: Its manifest; None if that cannot be read.
        report: Report of its build; None if that cannot be read.
        fault: Why it cannot be used; None if it is intact.
    """

    name: str
    in_force: bool
    rolled_back: bool
    manifest: GenerationManifest | None
    report: Report | None
    fault: IndexCorrupt | None


def generations(folder: IndexFolder, *, whole: bool = False) -> list[GenerationInfo]:
    """Return every generation that is kept, newest first.

    Args:
        folder: Where they are.
        whole: Read every byte of them, and report files that are not part of them.
    """
    current = folder.current_or_none() or Pointer("")
    return [_inspect(folder, name, current, whole=whole) for name in folder.ever_current()]


def roll_back(folder: IndexFolder, name: str | None, encoder: str) -> Manifest:
    """Make an older generation the current one; its answers say so until the next build.

    Args:
        folder: Where the generations are.
        name: Name of the generation. Default: the one before the current one.
        encoder: Fingerprint of the encoder in use.

    Returns:
        Its manifest.

    Raises:
        EncoderMismatch: If another encoder built it, so that no question could be asked.
        IndexBusy: If another process is building.
        IndexCorrupt: If it is damaged.
        IndexMissing: If nothing was built.
        IndexNotWritable: If the folder cannot be written.
        UnknownGeneration: If there is no such generation.
    """
    folder.current()  # an index that was never built gets no lock file
    with folder.build_lock():
        current, names = folder.current(), folder.ever_current()
        if name is None:
            older = names[names.index(current.name) + 1 :]
            if not older:
                raise UnknownGeneration(f"There is no generation before {current.name}.")
            name = older[0]
        if name not in names:
            raise UnknownGeneration(f"There is no generation {name!r}.")
        manifest = Generation.open(folder, name).manifest
        if manifest.fingerprints.encoder != encoder:
            raise EncoderMismatch(
                f"Generation {name} was built by another encoder ({manifest.encoder_name!r}), and could not"
                " answer questions: the encoder in use differs in model, version, prefixes or device.",
                "Choose the encoder that built it, or build the index.",
            )
        newest = current.newest or names[0]
        folder.publish(name, rolled_back_from=newest if name != newest else None)
    return manifest


def _inspect(folder: IndexFolder, name: str, current: Pointer, *, whole: bool) -> GenerationInfo:
    manifest = report = fault = None
    path = folder.generation(name)
    try:
        manifest = Manifest.read(path)
        report = Report.read(path)
        folder.checked_manifest(name, whole=whole)
        if whole:
            _check_names(path, {*manifest.parts, MANIFEST, MANIFEST_COPY})
            for shard in manifest.shards:
                _check_names(folder.shard(shard.name), set(shard.parts))
    except IndexCorrupt as error:
        fault = error
    is_current = name == current.name
    return GenerationInfo(name, is_current, is_current and current.rolled_back, manifest, report, fault)


def _check_names(folder: Path, names: set[str]) -> None:
    for path in sorted(folder.rglob("*")):
        is_lock = path.name.startswith(".tantivy")  # tantivy creates and removes empty locks
        if path.is_file() and not is_lock and path.relative_to(folder).as_posix() not in names:
            raise IndexCorrupt(f"{path} is not part of this generation.", REBUILD)
