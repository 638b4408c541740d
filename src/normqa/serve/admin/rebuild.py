"""A build told in server-sent events, while it goes on."""

import json
import queue
import threading
import time
from collections.abc import Iterator
from typing import Any

from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, format_sse_event

from normqa.errors import NormqaError
from normqa.load.problem import Problem
from normqa.schema.builds import BuildBody
from normqa.schema.documents import ErrorBody
from normqa.schema.requests import RebuildRequest
from normqa.service import Service

_Event = tuple[str, Any]

_TELL_SECONDS = 0.1
"""So often at most it is told how far a stage has come."""


def stream_rebuild(service: Service, asked: RebuildRequest) -> Response:
    """Builds, and tells of it; the last event is ``done`` or ``error``.

    Raises:
        NormqaError: If nothing can be begun.
    """
    events: queue.SimpleQueue[_Event | NormqaError] = queue.SimpleQueue()
    # Who hangs up does not end the build: the corpus is as it is.
    threading.Thread(target=_build, args=(service, asked, events), name="rebuild", daemon=True).start()
    first = events.get()
    if isinstance(first, NormqaError):
        raise first
    return EventSourceResponse(_stream(first, events), headers={"Cache-Control": "no-store"})


class _EventProgress:
    """Puts what a build tells into a queue."""

    def __init__(self, events: "queue.SimpleQueue[_Event | NormqaError]") -> None:
        self._events = events
        self._stage, self._done, self._total, self._told = "", 0, 0, 0.0

    def stage(self, name: str, total: int) -> None:
        self._stage, self._done, self._total = name, 0, total
        self._events.put(("stage", {"name": name, "total": total}))

    def advance(self, count: int = 1) -> None:
        self._done += count
        if self._done >= self._total or time.monotonic() - self._told > _TELL_SECONDS:
            self._told = time.monotonic()
            told = {"name": self._stage, "done": self._done, "total": self._total}
            self._events.put(("progress", told))

    def problem(self, problem: Problem) -> None:
        told = {"file": problem.path, "reason": problem.reason, "skipped": problem.skipped}
        self._events.put(("problem", told))


def _build(
    service: Service, asked: RebuildRequest, events: "queue.SimpleQueue[_Event | NormqaError]"
) -> None:
    try:
        built = service.build(full=asked.full, strict=asked.strict, progress=_EventProgress(events))
        service.generation()  # opened here, so that no request waits for that
        events.put(("done", BuildBody.of(built).model_dump(mode="json")))
    except NormqaError as error:
        events.put(error)
    except BaseException:
        events.put(NormqaError("The build failed.", "See the server's log."))
        raise


def _stream(first: _Event, events: "queue.SimpleQueue[_Event | NormqaError]") -> Iterator[bytes]:
    told: _Event | NormqaError = first
    while True:
        if isinstance(told, NormqaError):
            told = "error", ErrorBody.of(told).model_dump(mode="json")
        name, data = told
        yield format_sse_event(event=name, data_str=json.dumps(data))
        if name in {"done", "error"}:
            return
        told = events.get()
