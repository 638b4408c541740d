"""The JSON log: one line for each request, and what is not in it."""

import json
import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from normqa.serve.app import create_app
from normqa.serve.observe.json_log import JsonFormatter
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.serve.access.requests import tool
from tests.serve.conftest import BROWSER, Built, app_of

QUESTION = "What does the pelican eat?"


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built({"a.md": "The pelican eats herring."}, covering_models())


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "normqa.request")
    return caplog


def logging_app(service: Service, *, log_questions: bool = False) -> FastAPI:
    """An application with a JSON log."""
    settings = Settings(log_format="json", allowed_hosts=("*",), log_questions=log_questions)
    return create_app(settings, service)


def written(records: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """What the log lines of requests say."""
    return [
        json.loads(JsonFormatter().format(record)) for record in records.records if hasattr(record, "facts")
    ]


def test_request_is_one_line(service: Service, lines: pytest.LogCaptureFixture) -> None:
    client = TestClient(logging_app(service))
    reply = client.post("/ask", json={"question": QUESTION}, headers={"X-Request-ID": "abc-1"})
    assert reply.headers["X-Request-ID"] == "abc-1"
    [line] = written(lines)
    expected = {"method": "POST", "path": "/ask", "status": 200, "outcome": "answered", "reason": None}
    assert line.items() >= expected.items()
    assert line["generation"] == service.generation().name
    assert str(line["time"]).endswith("+00:00")


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, "<script>"])
def test_id_of_the_client_is_used_only_if_it_is_plain(service: Service, given: str) -> None:
    reply = TestClient(logging_app(service)).get("/health", headers={"X-Request-ID": given})
    assert len(reply.headers["X-Request-ID"]) == 32


@pytest.mark.parametrize("method", ["post", "get"])
def test_questions_are_logged_only_where_asked_for(
    service: Service, lines: pytest.LogCaptureFixture, method: str
) -> None:
    for log_questions in (False, True):
        client = TestClient(logging_app(service, log_questions=log_questions))
        if method == "post":
            client.post("/ask", json={"question": QUESTION})
        else:
            client.get("/", params={"q": QUESTION})
    without, with_question = written(lines)
    assert "pelican" not in json.dumps(without)
    assert with_question["question"] == QUESTION


def test_failed_request_has_its_code(service: Service, lines: pytest.LogCaptureFixture) -> None:
    TestClient(logging_app(service)).get("/documents/none")
    [line] = written(lines)
    assert (line["status"], line["error"]) == (404, "unknown_document")


def test_bug_is_logged_with_the_id_of_its_reply(
    service: Service, lines: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Service) -> None:
        raise RuntimeError

    monkeypatch.setattr(Service, "current", fail)
    client = TestClient(logging_app(service), raise_server_exceptions=False)
    for headers in ({}, BROWSER):
        reply = client.get("/health/ready", headers=headers)
        assert (reply.status_code, len(reply.headers["X-Request-ID"])) == (500, 32)
    assert [line["status"] for line in written(lines)] == [500, 500]


def test_nothing_is_logged_or_added_by_default(service: Service, lines: pytest.LogCaptureFixture) -> None:
    reply = TestClient(app_of(service)).post("/ask", json={"question": QUESTION})
    assert "X-Request-ID" not in reply.headers
    assert written(lines) == []


def test_line_breaks_of_a_message_stay_in_its_line() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "a\nb \N{SNOWMAN}", (), None)
    line = JsonFormatter().format(record)
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line)["message"] == "a\nb \N{SNOWMAN}"


def test_question_of_a_tool_is_one_line_with_its_outcome(
    service: Service, lines: pytest.LogCaptureFixture
) -> None:
    with TestClient(logging_app(service)) as client:
        tool("ask", question=QUESTION).over(client, {})
        tool("fetch", id="none").over(client, {})
    answered, failed = written(lines)
    assert (answered["path"], answered["outcome"]) == ("/mcp", "answered")
    assert "question" not in answered
    assert failed["error"] == "unknown_document"
