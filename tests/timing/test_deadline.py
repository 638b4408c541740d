"""Deadlines of requests."""

import pytest

from normqa.errors import Abandoned, DeadlineExceeded
from normqa.timing.deadline import Deadline


def test_work_may_go_on_until_the_deadline() -> None:
    readings = iter([10.0, 10.0, 12.4, 12.5])
    deadline = Deadline(2.5, clock=lambda: next(readings))
    deadline.check()
    deadline.check()
    with pytest.raises(DeadlineExceeded, match=r"within 2\.5 seconds"):
        deadline.check()


def test_no_deadline_reads_no_clock() -> None:
    Deadline(clock=lambda: pytest.fail("read")).check()


def test_abandoned_work_ends_at_the_next_check() -> None:
    deadline = Deadline()
    deadline.check()
    deadline.abandon()
    with pytest.raises(Abandoned):
        deadline.check()
