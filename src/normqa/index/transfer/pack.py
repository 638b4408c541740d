"""Export the current generation."""

import os
import tarfile
from pathlib import Path
from tempfile import NamedTemporaryFile

from normqa.errors import OutputNotWritable
from normqa.index.disk import access
from normqa.index.folder import IndexFolder, fsync
from normqa.index.manifest import MANIFEST, Manifest
from normqa.index.transfer.archive import SUFFIX, members_of


def export_current(folder: IndexFolder, target: Path) -> tuple[Manifest, Path]:
    """Write the current generation into one file, after every byte of it was checked.

    Args:
        folder: Where it is.
        target: The file, or a folder in which the file is named after the generation.

    Returns:
        Its manifest and the file. Only those who may read the index may read the file.

    Raises:
        IndexCorrupt: If it is damaged.
        IndexMissing: If nothing was built.
        OutputNotWritable: If the file cannot be written.
    """
    manifest = folder.checked_manifest(folder.current().name, whole=True)
    path = target / f"{manifest.generation}{SUFFIX}" if target.is_dir() else target
    aside = None
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
            aside = Path(file.name)
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
                _add(archive, folder.generation(manifest.generation) / MANIFEST, MANIFEST)
                for member in members_of(manifest):
                    own = (
                        folder.shard(member.shard) if member.shard else folder.generation(manifest.generation)
                    )
                    _add(archive, own / member.part, member.name)
        access.set_mode(aside, access.mode_of(folder.path))
        fsync(aside)
        aside.replace(path)
        fsync(path.parent)
    except OSError as error:
        raise OutputNotWritable(
            f"The generation cannot be exported to {path} ({error.strerror or error}).",
            "Free space on its disk, check its permissions, or choose another file.",
        ) from error
    finally:
        if aside:
            aside.unlink(missing_ok=True)
    return manifest, path


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """Add a file without its owner and time, so that equal generations give equal archives."""
    member = tarfile.TarInfo(name)
    with path.open("rb") as file:
        member.size = os.fstat(file.fileno()).st_size
        archive.addfile(member, file)
