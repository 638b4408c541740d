"""Traces for OpenTelemetry: spans of an answer and of its stages."""

import logging

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from normqa.extras import Extra
from normqa.serve.app import create_app
from normqa.serve.observe import traces
from normqa.serve.observe.traces import ENDPOINTS, Traces
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.serve.conftest import Built, app_of

QUESTION = "What does the pelican eat?"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def _no_traces_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*ENDPOINTS, "OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME"]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built({"a.md": "The pelican eats herring."}, covering_models())


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def client(service: Service, exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A client of an application whose spans stay in memory."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(Traces, "of_environment", lambda: Traces(provider))
    return TestClient(create_app(Settings(allowed_hosts=("*",), min_confidence=0.3), service))


def by_name(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def test_stages_are_spans_inside_that_of_the_answer(
    client: TestClient, service: Service, exporter: InMemorySpanExporter
) -> None:
    reply = client.post("/ask", json={"question": QUESTION})
    spans = by_name(exporter)
    answer = spans.pop("answer")
    assert answer.attributes == {
        "normqa.outcome": "answered",
        "normqa.confidence": reply.json()["confidence"],
        "normqa.generation": service.generation().name,
        "normqa.quotes": 1,
    }
    timed = [stage.partition(";")[0] for stage in reply.headers["Server-Timing"].split(", ")]
    assert [*spans] == timed
    assert {"open", "encode", "search", "read"} <= {*spans}
    assert answer.context
    assert answer.start_time
    assert answer.end_time
    end = answer.start_time
    for span in spans.values():
        assert span.parent
        assert span.parent.span_id == answer.context.span_id
        assert span.start_time
        assert span.end_time
        assert end <= span.start_time <= span.end_time <= answer.end_time
        end = span.end_time


def test_refusal_has_its_reason_and_no_span_has_the_question(
    client: TestClient, exporter: InMemorySpanExporter
) -> None:
    client.get("/", params={"q": "Who repairs bicycles?"})
    answer = by_name(exporter)["answer"]
    assert answer.attributes
    assert answer.attributes["normqa.outcome"] == "refused"
    assert answer.attributes["normqa.reason"] == "nothing_relevant"
    assert "bicycles" not in "".join(span.to_json() for span in exporter.get_finished_spans())


def test_answer_belongs_to_the_span_of_the_caller(client: TestClient, exporter: InMemorySpanExporter) -> None:
    client.post("/ask", json={"question": QUESTION}, headers={"traceparent": PARENT})
    answer = by_name(exporter)["answer"]
    assert answer.parent
    assert f"{answer.parent.trace_id:032x}-{answer.parent.span_id:016x}" in PARENT


@pytest.mark.parametrize("header", ["", "nonsense", "00-0-0-01", PARENT * 3])
def test_malformed_caller_costs_nothing(
    client: TestClient, exporter: InMemorySpanExporter, header: str
) -> None:
    reply = client.post("/ask", json={"question": QUESTION}, headers={"traceparent": header})
    assert reply.status_code == 200
    assert by_name(exporter)["answer"].parent is None


def test_questions_of_a_batch_have_a_span_each(client: TestClient, exporter: InMemorySpanExporter) -> None:
    client.post("/ask", json={"questions": [QUESTION, QUESTION]})
    assert [span.name for span in exporter.get_finished_spans()].count("answer") == 2


def test_there_are_no_traces_by_default(service: Service) -> None:
    assert Traces.of_environment() is None
    snapshot = service.current()
    assert app_of(service).state.observer.watch(None, snapshot) is snapshot


@pytest.mark.parametrize("name", ENDPOINTS)
def test_environment_turns_traces_on_and_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9/v1/traces")
    found = Traces.of_environment()
    assert found is not None
    assert found._provider.resource.attributes["service.name"] == "normqa"
    found.close()
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert Traces.of_environment() is None


def test_environment_names_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINTS[0], "http://127.0.0.1:9/v1/traces")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "norms")
    found = Traces.of_environment()
    assert found is not None
    assert found._provider.resource.attributes["service.name"] == "norms"
    found.close()


def test_missing_extra_is_reported_and_turns_traces_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(ENDPOINTS[1], "http://127.0.0.1:9")
    monkeypatch.setattr(traces, "OTEL", Extra("otel", ("no_such_module_of_herons",)))
    assert Traces.of_environment() is None
    assert caplog.record_tuples == [
        (
            "normqa.serve.observe.traces",
            logging.WARNING,
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but no traces are sent: run pip install 'normqa[otel]'.",
        )
    ]
