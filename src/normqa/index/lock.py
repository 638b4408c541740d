"""Lets one builder at a time work in an index folder, and tells the next one who that is."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from normqa.errors import IndexBusy, IndexNotWritable

_LOCK = ".lock"
_HOLDER = ".lock-holder"


@contextmanager
def alone(index: Path) -> Iterator[None]:
    """Holds the lock of an index folder, which is made if it is not there. The system frees it on any end.

    Raises:
        IndexBusy: If another process holds it; it is named.
        IndexNotWritable: If the folder cannot be written, also by what is done inside.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        with FileLock(index / _LOCK, timeout=0):
            holder = {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "since": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            try:
                with suppress(OSError):  # what a killed build left may fill the disk: it can still be removed
                    (index / _HOLDER).write_text(json.dumps(holder), encoding="utf-8")
                yield
            finally:
                with suppress(OSError):
                    (index / _HOLDER).unlink()
    except Timeout:
        raise IndexBusy(
            f"Another process is building in {index}{_holder(index)}.", "Wait until it is done."
        ) from None
    except OSError as error:
        raise IndexNotWritable(
            f"The index folder {index} cannot be written ({error.strerror or error}).",
            "Free space or mend its permissions, or name another with --index DIR.",
        ) from error


def _holder(index: Path) -> str:
    """Who holds the lock, as far as that can be read."""
    try:
        holder = json.loads((index / _HOLDER).read_bytes())
        return f" (process {int(holder['pid'])} on {holder['host']!s}, since {holder['since']!s})"
    except (OSError, ValueError, LookupError, TypeError):
        return ""
