"""Arrays in files, mapped into memory."""

import mmap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAX_RESIDENT_BYTES = 2**30
"""So many bytes of mapped files may stay in this process's memory."""

_USE = Path("/proc/self/statm")


def mapped(path: Path) -> NDArray[Any]:
    """The array in a file.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it holds none.
    """
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # numpy reads the head of a file as Python does, and raises what that raises
        raise ValueError(f"{path.name} holds no array") from error
    return np.asarray(array)


def release_mapped_pages(arrays: Iterable[NDArray[Any]]) -> None:
    """Lets go of mapped arrays where much has been read; if read again, they come from the system's cache.

    Only Linux tells how much; elsewhere the system takes back what it needs.
    """
    if (
        _USE.exists()
        and int(_USE.read_text(encoding="ascii").split()[2]) * mmap.PAGESIZE > _MAX_RESIDENT_BYTES
    ):
        for array in arrays:
            if isinstance(array.base, np.memmap) and isinstance(array.base.base, mmap.mmap):
                array.base.base.madvise(mmap.MADV_DONTNEED)
