"""Work on one snapshot of the index, within the limits of the queue."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from normqa.answer.question import Question
from normqa.datatypes import Answer
from normqa.serve.limits.queue import QuestionQueue
from normqa.serve.snapshot import open_snapshot
from normqa.settings import Settings
from normqa.snapshot import Snapshot
from normqa.timing.timer import Timer

Result = TypeVar("Result")


class QueuedSnapshots:
    """Answers questions and reads documents, for interfaces with and without HTTP requests.

    Args:
        settings: Defaults for options that a question omits.
        queue: Limits what is done at once.
        current: Opens a snapshot for work without an HTTP request.
    """

    def __init__(
        self, settings: Settings, queue: QuestionQueue, current: Callable[[], Snapshot] | None = None
    ) -> None:
        self.settings = settings
        self._queue = queue
        self._current = current

    async def run(self, request: Request | None, work: Callable[[Snapshot, Timer], Result]) -> Result:
        """Wait for a free thread and return the result of the work.

        Args:
            request: Gets the snapshot. The work ends when its client leaves.
            work: Runs in a worker thread, on one snapshot. The timer has the deadline.

        Raises:
            IndexFault: If there is no usable index.
            Overloaded: If too many questions wait.
            DeadlineExceeded: If the time is over.
        """
        timer = Timer()

        def work_on_snapshot() -> Result:
            return work(self._open(request, timer), timer)

        return await self._queue.run(request, timer, work_on_snapshot)

    async def ask(self, request: Request | None, question: Question) -> Answer:
        """Answer a question; see :meth:`run`."""
        return await self.run(request, lambda snapshot, timer: snapshot.ask(question, timer))

    def _open(self, request: Request | None, timer: Timer) -> Snapshot:
        if request is not None:
            return open_snapshot(request, timer)
        if self._current is None:
            raise RuntimeError("There is neither a request nor a way to open a snapshot without one.")
        with timer.stage("open"):
            return self._current()
