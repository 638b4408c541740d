"""Write rows in a thread of their own, so that no answer waits for the file."""

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from functools import partial

from normqa.serve.errors import QuestionLogUnusable
from normqa.serve.question_log.database import Database
from normqa.serve.question_log.row import Row, oldest_hour

_MAX_WAITING = 1000
"""Rows that may wait. Beyond it they are lost, so that a slow disk costs no memory."""

_GATHER_SECONDS = 0.25
"""Time to wait for more rows, in which the answer of the first one is sent."""

_LOOK_SECONDS = 600.0
"""Maximum time between two looks for old rows."""

_log = logging.getLogger(__name__)


class Writer:
    """Adds rows, and removes those that are too old.

    A row that cannot be written is lost and counted. The server's log reports the first of them, and again
    only after a row could be written.

    Args:
        database: The file.
        days: How long to keep rows.

    Attributes:
        lost: Number of lost rows.
        on_lost: Called with the number of rows whenever some are lost.
    """

    def __init__(self, database: Database, days: int) -> None:
        self.lost = 0
        self._database = database
        self._days = days
        self.on_lost: Callable[[int], None] = lambda _: None
        self._waiting: queue.Queue[Row | threading.Event] = queue.Queue(_MAX_WAITING)
        self._is_reported = False
        self._hurry = threading.Event()
        threading.Thread(target=self._run, name="question-log", daemon=True).start()

    def put(self, row: Row) -> None:
        """Let a row be written. Returns at once."""
        try:
            self._waiting.put_nowait(row)
        except queue.Full:
            self._lose(1, "too many rows wait for its disk")

    def settle(self, seconds: float) -> None:
        """Wait until the rows so far are written, but not longer than some time."""
        written = threading.Event()
        try:
            self._waiting.put(written, timeout=seconds)
        except queue.Full:
            return
        self._hurry.set()
        written.wait(seconds)

    def _run(self) -> None:
        oldest = ""
        while True:
            if oldest != oldest_hour(self._days):
                oldest = oldest_hour(self._days)
                self._attempt(partial(self._database.remove_before, oldest), self._report)
            try:
                first = self._waiting.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            self._hurry.wait(_GATHER_SECONDS)
            self._hurry.clear()
            items = [first, *self._others()]
            if rows := [item for item in items if isinstance(item, Row)]:
                self._attempt(partial(self._database.add, rows), partial(self._lose, len(rows)))
            for item in items:
                if isinstance(item, threading.Event):
                    item.set()

    def _others(self) -> Iterator[Row | threading.Event]:
        """Yield what waits."""
        while True:
            try:
                yield self._waiting.get_nowait()
            except queue.Empty:
                return

    def _attempt(self, work: Callable[[], None], on_failure: Callable[[str], None]) -> None:
        """Do work. No failure may end the thread."""
        try:
            work()
            self._is_reported = False
        except QuestionLogUnusable as error:
            on_failure(error.reason)
        except Exception as error:  # a bug
            on_failure(repr(error))

    def _lose(self, count: int, reason: str) -> None:
        self._report(reason)
        self.lost += count
        self.on_lost(count)

    def _report(self, reason: str) -> None:
        if not self._is_reported:
            self._is_reported = True
            _log.warning("The question log %s cannot be written (%s).", self._database.path, reason)
