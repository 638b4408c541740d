"""Cut a generation into shards, and number its passages across them.

A shard contains some of the documents with everything that is searched in them. It is written once, and
generations share it until one of its documents changes, so an edit rewrites one shard and not the index.
The rest of normqa sees passages numbered from 0; this module is the only one that turns such a number into
a shard and a row.
"""

import hashlib
import json
import mmap
import shutil
import tempfile
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from normqa.errors import NoTemporaryFolder

_ROW_BITS = 32
_SEGMENT_LIST = "meta.json"
_MAX_RESIDENT_BYTES = 2**30
_RESIDENT_MEMORY = Path("/proc/self/statm")
_TEMPORARY = "normqa-joined-"
_STALE_SECONDS = 3600
"""A temporary folder is in use for less than a second. A process that is killed then leaves it."""


@dataclass(frozen=True, slots=True)
class ShardLayout:
    """How many shards a corpus is cut into.

    Attributes:
        shard_bytes: Bytes of documents per shard, so that a shard is rewritten in a fraction of a second.
        max_shards: A power of two. More shards would slow down searches more than they speed up edits.
    """

    shard_bytes: int = 1_000_000
    max_shards: int = 64

    def count(self, corpus_bytes: int) -> int:
        """Return the number of shards, a power of two."""
        count = 1
        while count < self.max_shards and count * self.shard_bytes < corpus_bytes:
            count *= 2
        return count


def shard_of(document_id: str, count: int) -> int:
    """Return the place of a document among ``count`` shards. It depends only on the document's id."""
    if count == 1:
        return 0
    return int.from_bytes(hashlib.sha256(document_id.encode()).digest()[:8]) % count


class Numbering:
    """Numbers rows through all shards, from 0.

    Args:
        sizes: Rows of each shard.
    """

    def __init__(self, sizes: Iterable[int]) -> None:
        self.sizes = list(sizes)
        self.firsts = list(accumulate(self.sizes, initial=0))

    @property
    def size(self) -> int:
        """Number of rows in all shards."""
        return self.firsts[-1]

    def number(self, shard: int, row: int) -> int:
        """Return the number of a row of a shard."""
        return self.firsts[shard] + row

    def locate(self, number: int) -> tuple[int, int]:
        """Return the shard and the row of a number.

        Raises:
            KeyError: If no shard has that number.
        """
        if not 0 <= number < self.size:
            raise KeyError(number)
        shard = bisect_right(self.firsts, number) - 1
        return shard, number - self.firsts[shard]

    def by_shard(self, numbers: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield each shard that has some of these ascending numbers, with their rows in it."""
        bounds = np.searchsorted(numbers, self.firsts)
        for shard, (low, high) in enumerate(pairwise(bounds)):
            if low < high:
                yield shard, numbers[low:high] - self.firsts[shard]


def address_of(shard: int, row: int) -> int:
    """Pack shard and row into the integer that tantivy stores beside a passage."""
    return shard << _ROW_BITS | row


def split_address(address: int) -> tuple[int, int]:
    """Return the shard and the row of an address."""
    return address >> _ROW_BITS, address & (1 << _ROW_BITS) - 1


@contextmanager
def joined_segments(folders: Sequence[Path]) -> Iterator[tuple[Path, list[int]]]:
    """Join the tantivy indexes of several shards into one folder.

    tantivy reads an index from one folder. The temporary folder links to the segments of all shards and
    lists them, so BM25 counts its statistics over the whole generation. It is removed afterwards.

    Args:
        folders: One tantivy index per shard.

    Yields:
        The temporary folder, and the number of passages in each shard.

    Raises:
        NoTemporaryFolder: If no temporary folder can be written.
        OSError: If a shard cannot be read.
        ValueError: If a shard does not list its segments.
    """
    try:
        lists = [json.loads((folder / _SEGMENT_LIST).read_bytes()) for folder in folders]
        segments = [segment for listed in lists for segment in listed["segments"]]
        sizes = [sum(segment["max_doc"] for segment in listed["segments"]) for listed in lists]
        joined = {**lists[0], "segments": segments}
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{_SEGMENT_LIST} lists no segments") from error
    files = [path for folder in folders for path in folder.iterdir()]
    try:
        together = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
    except OSError as error:
        raise _no_temporary_folder(error) from error
    try:
        try:
            for path in files:
                if path.name != _SEGMENT_LIST and not path.name.startswith("."):
                    (together / path.name).symlink_to(path.absolute())
            (together / _SEGMENT_LIST).write_text(json.dumps(joined), encoding="utf-8")
        except OSError as error:
            raise _no_temporary_folder(error) from error
        yield together, sizes
    finally:
        _remove(together)
        _remove_stale(together.parent)


def load_mmap(path: Path) -> NDArray[Any]:
    """Map the array in a file into memory.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If the file contains no array.
    """
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # numpy evaluates the header as Python and raises whatever that raises
        raise ValueError(f"{path.name} contains no array") from error
    return np.asarray(array)


def release_mapped_pages(arrays: Iterable[NDArray[Any]], max_resident: int = _MAX_RESIDENT_BYTES) -> None:
    """Give back the memory of mapped arrays once this process holds too much of it.

    Pages that are read again come from the system's cache. Only Linux reports how much is resident; other
    systems reclaim mapped pages by themselves.

    Args:
        arrays: Arrays from :func:`load_mmap`; others are ignored.
        max_resident: Bytes of mapped files that may stay in memory.
    """
    if not _RESIDENT_MEMORY.exists():
        return
    resident = int(_RESIDENT_MEMORY.read_text(encoding="ascii").split()[2]) * mmap.PAGESIZE
    if resident <= max_resident:
        return
    for array in arrays:
        if isinstance(array.base, np.memmap) and isinstance(array.base.base, mmap.mmap):
            array.base.base.madvise(mmap.MADV_DONTNEED)


def _no_temporary_folder(error: OSError) -> NoTemporaryFolder:
    return NoTemporaryFolder(
        f"The index cannot be opened: no temporary folder can be written ({error.strerror}).",
        "Free space in it, or set TMPDIR to another folder and start again.",
    )


def _remove(folder: Path) -> None:
    """Remove a folder into which a thread of tantivy may be writing a lock."""
    for _ in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.01)


def _remove_stale(temporary: Path) -> None:
    """Remove the folders that killed processes left."""
    with suppress(OSError):
        for folder in temporary.glob(f"{_TEMPORARY}*"):
            if time.time() - folder.lstat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
