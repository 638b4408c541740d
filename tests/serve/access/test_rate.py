"""The limit for what one client may ask."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from normqa.serve.access import rate, tokens
from normqa.serve.access.rate import RateLimit
from normqa.serve.app import create_app
from normqa.serve.errors import RateLimited
from normqa.service import Service
from normqa.settings import Settings
from tests.serve.access.requests import Sent, mcp, tool
from tests.serve.conftest import Built

TOKEN = "a" * 16


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built({"a.md": "The pelican eats herring."})


@pytest.fixture
def client(service: Service) -> TestClient:
    settings = Settings(rate_per_minute=1, rate_burst=2, allowed_hosts=("*",), admin_token=TOKEN)
    return TestClient(create_app(settings, service))


def test_bucket_empties_and_fills() -> None:
    now = [0.0]
    limit = RateLimit(per_minute=30, burst=2, clock=lambda: now[0])
    limit.take("a")
    limit.take("a")
    limit.take("b")
    with pytest.raises(RateLimited) as rejected:
        limit.take("a")
    assert rejected.value.seconds == 60 / 30
    now[0] += 60 / 30
    limit.take("a")
    with pytest.raises(RateLimited):
        limit.take("a")
    now[0] += 3600
    limit.take("a")
    limit.take("a")
    with pytest.raises(RateLimited):
        limit.take("a")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MAX_CLIENTS", 2)
    limit = RateLimit(per_minute=1, burst=1, clock=lambda: 0.0)
    for client in "abc":
        limit.take(client)
    limit.take("a")  # forgotten
    with pytest.raises(RateLimited):
        limit.take("c")


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "/ask", {"question": "pelican"}),
        ("GET", "/ask?q=pelican", None),
        (
            "POST",
            "/v1/chat/completions",
            {"model": "normqa", "messages": [{"role": "user", "content": "pelican"}]},
        ),
        ("POST", "/verify", {"text": "pelican"}),
        ("GET", "/?q=pelican", None),
        ("GET", "/conversation.json?q=pelican", None),
        ("POST", "/admin/login", None),
    ],
)
def test_searches_and_sign_ins_are_limited(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, method: str, target: str, body: dict[str, Any] | None
) -> None:
    monkeypatch.setattr(tokens, "_DELAY_SECONDS", 0)
    own = {"Origin": "http://testserver"}
    replies = [client.request(method, target, json=body, headers=own) for _ in range(3)]
    assert [reply.status_code == 429 for reply in replies] == [False, False, True]
    assert 0 < int(replies[2].headers["Retry-After"]) <= 60


def test_error_is_stable_and_other_requests_are_not_limited(client: TestClient) -> None:
    for _ in range(2):
        client.post("/ask", json={"question": "pelican"})
    reply = client.post("/ask", json={"question": "pelican"})
    assert reply.json()["code"] == "rate_limited"
    for target in ("/documents", "/", "/health", "/documents/a"):
        assert client.get(target).status_code == 200


def test_questions_of_a_conversation_count_one_by_one(client: TestClient) -> None:
    assert client.get("/conversation.json?after=a&after=b&q=c").status_code == 429


def test_questions_of_a_batch_count_one_by_one(client: TestClient) -> None:
    answers = client.post("/ask", json={"questions": ["pelican", "heron", "tern"]}).json()["answers"]
    assert [item["error"]["code"] if item["error"] else None for item in answers] == [
        None,
        None,
        "rate_limited",
    ]


@pytest.mark.parametrize(
    "request_",
    [
        tool("ask", question="pelican"),
        tool("search", query="pelican"),
        tool("verify_quote", text="pelican"),
        tool("list_documents"),
        tool("fetch", id="a"),
        mcp("resources/list"),
        mcp("resources/read", uri="normqa://documents/a"),
    ],
    ids=str,
)
def test_tools_and_resources_are_limited(client: TestClient, request_: Sent) -> None:
    """Assistants read the reply of a tool, and not the status."""
    with client:
        texts = [request_.over(client, {}).text for _ in range(3)]
    limited = "This client has sent too many requests."
    assert [limited in text for text in texts] == [False, False, True]
    assert "Try again in" in texts[2]
