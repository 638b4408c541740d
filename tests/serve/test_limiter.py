"""Concurrent questions and verifications are limited, and other requests do not wait for them."""

import threading
from concurrent.futures import ThreadPoolExecutor

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


def _client(service: Service) -> TestClient:
    settings = Settings.model_construct(
        top_k=3, min_confidence=0.3, questions_at_once=2, allowed_hosts=("*",)
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

    def gated_texts() -> object:
        gate.wait()
        return texts()

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
