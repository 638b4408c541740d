"""Import a generation from one file. Nothing in the file is trusted before its checksum was compared."""

import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from normqa.errors import ArchiveOutdated, ArchiveUnusable, EncoderMismatch, IndexCorrupt
from normqa.index.checksums import FileChecksum, check
from normqa.index.disk.names import SHARDS, order_of
from normqa.index.disk.pointer import Pointer
from normqa.index.disk.retention import Retention
from normqa.index.folder import IndexFolder
from normqa.index.generation import Generation
from normqa.index.manifest import MANIFEST, MANIFEST_COPY, Manifest
from normqa.index.transfer.archive import Member, members_of

_MAX_MANIFEST_BYTES = 64_000_000
_CHUNK_BYTES = 1 << 20
_ASIDE = ".importing-"
_GENERATION = "generation"


def import_generation(
    archive: Path,
    folder: IndexFolder,
    encoder: str,
    keep: Retention,
    *,
    allow_older: bool = False,
    is_private: bool = True,
) -> Manifest:
    """Make the generation in a file the current one.

    Args:
        archive: The file, written by :func:`normqa.index.transfer.pack.export_current`.
        folder: Folder of generations; it is created if it is missing.
        encoder: Fingerprint of the encoder in use.
        keep: Which generations to keep.
        allow_older: Whether it may be older than one that was current here. That counts as a rollback.
        is_private: Whether only those who can read the file may read the index.

    Returns:
        Its manifest.

    Raises:
        ArchiveOutdated: If it is older than the current one, and that is not allowed.
        ArchiveUnusable: If the file is no export, or damaged.
        EncoderMismatch: If another encoder built it.
        IndexBusy: If another process is building.
        IndexNotWritable: If the index folder cannot be written.
    """
    with _opened(archive) as tar, folder.build_lock():
        if is_private:
            folder.narrow_to([archive])
        folder.prune(folder.ever_current())
        for left in folder.path.glob(f"{_ASIDE}*"):
            shutil.rmtree(left, ignore_errors=True)
        with folder.as_write_error(), TemporaryDirectory(dir=folder.path, prefix=_ASIDE) as aside:
            manifest = _read_manifest(tar, Path(aside) / _GENERATION)
            _check_use(manifest, folder, encoder, allow_older=allow_older)
            if not _is_here(folder, manifest):
                _extract(tar, manifest, Path(aside))
                _move(manifest, Path(aside), folder)
        _publish(manifest.generation, folder, keep)
    return manifest


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    """Open an archive, and blame it for what a tar file can have wrong.

    Raises:
        ArchiveUnusable: If it cannot be read.
    """
    try:
        file = archive.open("rb")
    except OSError as error:
        raise ArchiveUnusable(f"The archive {archive} cannot be read ({error.strerror}).") from None
    try:
        with file, tarfile.open(fileobj=file, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveUnusable(f"The archive {archive} is no export, or it is incomplete ({error}).") from None


def _publish(name: str, folder: IndexFolder, keep: Retention) -> None:
    """Check a generation, make it the current one, and remove those that are not kept."""
    previous = folder.current_or_none()
    Generation.open(folder, name)
    newest = previous.newest or previous.name if previous else name
    if previous != Pointer(name):
        folder.publish(name, rolled_back_from=newest if order_of(newest) > order_of(name) else None)
    always = {name, *([previous.name] if previous else [])}
    folder.prune(keep.kept(folder.generation_names(), always))


def _read_manifest(tar: tarfile.TarFile, aside: Path) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or not first.isreg() or first.size > _MAX_MANIFEST_BYTES:
        raise ArchiveUnusable("The archive does not begin with the manifest of a generation.")
    content = tar.extractfile(first)
    raw = content.read() if content else b""
    aside.mkdir()
    for name in (MANIFEST, MANIFEST_COPY):
        (aside / name).write_bytes(raw)
    try:
        return Manifest.read(aside)
    except IndexCorrupt as error:
        reason = error.message.replace(f"{aside}{os.sep}", "").rstrip(".")
        raise ArchiveUnusable(f"The archive cannot be used: {reason}.") from None


def _check_use(manifest: Manifest, folder: IndexFolder, encoder: str, *, allow_older: bool) -> None:
    if manifest.fingerprints.encoder != encoder:
        raise EncoderMismatch(
            f"The archive was built by another encoder ({manifest.encoder_name!r}), and could not answer"
            " questions: the encoder in use differs in model, version, prefixes or device.",
            "Choose the encoder that built it, or export from a server with the same encoder.",
        )
    current = folder.current_or_none()
    newest = current.newest or current.name if current else ""
    if newest and order_of(manifest.generation) < order_of(newest) and not allow_older:
        raise ArchiveOutdated(manifest.generation, newest)


def _is_here(folder: IndexFolder, manifest: Manifest) -> bool:
    with suppress(IndexCorrupt):
        return folder.checked_manifest(manifest.generation, whole=True) == manifest
    return False


def _extract(tar: tarfile.TarFile, manifest: Manifest, aside: Path) -> None:
    """Write every file that the manifest lists, and accept no other."""
    missing = {member.name: member for member in members_of(manifest)}
    for found in iter(tar.next, None):
        member = missing.pop(found.name, None)
        if member is None or not found.isreg() or found.size != member.checksum.size:
            raise ArchiveUnusable(
                f"The archive contains {found.name[:100]!r}, which its manifest does not list."
            )
        if content := tar.extractfile(found):
            _write(content, aside / member.name, member)
    if missing:
        raise ArchiveUnusable(f"The archive is incomplete: {min(missing)} is missing.")


def _write(content: IO[bytes], path: Path, member: Member) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        while chunk := content.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != member.checksum.sha256:
        raise ArchiveUnusable(f"The archive is damaged: checksum mismatch of {member.name}.")
    _set_time(path, member.checksum)


def _set_time(path: Path, checksum: FileChecksum) -> None:
    """Give a file the time in the manifest, by which opening trusts a large file."""
    os.utime(path, ns=(checksum.modified, checksum.modified))


def _move(manifest: Manifest, aside: Path, folder: IndexFolder) -> None:
    """Move the shards that are not here yet, then the generation."""
    for shard in manifest.shards:
        target = folder.shard(shard.name)
        with suppress(IndexCorrupt):
            check(target, shard.parts, whole=True)
            continue
        _replace(folder, target, aside / SHARDS / shard.name)
    _replace(folder, folder.generation(manifest.generation), aside / _GENERATION)


def _replace(folder: IndexFolder, target: Path, source: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    with folder.write_aside(target) as place:
        for path in sorted(source.iterdir()):
            path.rename(place / path.name)
