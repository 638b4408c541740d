"""Whether anything in an index folder has changed, without reading it."""

import stat
from pathlib import Path

State = frozenset[tuple[str, int, int, int]]


def state_of(folder: Path) -> State:
    """Return the names, sizes, times and inodes of all files, but for hidden ones, which are locks."""
    found = set()
    for path in folder.rglob("[!.]*"):
        try:
            status = path.stat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            found.add((str(path), status.st_size, status.st_mtime_ns, status.st_ino))
    return frozenset(found)
