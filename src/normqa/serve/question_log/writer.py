"""Write rows in a thread of their own, so that no answer waits for the file."""

import logging
import queue
import threading
from collections.abc import Callable
from functools import partial

from normqa.serve.errors import QuestionLogUnusable
from normqa.serve.question_log.database import Database
from normqa.serve.question_log.row import Row, oldest_hour

_MAX_WAITING = 1000
"""Rows that may wait. Beyond it they are lost, so that a slow disk costs no memory."""

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
        on_lost: Called for every lost row.
    """

    def __init__(self, database: Database, days: int) -> None:
        self.lost = 0
        self._database = database
        self._days = days
        self.on_lost: Callable[[], None] = lambda: None
        self._waiting: queue.Queue[Row | threading.Event] = queue.Queue(_MAX_WAITING)
        self._is_reported = False
        threading.Thread(target=self._run, name="question-log", daemon=True).start()

    def put(self, row: Row) -> None:
        """Let a row be written. Returns at once."""
        try:
            self._waiting.put_nowait(row)
        except queue.Full:
            self._lose("too many rows wait for its disk")

    def settle(self, seconds: float) -> None:
        """Wait until the rows so far are written, but not longer than some time."""
        written = threading.Event()
        try:
            self._waiting.put(written, timeout=seconds)
        except queue.Full:
            return
        written.wait(seconds)

    def _run(self) -> None:
        oldest = ""
        while True:
            if oldest != oldest_hour(self._days):
                oldest = oldest_hour(self._days)
                self._attempt(partial(self._database.remove_before, oldest), self._report)
            try:
                item = self._waiting.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(item, Row):
                self._attempt(partial(self._database.add, item), self._lose)
            else:
                item.set()

    def _attempt(self, work: Callable[[], None], on_failure: Callable[[str], None]) -> None:
        """Do work. No failure may end the thread."""
        try:
            work()
            self._is_reported = False
        except QuestionLogUnusable as error:
            on_failure(error.reason)
        except Exception as error:  # a bug
            on_failure(repr(error))

    def _lose(self, reason: str) -> None:
        self._report(reason)
        self.lost += 1
        self.on_lost()

    def _report(self, reason: str) -> None:
        if not self._is_reported:
            self._is_reported = True
            _log.warning("The question log %s cannot be written (%s).", self._database.path, reason)
