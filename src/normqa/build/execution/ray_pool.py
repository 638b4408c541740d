"""Keep workers on a Ray cluster busy, and replace those that are lost.

Nothing else imports Ray (Moritz et al. 2018, arXiv:1712.05889).
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import ray
from ray.exceptions import RayError, RayTaskError

from normqa.build.execution.remote_worker import RemoteWorker, WorkerSpec
from normqa.errors import ClusterUnavailable, NormqaError
from normqa.text.canonical import one_line

LOCAL = "local"
"""Address of a cluster that is started on this machine for one build."""

PATIENCE_SECONDS = 300.0
"""How long to wait until the cluster gives any worker."""

_LOCAL_STORE_BYTES = 256 * 2**20
_QUEUED, _AHEAD = 2, 3
"""Calls that a worker has at most, and calls per worker that are begun before the oldest is consumed."""

_LOOK_SECONDS = 5.0
"""How often to look for new machines."""

_MAX_FAILED_STARTS = 5

Item = TypeVar("Item")


class _RayWorker(RemoteWorker):
    """A worker whose tokenizers use as many threads as Ray allows other libraries."""

    def __init__(self, spec: WorkerSpec) -> None:
        os.environ.setdefault("RAYON_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
        super().__init__(spec)


@dataclass(slots=True, eq=False)
class _Call:
    """A call of a worker, which is tried a few times."""

    method: str
    argument: object
    attempts: int
    result: Any = None

    @property
    def is_over(self) -> bool:
        """Whether it has a result or was lost at every attempt."""
        return self.result is not None or not self.attempts


class WorkerPool:
    """Workers on every machine of a cluster. New machines get workers during a build.

    Args:
        address: Address of the cluster as Ray takes it, or :data:`LOCAL`.
        spec: How to make a worker.
        cores: CPU cores per worker.
        gpus: GPUs per worker.
        patience: Seconds to wait until the cluster gives a worker.

    Raises:
        ClusterUnavailable: If the cluster cannot be reached.
    """

    def __init__(
        self, address: str, spec: WorkerSpec, cores: int, gpus: int, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._is_ours = _connect(address)
        self._spec = spec
        self._needs = {"CPU": cores, "GPU": gpus}
        self._patience = patience
        self._type: Any = ray.remote(num_cpus=cores, num_gpus=gpus, max_restarts=0)(_RayWorker)
        self._starting: dict[Any, Any] = {}
        """Worker by the reference to its start."""
        self._calls: dict[Any, int] = {}
        """Number of calls by worker."""
        self._running: dict[Any, tuple[_Call, Any]] = {}
        """Call and worker by the reference to the result."""
        self._waiting: deque[_Call] = deque()
        self._looked = -_LOOK_SECONDS
        self._failed_starts = 0

    def map(
        self,
        method: str,
        items: Iterable[Item],
        attempts: int,
        argument: Callable[[Item], object] = lambda item: item,
    ) -> Iterator[tuple[Item, Any]]:
        """Call a method of some worker for each item, and yield items and results in the same order.

        Args:
            method: Name of a method of :class:`RemoteWorker` that never returns None.
            items: Read as workers become free and results are consumed.
            attempts: How often to call if workers are lost.
            argument: Returns the argument of the call for an item.

        Yields:
            An item and its result; None if the worker was lost at every attempt.

        Raises:
            NormqaError: If a worker raises it.
            ClusterUnavailable: If the cluster gives no worker.
        """
        left = iter(items)
        begun: deque[tuple[Item, _Call]] = deque()
        while True:
            for item in islice(left, max(0, _AHEAD * self._size - len(begun))):
                begun.append((item, _Call(method, argument(item), attempts)))
                self._waiting.append(begun[-1][1])
            if not begun:
                return
            self._look_for_machines()
            self._submit()
            if begun[0][1].is_over:
                item, call = begun.popleft()
                yield item, call.result
            else:
                self._wait()

    def close(self) -> None:
        """End all workers, and the cluster if it is local."""
        for worker in [*self._starting.values(), *self._calls]:
            _kill(worker)
        if self._is_ours:
            ray.shutdown()

    @property
    def _size(self) -> int:
        return max(1, len(self._starting) + len(self._calls))

    def _look_for_machines(self) -> None:
        """Start the workers that the cluster has room for, at least one."""
        if time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        free = max(1, sum(map(self._room, ray.nodes()))) - len(self._starting) - len(self._calls)
        for _ in range(free):
            worker = self._type.remote(self._spec)
            self._starting[worker.start.remote()] = worker

    def _room(self, node: Mapping[str, Any]) -> int:
        """Return how many workers a machine has room for."""
        has = node["Resources"] if node["Alive"] else {}
        return min(int(has.get(name, 0) // needed) for name, needed in self._needs.items() if needed)

    def _submit(self) -> None:
        """Give waiting calls to the workers with the fewest."""
        while self._waiting and self._calls:
            worker = min(self._calls, key=lambda worker: self._calls[worker])
            if self._calls[worker] >= _QUEUED:
                return
            call = self._waiting.popleft()
            reference = getattr(worker, call.method).remote(call.argument)
            self._running[reference] = call, worker
            self._calls[worker] += 1

    def _wait(self) -> None:
        """Wait until a worker has started or a call has ended."""
        timeout = _LOOK_SECONDS if self._running else self._patience
        ended, _ = ray.wait([*self._running, *self._starting], timeout=timeout)
        if not ended and not self._running:
            needs = ", ".join(f"{count} {name}" for name, count in self._needs.items() if count)
            raise ClusterUnavailable(
                f"The Ray cluster gave no worker within {self._patience:g} seconds. A worker needs {needs}.",
                "Free or add machines with that much, or lower --ray-cores.",
            )
        for reference in ended:
            if reference in self._starting:
                self._note_start(reference)
            else:
                self._note_result(reference)

    def _note_start(self, reference: object) -> None:
        worker = self._starting.pop(reference)
        try:
            _result(reference)
        except RayError as error:
            self._failed_starts += 1
            self._looked = -_LOOK_SECONDS
            if self._failed_starts == _MAX_FAILED_STARTS:
                raise ClusterUnavailable(
                    f"{_MAX_FAILED_STARTS} workers of the Ray cluster were lost while they started"
                    f" ({one_line(str(error))}).",
                    "Check that normqa is installed on every machine, and that there is enough memory.",
                ) from error
        else:
            self._failed_starts = 0
            self._calls[worker] = 0

    def _note_result(self, reference: object) -> None:
        """Take a result, or call again if it was lost."""
        call, worker = self._running.pop(reference)
        if worker in self._calls:
            self._calls[worker] -= 1
        try:
            call.result = _result(reference)
        except RayError:
            if self._calls.pop(worker, None) is not None:
                self._looked = -_LOOK_SECONDS
                _kill(worker)
            call.attempts -= 1
            if call.attempts:
                self._waiting.appendleft(call)


def _connect(address: str) -> bool:
    """Connect to a cluster unless this process is connected. Return whether it was not.

    Raises:
        ClusterUnavailable: If that fails.
    """
    if ray.is_initialized():
        return False
    options: dict[str, Any] = {}
    if address == LOCAL:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        options = {
            "num_cpus": cores,
            "object_store_memory": _LOCAL_STORE_BYTES,
            "include_dashboard": False,
        }
    try:
        ray.init(address=address, log_to_driver=False, logging_level="error", **options)
    except Exception as error:  # Ray and its transports raise many types
        reason = str(error).partition("\n")[0].rstrip(".")
        if address == LOCAL:
            raise ClusterUnavailable(
                f"Ray cannot be started on this machine ({reason}).",
                "Try again when the machine has less to do, or build without --ray.",
            ) from error
        raise ClusterUnavailable(
            f"The Ray cluster {address!r} cannot be reached ({reason}).",
            "Check that ray status finds it there, or use --ray local.",
        ) from error
    return True


def _kill(worker: object) -> None:
    """End a worker that may be dead already."""
    with suppress(RayError):
        ray.kill(worker)


def _result(reference: object) -> Any:  # noqa: ANN401 - whatever the method returns
    """Return the result of a call.

    Raises:
        NormqaError: If the method raised it.
        RayError: If the worker or the result was lost.
    """
    try:
        return ray.get(reference)
    except RayTaskError as error:
        if isinstance(error.cause, RayError):
            raise error.cause from None
        if isinstance(error.cause, NormqaError):
            raise error.cause from None
        raise RuntimeError(f"A worker of the Ray cluster failed: {error}") from error
