"""A bounded queue of questions, which are answered in worker threads."""

import asyncio
import os
from collections.abc import Callable
from typing import Self, TypeVar

from anyio import CancelScope, CapacityLimiter, move_on_after, to_thread
from fastapi import Request
from starlette.exceptions import HTTPException

from normqa.errors import Abandoned, DeadlineExceeded
from normqa.serve.errors import Overloaded
from normqa.settings import Settings
from normqa.timing.deadline import Deadline
from normqa.timing.timer import Timer

Result = TypeVar("Result")


class QuestionQueue:
    """Limits the questions that are answered at once and those that wait.

    A question whose client has left is dropped: at once while it waits, else at its next stage.

    Args:
        at_once: Maximum number that are answered at once.
        max_waiting: Maximum number that wait.
        seconds: Maximum time of one question, waiting included.
    """

    def __init__(self, at_once: int, max_waiting: int, seconds: float) -> None:
        self._limiter = CapacityLimiter(at_once)
        self._places = at_once + max_waiting
        self._admitted = 0
        self._seconds = seconds
        self.on_question: Callable[[Request], None] = lambda _: None
        """Called with the request of every question before it is admitted; may reject it."""
        self.on_change: Callable[[int], None] = lambda _: None
        """Called with the number of questions that are being answered or wait, whenever it changes."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the queue of a process with these settings."""
        # More concurrent questions than cores only slow each other down.
        at_once = settings.questions_at_once or max(1, (os.cpu_count() or 1) // settings.workers)
        return cls(at_once, settings.max_waiting, settings.question_seconds)

    async def run(self, request: Request | None, timer: Timer, work: Callable[[], Result]) -> Result:
        """Wait for a free thread and return the result of the work.

        Args:
            request: The work ends when its client leaves; None if there is no connection to watch.
            timer: Gets the deadline, which the work checks at every stage.
            work: Runs in a worker thread.

        Raises:
            Overloaded: If too many questions wait.
            DeadlineExceeded: If the time is over.
            Abandoned: If the client has left.
            RateLimited: If the client has asked too much.
        """
        if request is not None:
            self.on_question(request)
        if self._admitted >= self._places:
            raise Overloaded
        deadline = timer.deadline = Deadline(self._seconds)
        self._admit(1)
        try:
            with move_on_after(self._seconds) as scope:
                watch = asyncio.create_task(_abandon_if_client_leaves(request, deadline, scope))
                try:
                    return await to_thread.run_sync(work, limiter=self._limiter)
                finally:
                    watch.cancel()
                    has_left = deadline.is_abandoned
                    deadline.abandon()  # at a shutdown, the thread may still be working
        finally:
            self._admit(-1)
        raise Abandoned if has_left else DeadlineExceeded(self._seconds)

    def _admit(self, change: int) -> None:
        self._admitted += change
        self.on_change(self._admitted)


async def _abandon_if_client_leaves(request: Request | None, deadline: Deadline, scope: CancelScope) -> None:
    """Wait until the client disconnects, and end the work. A body that nobody reads is discarded."""
    if request is None:
        return
    try:
        while (await request.receive())["type"] != "http.disconnect":
            pass
    except HTTPException:  # the body is too large
        return
    deadline.abandon()
    scope.cancel()
