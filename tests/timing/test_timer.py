"""The timer of stages."""

from collections.abc import Iterable

import pytest

from normqa.timing.timer import Stage, Timer


def timer_of(readings: Iterable[float]) -> Timer:
    """A timer whose clock shows these seconds, one per reading."""
    return Timer(clock=iter(readings).__next__)


def test_repeated_stage_adds_to_its_time() -> None:
    timer = timer_of([1.0, 3.0, 10.0, 10.5])
    for _ in range(2):
        with timer.stage("read"):
            pass
    assert timer.milliseconds == {"read": 2000 + 500}
    assert timer.stages == [Stage("read", 1.0, 3.0), Stage("read", 10.0, 10.5)]


def test_starting_a_stage_ends_the_one_before() -> None:
    timer = timer_of([1.0, 3.0, 3.0, 7.0])
    timer.start("load")
    timer.start("write")
    timer.stop()
    assert timer.milliseconds == {"load": 2000, "write": 4000}


def test_stop_without_a_stage_changes_nothing() -> None:
    timer = timer_of([])
    timer.stop()
    assert timer.milliseconds == {}


def test_failed_stage_is_timed() -> None:
    timer = timer_of([1.0, 2.0])
    with pytest.raises(ValueError, match="broken"), timer.stage("read"):
        raise ValueError("broken")
    assert timer.milliseconds == {"read": 1000}
