"""File modes: whoever may read the whole corpus may read the index, and nobody else.

The mode of the index folder is the mode of everything in it. A build narrows that mode to the readers of the
corpus and never widens it, so an administrator may narrow it further by hand.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

_FOLDER, _FILE = 0o755, 0o644
"""The widest modes."""

_READ, _ENTER = 0o4, 0o5
_GROUP, _OTHERS = stat.S_IRWXG, stat.S_IRWXO


def narrow(folder: Path, sources: Iterable[Path]) -> None:
    """Close a folder, and everything in it, to users who may not read all of the sources.

    Args:
        folder: Folder of the index.
        sources: Files and folders of the corpus. One that is gone does not count.

    Raises:
        OSError: If a mode cannot be changed.
    """
    status = folder.stat()
    closed = 0
    for source in sources:
        closed |= _closed_to(source, status.st_gid)
    if status.st_mode & closed:
        for path in [folder, *folder.rglob("*")]:  # the folder first, which closes everything inside
            if not path.is_symlink():
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~closed)


def mode_of(index: Path) -> int:
    """Return the mode of the folders in an index folder."""
    return stat.S_IMODE(index.stat().st_mode) & _FOLDER


def set_mode(path: Path, mode: int) -> None:
    """Let a file or folder in an index have its mode: libraries make some of their files private."""
    path.chmod(mode if path.is_dir() else mode & _FILE)


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only its owner may read."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _closed_to(source: Path, group: int) -> int:
    """Return the permission bits of users who may not read a source.

    Args:
        source: The file or folder.
        group: The group of the index.
    """
    try:
        status = source.stat()
    except OSError:
        return 0
    needed = _ENTER if stat.S_ISDIR(status.st_mode) else _READ
    others_may = status.st_mode & needed == needed
    # Members of another group are others to the source.
    group_may = status.st_mode >> 3 & needed == needed if status.st_gid == group else others_may
    return (0 if group_may else _GROUP) | (0 if others_may else _OTHERS)
