"""A limit for repeated log messages, so that clients cannot fill the log."""

import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable

LOGGERS = ("asyncio", "uvicorn.error")
"""Loggers whose messages depend on what clients send."""

BURST = 10
"""Maximum messages of a kind in an interval."""

INTERVAL = 60
"""Length of an interval in seconds."""


class RepetitionFilter(logging.Filter):
    """Drops messages of a kind that repeats too often.

    Messages are of a kind if they start with the same line and, with a traceback, report the same type of
    error from the same place.

    Args:
        burst: Maximum messages of a kind in an interval.
        interval: Length of an interval in seconds.
        clock: Returns seconds.
    """

    def __init__(
        self, burst: int = BURST, interval: int = INTERVAL, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._burst = burst
        self._interval = interval
        self._clock = clock
        self._counts = Counter[tuple[object, ...]]()
        self._end = clock() + interval

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to log a message."""
        now = self._clock()
        if now >= self._end:
            self._end = now + self._interval
            self._counts.clear()
        kind = _kind(record)
        self._counts[kind] += 1
        if self._counts[kind] == self._burst:
            note = f"More messages like this one are dropped for up to {self._interval} seconds."
            record.msg, record.args = f"{record.getMessage().rstrip()} {note}", ()
        return self._counts[kind] <= self._burst


def limit_repetitions() -> None:
    """Limit repeated messages of the loggers in this process."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(RepetitionFilter())


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    place = traceback.extract_tb(error.__traceback__, -1) if error else []
    return (
        str(record.msg).partition("\n")[0],
        type(error),
        *((frame.filename, frame.lineno) for frame in place),
    )
