"""The lock of an index folder: one process writes at a time.

``.lock`` is locked and readable by its owner only, as any user who can open a file can lock it.
``.lock-holder`` says which process holds the lock.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from normqa.errors import IndexBusy
from normqa.index.disk.access import write_private

_PRIVATE = 0o600


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder. The system unlocks it when the process dies.

    Raises:
        IndexBusy: If another process holds the lock. The message names it.
        OSError: If the folder cannot be written.
    """
    lock, holder = FileLock(folder / ".lock", timeout=0, mode=_PRIVATE), folder / ".lock-holder"
    try:
        lock.acquire()
    except Timeout:
        raise IndexBusy(
            f"Another process is building in {folder}{_described(holder)}.", "Wait until it has finished."
        ) from None
    try:
        with suppress(OSError):  # a full disk must not prevent a build, which may free space
            (folder / ".lock").chmod(_PRIVATE)  # earlier versions let everyone read it
            write_private(holder, json.dumps(_this_process()))
        try:
            yield
        finally:
            with suppress(OSError):
                holder.unlink()
    finally:
        lock.release()


def _this_process() -> dict[str, object]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}


def _described(holder: Path) -> str:
    """Describe the process that holds the lock, if that can be read and is no earlier one that died."""
    try:
        about = json.loads(holder.read_bytes())
        pid, host, since = int(about["pid"]), str(about["host"]), str(about["since"])
        is_running = host != socket.gethostname() or _is_running(pid)
    except (OSError, ValueError, LookupError, TypeError, OverflowError):
        return ""
    return f" (process {pid} on {host}, since {since})" if is_running else ""


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True  # as another user
    except ProcessLookupError:
        return False
    return True
