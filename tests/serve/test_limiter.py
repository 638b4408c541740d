"""Concurrent questions and verifications are limited, and other requests do not wait for them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Vectors
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import hashing_models
from tests.serve.conftest import Built

QUESTION = "What does the pelican eat?"


class Gate:
    """Blocks threads until it opens, and counts them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.open = threading.Event()
        self.arrivals = threading.Semaphore(0)
        self.inside = self.most = 0

    def wait(self) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.arrivals.release()
        assert self.open.wait(10)
        with self._lock:
            self.inside -= 1


class GatedEncoder(HashingEncoder):
    """An encoder whose questions wait at a gate."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Gate()

    def encode_question(self, text: str) -> Vectors:
        self.gate.wait()
        return super().encode_question(text)


def _client(service: Service, questions_at_once: int = 2, **limits: Any) -> TestClient:
    settings = Settings.model_construct(
        top_k=3,
        min_confidence=0.3,
        questions_at_once=questions_at_once,
        allowed_hosts=("*",),
        **limits,
    )
    return TestClient(create_app(settings, service))


def test_questions_wait_and_documents_do_not(built: Built) -> None:
    encoder = GatedEncoder()
    gate = encoder.gate
    service = built({"a.md": "The pelican eats herring."}, hashing_models(encoder))
    with _client(service) as client, ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(client.post, "/ask", json={"question": QUESTION}) for _ in range(5)]
        asked.append(pool.submit(client.get, "/", params={"q": QUESTION}))
        for _ in range(2):
            assert gate.arrivals.acquire(timeout=10)
        assert not gate.arrivals.acquire(timeout=0.3)
        assert client.get("/health").status_code == 200
        assert client.get("/documents/a").status_code == 200
        gate.open.set()
        assert [reply.result().status_code for reply in asked] == [200] * 6
    assert gate.most == 2


def test_verifications_share_the_limit_with_questions(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = GatedEncoder()
    gate = encoder.gate
    service = built({"a.md": "The pelican eats herring."}, hashing_models(encoder))
    store = service.generation().store
    texts = store.texts

    def gated_texts(*ids: Any) -> object:
        gate.wait()
        return texts(*ids)

    monkeypatch.setattr(store, "texts", gated_texts)
    with _client(service) as client, ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(client.post, "/ask", json={"question": QUESTION}) for _ in range(2)]
        sent += [pool.submit(client.post, "/verify", json={"text": "pelican"}) for _ in range(2)]
        for _ in range(2):
            assert gate.arrivals.acquire(timeout=10)
        assert not gate.arrivals.acquire(timeout=0.3)
        gate.open.set()
        assert [reply.result().status_code for reply in sent] == [200] * 4
    assert gate.most == 2


FULL = (503, "overloaded")


def test_full_queue_is_503_with_a_time_to_try_again(built: Built) -> None:
    encoder = GatedEncoder()
    service = built({"a.md": "The pelican eats herring."}, hashing_models(encoder))
    with _client(service, questions_at_once=1, max_waiting=0) as client, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client.post, "/ask", json={"question": QUESTION})
        assert encoder.gate.arrivals.acquire(timeout=10)
        refused = client.post("/ask", json={"question": QUESTION})
        assert (refused.status_code, refused.json()["code"]) == FULL
        assert int(refused.headers["Retry-After"]) > 0
        verify = client.post("/verify", json={"text": "pelican"})
        assert (verify.status_code, verify.json()["code"]) == FULL
        page = client.get("/", params={"q": QUESTION})
        assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert "Too many questions are waiting" in page.text
        assert page.headers["Retry-After"] == refused.headers["Retry-After"]
        assert client.get("/conversation.md", params={"q": QUESTION}).status_code == 503
        assert client.get("/").status_code == 200  # a page without a question waits for nobody
        encoder.gate.open.set()
        assert asked.result().status_code == 200


def test_passed_deadline_is_503_with_a_hint(built: Built) -> None:
    client = _client(built({"a.md": "The pelican eats herring."}), question_seconds=1e-9)
    late = client.post("/ask", json={"question": QUESTION})
    assert (late.status_code, late.json()["code"]) == (503, "deadline_exceeded")
    assert late.json()["hint"].startswith("Try again")
    assert int(late.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/conversation.md", "/conversation.json"])
def test_conversation_that_is_too_long_is_not_cut_silently(built: Built, path: str) -> None:
    client = _client(built({"a.md": "The pelican eats herring."}))
    for questions in (["pelican?"] * 21, ["x" * 2000] * 4):
        reply = client.get(path, params={"q": QUESTION, "after": questions})
        assert (reply.status_code, reply.json()["code"]) == (422, "conversation_too_long")
        assert "Leave out the oldest questions" in reply.json()["hint"]
    assert client.get(path, params={"q": QUESTION, "after": ["pelican?"] * 20}).status_code == 200
