"""Do the work of a build in many processes, which may crash."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from normqa.build.encoding.encode import PassageVectors
from normqa.build.execution.worker import SplitFile
from normqa.build.plan import PlannedFile
from normqa.datatypes import EmbeddedText
from normqa.errors import EncoderUnavailable
from normqa.index.report import FileEntry
from normqa.models.protocols import Advance

_FILES, _BYTES = 16, 1_000_000
"""A batch has at most this many files, and ends with the file that exceeds this size."""

_ATTEMPTS = 3
"""A single file or a batch of texts whose worker is lost this often is to blame."""

_CRASHED = "reading it crashed, or took too much memory"

Item = TypeVar("Item")


class Pool(Protocol):
    """Workers in other processes; see :class:`~normqa.build.execution.ray_pool.WorkerPool`."""

    def map(
        self,
        method: str,
        items: Iterable[Item],
        attempts: int,
        argument: Callable[[Item], object] = lambda item: item,
    ) -> Iterator[tuple[Item, Any]]:
        """Call a method of some worker for each item, and yield items and results in the same order.

        The result is None if the worker was lost at every attempt.
        """

    def close(self) -> None:
        """End all workers."""


class ClusterExecutor:
    """Sends batches to a pool of workers.

    Files go by name if the workers see the same files, else with their content.

    Args:
        connect: Returns the pool. Called when there is work.
    """

    def __init__(self, connect: Callable[[], Pool]) -> None:
        self._connect = connect
        self._shares_files = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "_pool" in vars(self):
            self._pool.close()

    def load(self, files: Iterable[PlannedFile]) -> Iterator[SplitFile]:
        """Load and split files. A file that crashes every worker is reported and costs nothing else."""
        for batch, results in self._map("load", _batches(files), 1, self._to_send):
            if results is None:
                yield from self._load_alone(batch)
            elif None in results:
                self._shares_files = False
                yield from self._load_alone(batch)
            else:
                yield from results

    def encode(
        self, batches: Iterable[Mapping[bytes, EmbeddedText]], advance: Advance
    ) -> Iterator[dict[bytes, PassageVectors]]:
        """Encode batches of texts.

        Raises:
            EncoderUnavailable: If the encoder fails, or crashes every worker.
        """
        for batch, vectors in self._map("encode", batches, _ATTEMPTS):
            if vectors is None:
                raise EncoderUnavailable(
                    f"{_ATTEMPTS} workers were lost while they encoded the same {len(batch)} passages.",
                    "Give workers more memory. The next build goes on from here.",
                )
            advance(len(batch))
            yield vectors

    def _load_alone(self, files: Sequence[PlannedFile]) -> Iterator[SplitFile]:
        """Send every file by itself and with its content."""
        for file, results in self._map("load", files, _ATTEMPTS, lambda file: [file]):
            yield results[0] if results else SplitFile(FileEntry(sha256=file.sha256, problem=_CRASHED))

    def _map(
        self,
        method: str,
        items: Iterable[Item],
        attempts: int,
        argument: Callable[[Item], object] = lambda item: item,
    ) -> Iterator[tuple[Item, Any]]:
        """Call :meth:`Pool.map` unless there are no items."""
        left = iter(items)
        for item in left:  # only the first: the pool reads the others
            yield from self._pool.map(method, chain([item], left), attempts, argument)

    def _to_send(self, files: Sequence[PlannedFile]) -> Sequence[PlannedFile]:
        return [replace(file, content=None) for file in files] if self._shares_files else files

    @cached_property
    def _pool(self) -> Pool:
        return self._connect()


def _batches(files: Iterable[PlannedFile]) -> Iterator[list[PlannedFile]]:
    batch: list[PlannedFile] = []
    size = 0
    for file in files:
        batch.append(file)
        size += file.source.size
        if len(batch) == _FILES or size >= _BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
