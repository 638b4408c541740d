"""Run a model on several texts at once."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from normqa.models.onnx.session import threads_allowed

T = TypeVar("T")
R = TypeVar("R")


class Pool:
    """Threads that run a model, each on a text of its own.

    Short texts gain more from this than from several threads within a run, which wait for each other after
    every operation. Results do not depend on the number of threads.

    Args:
        threads: Number of threads. None takes ``OMP_NUM_THREADS``, or one for every core.
    """

    def __init__(self, threads: int | None) -> None:
        self.threads = threads or threads_allowed() or os.cpu_count() or 1
        self._executor = ThreadPoolExecutor(self.threads, "reranker")

    def map(self, run: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Return the results of all items, in their order."""
        if self.threads == 1 or len(items) == 1:
            return list(map(run, items))
        return list(self._executor.map(run, items))
