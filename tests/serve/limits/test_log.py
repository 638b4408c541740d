"""The limit for repeated log messages."""

import logging
from itertools import count

import pytest

from normqa.serve.limits.log import RepetitionFilter

Caplog = pytest.LogCaptureFixture


def _logger(name: str, seconds: float = 0.0) -> logging.Logger:
    """A logger with a limit of two messages in ten seconds, whose clock advances at every message."""
    clock = count(0.0, seconds)
    logger = logging.getLogger(name)
    logger.addFilter(RepetitionFilter(burst=2, interval=10, clock=lambda: next(clock)))
    return logger


def _fail(error: Exception) -> None:
    raise error


def test_repeated_messages_are_dropped_and_announced(caplog: Caplog) -> None:
    logger = _logger("repeated")
    for client in range(5):
        logger.warning("Invalid request of %d.", client)
    assert caplog.messages == [
        "Invalid request of 0.",
        "Invalid request of 1. More messages like this one are dropped for up to 10 seconds.",
    ]


def test_other_messages_still_pass(caplog: Caplog) -> None:
    logger = _logger("others")
    for _ in range(3):
        logger.warning("Invalid request.")
    logger.warning("The disk is full.")
    assert caplog.messages[-1] == "The disk is full."


def test_errors_are_told_apart_by_type_and_place(caplog: Caplog) -> None:
    logger = _logger("errors")
    for error in (ValueError(), KeyError(), ValueError(), ValueError()):
        try:
            _fail(error)
        except (ValueError, KeyError):
            logger.exception("Exception in ASGI application\n")
    kinds = [type(record.exc_info[1]) for record in caplog.records if record.exc_info]
    assert kinds == [ValueError, KeyError, ValueError]


def test_messages_pass_again_after_the_interval(caplog: Caplog) -> None:
    """A clock of 4 seconds a message: the interval of the first ends at 10, and the next starts at 12."""
    logger = _logger("later", seconds=4.0)
    for number in range(6):
        logger.warning("Invalid request.", extra={"number": number})
    assert len(caplog.messages) == 5
