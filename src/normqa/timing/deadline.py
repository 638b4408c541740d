"""End work that takes too long, or that nobody waits for any more."""

import threading
import time
from collections.abc import Callable

from normqa.errors import Abandoned, DeadlineExceeded


class Deadline:
    """A limit for the work of one request, which checks it between its stages.

    Args:
        seconds: Time from now; None for no limit.
        clock: Returns seconds.
    """

    def __init__(self, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._start = 0.0 if seconds is None else clock()
        self._abandoned = threading.Event()

    @property
    def is_abandoned(self) -> bool:
        """Whether nobody waits for the result."""
        return self._abandoned.is_set()

    def abandon(self) -> None:
        """Make the next check fail, because nobody waits for the result. Safe to call from any thread."""
        self._abandoned.set()

    def check(self) -> None:
        """Return if the work may go on.

        Raises:
            Abandoned: If nobody waits for the result.
            DeadlineExceeded: If the time is over.
        """
        if self.is_abandoned:
            raise Abandoned
        if self._seconds is not None and self._clock() - self._start >= self._seconds:
            raise DeadlineExceeded(self._seconds)
