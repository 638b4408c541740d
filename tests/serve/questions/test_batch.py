"""POST /ask with several questions."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from normqa.serve.limits.queue import QuestionQueue
from normqa.service import Service
from tests.conftest import WriteCorpus
from tests.serve.conftest import Built, client_of

FILES = {"birds.md": "The pelican eats herring.\n", "seals.md": "The walrus eats clams.\n"}
PELICAN, WALRUS = "What does the pelican eat?", "What does the walrus eat?"


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    return client_of(built(FILES))


def _ask(client: TestClient, body: Mapping[str, Any]) -> Any:
    reply = client.post("/ask", json=body)
    assert reply.status_code == 200
    return reply.json()


def test_each_question_gets_the_answer_it_gets_alone(client: TestClient) -> None:
    options = {"top_k": 1, "filters": {"documents": ["birds", "seals"]}, "history": [PELICAN]}
    answers = _ask(client, {"questions": [WALRUS, PELICAN], **options})["answers"]
    assert [item["question"] for item in answers] == [WALRUS, PELICAN]
    assert [item["error"] for item in answers] == [None, None]
    assert [item["answer"] for item in answers] == [
        _ask(client, {"question": question, **options}) for question in (WALRUS, PELICAN)
    ]


def test_a_question_that_breaks_a_rule_gets_its_own_error(client: TestClient) -> None:
    answers = _ask(client, {"questions": [PELICAN, " ", "x" * 2001]})["answers"]
    assert [bool(item["answer"]) for item in answers] == [True, False, False]
    assert [item["error"] and item["error"]["code"] for item in answers] == [None, "invalid", "invalid"]
    assert answers[1]["error"]["errors"] == [{"field": "question", "message": "must not be blank"}]


def test_an_unknown_document_is_the_error_of_every_question(client: TestClient) -> None:
    answers = _ask(client, {"questions": [PELICAN], "filters": {"documents": ["dodo"]}})["answers"]
    assert answers[0]["error"]["code"] == "unknown_document"


@pytest.mark.parametrize("questions", [[], [1], [None], ["a"] * 21, "a", None])
def test_a_batch_has_1_to_20_questions(client: TestClient, questions: Any) -> None:
    reply = client.post("/ask", json={"questions": questions})
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"].startswith("questions")
    assert "questions" in reply.json()["hint"]


def test_questions_take_their_turns_in_the_queue(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, run = list[int](), QuestionQueue.run

    async def counted(queue: QuestionQueue, *arguments: Any) -> Any:
        at_once.append(queue._admitted)
        return await run(queue, *arguments)

    monkeypatch.setattr(QuestionQueue, "run", counted)
    _ask(client, {"questions": [PELICAN, WALRUS, PELICAN]})
    assert at_once == [0, 0, 0]


def test_a_batch_is_answered_from_one_generation(
    write_corpus: WriteCorpus, make_service: Callable[..., Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(FILES)
    service = make_service()
    service.build()
    client, run = client_of(service), QuestionQueue.run

    async def build_between(queue: QuestionQueue, *arguments: Any) -> Any:
        result = await run(queue, *arguments)
        write_corpus({"birds.md": "The pelican eats squid.\n"})
        service.build()
        return result

    monkeypatch.setattr(QuestionQueue, "run", build_between)
    answers = _ask(client, {"questions": [PELICAN, PELICAN]})["answers"]
    assert answers[0]["answer"] == answers[1]["answer"]
    assert _ask(client, {"questions": [PELICAN]})["answers"][0]["answer"] != answers[0]["answer"]
