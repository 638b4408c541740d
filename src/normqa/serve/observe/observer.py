"""Records what the settings ask for: figures for Prometheus, log lines, traces, and the question log."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request

from normqa.datatypes import Answer
from normqa.serve.limits.queue import QuestionQueue
from normqa.serve.observe.facts import facts_of_answer
from normqa.serve.observe.request_log import RequestLog, facts_of
from normqa.serve.observe.routes import metrics_routes
from normqa.serve.observe.traces import Traces
from normqa.serve.question_log.log import QuestionLog
from normqa.service import Service
from normqa.settings import Settings
from normqa.snapshot import Snapshot
from normqa.timing.timer import Timer

if TYPE_CHECKING:
    from normqa.serve.observe.metrics import Metrics


def note_failure(request: Request | None, code: str) -> None:
    """Record that a request, or a part of it, failed; nothing without a request over HTTP."""
    if request is not None:
        request.app.state.observer.failed(request, code)


Recorder = Callable[[Request, Answer, Timer], None]


class Observer:
    """Observes an application. Unless a setting asks for it, nothing is recorded.

    Args:
        settings: What to record.
        service: Reports its builds and the current generation.
        queue: Reports its length.

    Attributes:
        question_log: Keeps questions; None unless a setting names its file.
    """

    def __init__(self, settings: Settings, service: Service, queue: QuestionQueue) -> None:
        self._settings = settings
        self._logs = settings.log_format == "json"
        self.question_log = QuestionLog.of(settings)
        self._traces = Traces.of_environment()
        self._metrics: Metrics | None = None
        if settings.metrics_token:
            from normqa.serve.observe import metrics  # noqa: PLC0415 - workers share a folder by then

            self._metrics = metrics.Metrics(service)
            service.on_build = self._metrics.built
            queue.on_change = self._metrics.queue_changed
            if self.question_log:
                self.question_log.writer.on_lost = self._metrics.questions_lost
        self._recorders = list(self._recording())

    def _recording(self) -> Iterator[Recorder]:
        """Yield what records answers."""
        if metrics := self._metrics:
            yield lambda _, answer, timer: metrics.answered(answer, timer)
        if self._logs:
            yield self._log
        if log := self.question_log:
            yield lambda request, answer, _: log.record(request, answer)
        if traces := self._traces:
            yield lambda request, answer, timer: traces.answered(answer, timer, request.headers)

    def install(self, app: FastAPI) -> None:
        """Add the route of the metrics and the log to an application, around all middleware so far."""
        app.state.observer = self
        app.state.question_log = self.question_log
        token = self._settings.metrics_token
        if self._metrics and token:
            app.include_router(metrics_routes(self._metrics, token.get_secret_value()))
        if self._logs:
            app.add_middleware(RequestLog)

    def close(self) -> None:
        """Wait a moment for what is not written yet."""
        if self.question_log:
            self.question_log.settle()
        if self._traces:
            self._traces.close()

    def watch(self, request: Request, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot whose answers are recorded."""
        if not self._recorders:
            return snapshot

        def record(answer: Answer, timer: Timer) -> None:
            for recorder in self._recorders:
                recorder(request, answer, timer)

        return replace(snapshot, on_answer=record)

    def failed(self, request: Request, code: str) -> None:
        """Record that a request failed."""
        if self._metrics:
            self._metrics.failed(code)
        if self._logs:
            facts_of(request.scope)["error"] = code

    def _log(self, request: Request, answer: Answer, timer: Timer) -> None:  # noqa: ARG002 - a recorder
        """Add to the log line of a request what became of its last question."""
        question = {"question": answer.question} if self._settings.log_questions else {}
        facts_of(request.scope).update({**facts_of_answer(answer), **question})
