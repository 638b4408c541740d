"""No more questions are answered at once than the settings say, and nothing else waits for them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from normqa.answer.pipeline import Question
from normqa.datatypes import Answer
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from normqa.timer import Timer
from tests.serve.conftest import Built

QUESTION = "What does the pelican eat?"


class Slow:
    """Answers as a service does, but only when it is let, and counts how many questions it holds."""

    def __init__(self, service: Service) -> None:
        self._answer = service.ask
        self._lock = threading.Lock()
        self.let = threading.Event()
        self.came = threading.Semaphore(0)
        self.holds = self.most = 0

    def ask(self, inquiry: Question, timer: Timer | None = None) -> Answer:
        with self._lock:
            self.holds += 1
            self.most = max(self.most, self.holds)
        self.came.release()
        assert self.let.wait(10)
        with self._lock:
            self.holds -= 1
        return self._answer(inquiry, timer=timer)


def test_the_others_wait_and_documents_do_not_wait_for_them(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = built({"a.md": "The pelican eats herring."})
    slow = Slow(service)
    monkeypatch.setattr(service, "ask", slow.ask)
    settings = Settings.model_construct(top_k=3, min_confidence=0.3, questions_at_once=2)
    with (
        TestClient(create_app(settings, service)) as client,
        ThreadPoolExecutor(6) as pool,
    ):
        asked = [pool.submit(client.post, "/ask", json={"question": QUESTION}) for _ in range(5)]
        asked.append(pool.submit(client.get, "/", params={"q": QUESTION}))
        for _ in range(2):
            assert slow.came.acquire(timeout=10)
        assert client.get("/health").status_code == 200
        assert client.get("/documents/a").status_code == 200
        slow.let.set()
        assert [reply.result().status_code for reply in asked] == [200] * 6
    assert slow.most == 2
