"""Threads that each read a text of their own."""

import os
import threading

import pytest

from normqa.models.onnx.pool import Pool


def test_results_are_in_the_order_of_the_items() -> None:
    """The first item is done last: it waits for the second."""
    done = threading.Event()

    def run(item: str) -> str:
        if item == "first":
            assert done.wait(10)
        done.set()
        return item.upper()

    assert Pool(2).map(run, ["first", "second"]) == ["FIRST", "SECOND"]


def test_one_thread_is_that_of_the_caller() -> None:
    assert set(Pool(1).map(lambda _: threading.get_ident(), [1, 2, 3])) == {threading.get_ident()}


def test_error_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        Pool(2).map(lambda item: 1 // item, [1, 0])


@pytest.mark.parametrize(
    ("threads", "allowed", "expected"), [(3, "1", 3), (None, "2", 2), (None, "", 8), (None, "many", 8)]
)
def test_environment_limits_the_threads(
    threads: int | None, allowed: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The argument comes first, and there is one for every core if neither is a number."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", allowed)
    assert Pool(threads).threads == expected
