"""``/metrics``: who may read it, and what it counts."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from normqa.errors import NothingUsable
from normqa.serve.access import tokens
from normqa.serve.app import create_app
from normqa.serve.observe.shared import SHARED_FOLDER
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import ROOT, covering_models
from tests.serve.access.requests import mcp, tool
from tests.serve.conftest import Built, client_of

TOKEN = "m" * 16
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def service(built: Built) -> Service:
    return built({"a.md": "The pelican eats herring."}, covering_models())


@pytest.fixture
def client(service: Service) -> TestClient:
    settings = Settings(metrics_token=TOKEN, allowed_hosts=("*",), min_confidence=0.3)
    return TestClient(create_app(settings, service))


def figures(client: TestClient) -> dict[str, float]:
    """The samples of ``/metrics``, by name with labels."""
    reply = client.get("/metrics", headers=BEARER)
    assert reply.status_code == 200
    found = re.findall(r"^([a-z_]+(?:\{.*\})?) (\S+)$", reply.text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def test_there_is_no_address_without_the_setting(service: Service) -> None:
    assert client_of(service).get("/metrics", headers=BEARER).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic bQ=="}])
def test_token_is_required(
    client: TestClient, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_DELAY_SECONDS", 0)
    reply = client.get("/metrics", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, "metrics_token_required")
    assert "normqa_" not in reply.text


def test_questions_are_counted_by_outcome_and_reason(client: TestClient) -> None:
    client.post("/ask", json={"question": "What does the pelican eat?"})
    client.get("/", params={"q": "What does the pelican eat?"})
    client.post("/ask", json={"question": "Which volcano erupted?"})
    found = figures(client)
    assert found['normqa_questions_total{outcome="answered",reason=""}'] == 2
    refusals = [name for name in found if name.startswith('normqa_questions_total{outcome="refused"')]
    assert [found[name] for name in refusals] == [1]
    assert 'reason=""' not in refusals[0]
    assert found["normqa_confidence_count"] == 3
    assert found['normqa_stage_seconds_count{stage="search"}'] == 3


def test_figures_contain_no_question(client: TestClient) -> None:
    client.post("/ask", json={"question": "Where is the unicorn?"})
    assert "unicorn" not in client.get("/metrics", headers=BEARER).text


def test_errors_are_counted_by_code(client: TestClient) -> None:
    client.post("/ask", json={"question": " "})
    client.get("/documents/none")
    found = figures(client)
    assert found['normqa_errors_total{code="invalid"}'] == 1
    assert found['normqa_errors_total{code="unknown_document"}'] == 1


def test_chats_tools_and_batches_are_counted_too(client: TestClient) -> None:
    asked = {"model": "normqa", "messages": [{"role": "user", "content": "What does the pelican eat?"}]}
    with client:
        client.post("/v1/chat/completions", json=asked)
        client.post("/v1/chat/completions", json=asked | {"n": 2})
        client.post("/v1/chat/completions", json=asked | {"model": "heron"})
        client.post("/ask", json={"questions": ["What does the pelican eat?"] * 2})
        client.post("/ask", json={"questions": ["Where?"], "filters": {"documents": ["none"]}})
        tool("ask", question="What does the pelican eat?").over(client, {})
        tool("fetch", id="none").over(client, {})
        mcp("resources/read", uri="normqa://documents/none").over(client, {})
        found = figures(client)
    assert found['normqa_questions_total{outcome="answered",reason=""}'] == 1 + 2 + 1
    assert found['normqa_errors_total{code="invalid"}'] == 1
    assert found['normqa_errors_total{code="model_not_found"}'] == 1
    assert found['normqa_errors_total{code="unknown_document"}'] == 1 + 1 + 1


def test_queue_is_empty_after_a_question(client: TestClient) -> None:
    client.post("/ask", json={"question": "What does the pelican eat?"})
    assert figures(client)["normqa_queue_length"] == 0


def test_generation_has_age_and_size(client: TestClient, service: Service) -> None:
    found = figures(client)
    name = service.generation().name
    assert 0 <= found[f'normqa_generation_age_seconds{{generation="{name}"}}'] < 600
    assert (found["normqa_index_usable"], found["normqa_documents"]) == (1, 1)


def test_index_that_is_lost_is_reported(built: Built) -> None:
    settings = Settings(metrics_token=TOKEN, allowed_hosts=("*",))
    found = figures(TestClient(create_app(settings, built({}))))
    assert found["normqa_index_usable"] == 0
    assert "normqa_documents" not in found


def test_builds_are_counted_by_result(client: TestClient, service: Service) -> None:
    service.build()
    service.build(full=True)
    (service.settings.corpus / "a.md").write_text("", encoding="utf-8")
    with pytest.raises(NothingUsable):
        service.build()
    found = figures(client)
    assert {
        result: found[f'normqa_builds_total{{result="{result}"}}'] for result in _RESULTS
    } == dict.fromkeys(_RESULTS, 1)


_RESULTS = ("unchanged", "built", "failed")

_COUNT = """
from normqa.serve.observe.metrics import Metrics
metrics = Metrics(None)
metrics.built("built")
metrics.queue_changed(2)
"""


def test_processes_add_up_and_dead_ones_have_no_queue(tmp_path: Path) -> None:
    """Counters of a process that ended stay, its gauges go."""
    environment = {
        SHARED_FOLDER: str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path]),
    }
    for _ in range(2):
        subprocess.run([sys.executable, "-c", _COUNT], check=True, env=environment)
    script = f"{_COUNT}\nmetrics._current.collect = lambda: []\nprint(metrics.render().decode())"
    shown = subprocess.run(
        [sys.executable, "-c", script], check=True, env=environment, capture_output=True, text=True
    ).stdout
    assert 'normqa_builds_total{result="built"} 3.0' in shown
    assert "normqa_queue_length 2.0" in shown
