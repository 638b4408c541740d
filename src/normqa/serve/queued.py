"""Work on the index, within the limits of the queue: what every interface answers with."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from normqa.datatypes import Answer
from normqa.schema.requests import AskRequest, VerifyRequest
from normqa.search.verify import Verification
from normqa.serve.limits.queue import QuestionQueue
from normqa.serve.snapshot import open_snapshot
from normqa.settings import Settings
from normqa.snapshot import Snapshot
from normqa.timing.timer import Timer

Result = TypeVar("Result")


class QueuedSnapshots:
    """Answers questions, verifies texts and reads documents, each from one snapshot of the index.

    Args:
        settings: Defaults for options that a question omits.
        queue: Limits what is done at once.
        current: Opens a snapshot for work without an HTTP request.
    """

    def __init__(
        self, settings: Settings, queue: QuestionQueue, current: Callable[[], Snapshot] | None = None
    ) -> None:
        self._settings = settings
        self._queue = queue
        self._current = current

    async def run(
        self, request: Request | None, work: Callable[[Snapshot, Timer], Result], timer: Timer | None = None
    ) -> Result:
        """Wait for a free thread and return the result of the work.

        Args:
            request: Gets the snapshot. The work ends when its client leaves.
            work: Runs in a worker thread, on one snapshot.
            timer: Receives how long each stage takes.

        Raises:
            IndexFault: If there is no usable index.
            Overloaded: If too many questions wait.
            DeadlineExceeded: If the time is over.
        """
        timer = timer or Timer()

        def work_on_snapshot() -> Result:
            return work(self._open(request, timer), timer)

        return await self._queue.run(request, timer, work_on_snapshot)

    async def ask(self, request: Request | None, asked: AskRequest, timer: Timer | None = None) -> Answer:
        """Answer a question; see :meth:`run`."""
        question = asked.to_question(self._settings)
        return await self.run(request, lambda snapshot, timer: snapshot.ask(question, timer), timer)

    async def verify(
        self, request: Request | None, asked: VerifyRequest, timer: Timer | None = None
    ) -> Verification:
        """Find a text in the documents; see :meth:`run`."""
        return await self.run(
            request, lambda snapshot, timer: snapshot.verify(asked.text, timer.deadline), timer
        )

    def _open(self, request: Request | None, timer: Timer) -> Snapshot:
        if request is not None:
            return open_snapshot(request, timer)
        if self._current is None:
            raise RuntimeError("There is neither a request nor a way to open a snapshot without one.")
        with timer.stage("open"):
            return self._current()
