"""Run something in a process of its own, which may be killed.

The process is forked, which takes milliseconds. So the process that forks must not have used a library that
starts threads: whatever it needs to know of an index, another forked process has to find out.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

CALLS = ("open", "os.", "shutil.", "sqlite3.")
"""Prefixes of the audit events that are counted: calls that open, name, remove or fsync something."""


def fork(act: Callable[[], object]) -> int:
    """Start a process, and return its id."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        act()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def result_of(act: Callable[[], Any]) -> Any:
    """Return the result of an act, as JSON can hold it, or the signal that ended its process."""
    reading, writing = os.pipe()

    def send() -> None:
        result = json.dumps(act()).encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(result)

    process = fork(send)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        sent = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return json.loads(sent) if code == 0 else f"ended with {code}"


def calls_and_seconds(act: Callable[[], object]) -> tuple[int, float]:
    """Return the number of counted calls that an act makes, and how long it takes."""

    def count() -> tuple[int, float]:
        counted, began = _count(), time.monotonic()
        act()
        return counted[0], time.monotonic() - began

    calls, seconds = result_of(count)
    return calls, seconds


def killed(act: Callable[[], object], *, at_call: int = 0, after_seconds: float = 0) -> bool:
    """Kill an act, and return whether it was still at work.

    Args:
        act: The act. Processes that it starts are not killed, but waited for.
        at_call: The counted call at which it kills itself. Default: it does not.
        after_seconds: Time until it is killed from outside, if it does not kill itself.
    """
    reading, writing = os.pipe()

    def work() -> None:
        if at_call:
            _count(at_call)
        act()

    process = fork(work)
    os.close(writing)
    if not at_call:
        time.sleep(after_seconds)
        os.kill(process, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with os.fdopen(reading, "rb") as pipe:
        pipe.read()  # until every process that holds the other end is gone
    return code == -signal.SIGKILL


def _count(fatal: int = 0) -> list[int]:
    """Count calls from now on, and kill this process at one of them. Python audits all but fsync."""
    counted, fsync = [0], os.fsync

    def look(event: str, _: object) -> None:
        if event.startswith(CALLS):
            counted[0] += 1
            if counted[0] == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    def audited_fsync(descriptor: int) -> None:
        sys.audit("os.fsync", descriptor)
        fsync(descriptor)

    os.fsync = audited_fsync  # type: ignore[assignment]
    sys.addaudithook(look)
    return counted
