"""Traces of answers for OpenTelemetry: a span for each answer, and one for each of its stages.

They are sent where the standard environment variables say, and only if one of them names a place.
"""

import logging
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from normqa.datatypes import Answer
from normqa.extras import OTEL
from normqa.serve.observe.facts import facts_of_answer
from normqa.timing.timer import Timer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Environment variables that name where to send traces."""

_FLUSH_MILLISECONDS = 2000

_log = logging.getLogger(__name__)


class Traces:
    """Makes spans of answers. No span has the text of a question or of a document.

    Args:
        provider: Exports the spans.
    """

    def __init__(self, provider: "TracerProvider") -> None:
        from normqa import __version__  # noqa: PLC0415 - the package is complete by now

        self._provider = provider
        self._tracer = provider.get_tracer("normqa", __version__)

    @classmethod
    def of_environment(cls) -> Self | None:
        """Return traces that the environment asks for; None if it asks for none, or the extra is missing."""
        endpoint = next((name for name in ENDPOINTS if os.environ.get(name)), None)
        if endpoint is None or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
            return None
        if not OTEL.is_installed:
            _log.warning("%s is set, but no traces are sent: run pip install 'normqa[otel]'.", endpoint)
            return None
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415 - optional
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        resource = Resource.create({"service.name": "normqa"}).merge(OTELResourceDetector().detect())
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider)

    def answered(self, answer: Answer, timer: Timer, headers: Mapping[str, str]) -> None:
        """Make the spans of an answer.

        Args:
            answer: The answer.
            timer: Has its stages, which have ended.
            headers: Of the request; ``traceparent`` names the span that the answer belongs to.
        """
        from opentelemetry import trace  # noqa: PLC0415 - optional
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )

        now, elapsed = time.time_ns(), timer.clock()

        def moment(reading: float) -> int:
            """Return a reading of the timer's clock in nanoseconds since 1970."""
            return now - round((elapsed - reading) * 1e9)

        begun = moment(timer.stages[0].start) if timer.stages else now
        caller = TraceContextTextMapPropagator().extract(headers)
        span = self._tracer.start_span(
            "answer", caller, trace.SpanKind.SERVER, _attributes(answer), start_time=begun
        )
        inside = trace.set_span_in_context(span)
        for stage in timer.stages:
            self._tracer.start_span(stage.name, inside, start_time=moment(stage.start)).end(moment(stage.end))
        span.end(now)

    def close(self) -> None:
        """Send what is left, but do not wait long for it."""
        self._provider.force_flush(_FLUSH_MILLISECONDS)
        self._provider.shutdown()


def _attributes(answer: Answer) -> dict[str, str | float | int]:
    facts = {**facts_of_answer(answer), "quotes": len(answer.quotes)}
    return {f"normqa.{name}": value for name, value in facts.items() if value is not None}
