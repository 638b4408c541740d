"""Builds that report their progress as server-sent events."""

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
from normqa.schema.errors import ErrorBody
from normqa.schema.requests.builds import RebuildRequest
from normqa.service import Service

_Event = tuple[str, Any]
_Events = queue.SimpleQueue[_Event | NormqaError]

_PROGRESS_SECONDS = 0.1
"""Minimum time between two progress events."""


def stream_rebuild(service: Service, asked: RebuildRequest) -> Response:
    """Build, and stream events. The last event is ``done`` or ``error``.

    Raises:
        NormqaError: If the build fails before its first event.
    """
    events: _Events = queue.SimpleQueue()
    # The build continues if the client disconnects.
    threading.Thread(target=_build, args=(service, asked, events), name="rebuild", daemon=True).start()
    first = events.get()
    if isinstance(first, NormqaError):
        raise first
    return EventSourceResponse(_stream(first, events), headers={"Cache-Control": "no-store"})


class _EventProgress:
    """Puts the progress of a build into a queue."""

    def __init__(self, events: _Events) -> None:
        self._events = events
        self._stage, self._done, self._total, self._sent_at = "", 0, 0, 0.0

    def stage(self, name: str, total: int) -> None:
        self._stage, self._done, self._total = name, 0, total
        self._events.put(("stage", {"name": name, "total": total}))

    def advance(self, count: int = 1) -> None:
        self._done += count
        if self._done >= self._total or time.monotonic() - self._sent_at > _PROGRESS_SECONDS:
            self._sent_at = time.monotonic()
            data = {"name": self._stage, "done": self._done, "total": self._total}
            self._events.put(("progress", data))

    def problem(self, problem: Problem) -> None:
        data = {"file": problem.path, "reason": problem.reason, "skipped": problem.skipped}
        self._events.put(("problem", data))


def _build(service: Service, asked: RebuildRequest, events: _Events) -> None:
    try:
        built = service.build(full=asked.full, strict=asked.strict, progress=_EventProgress(events))
        service.generation()  # opened here, so that no request has to wait
        events.put(("done", BuildBody.of(built).model_dump(mode="json")))
    except NormqaError as error:
        events.put(error)
    except BaseException:
        events.put(NormqaError("The build failed.", "See the server's log."))
        raise


def _stream(first: _Event, events: _Events) -> Iterator[bytes]:
    event: _Event | NormqaError = first
    while True:
        if isinstance(event, NormqaError):
            event = "error", ErrorBody.of(event).model_dump(mode="json")
        name, data = event
        yield format_sse_event(event=name, data_str=json.dumps(data))
        if name in {"done", "error"}:
            return
        event = events.get()
