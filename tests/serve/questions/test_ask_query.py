"""GET /ask: the parameters are the fields of POST /ask, and every invalid one is reported."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from normqa.schema.requests.filters import FiltersRequest
from normqa.schema.requests.queries import AskQuery
from normqa.schema.requests.questions import AskRequest
from tests.serve.conftest import BROWSER, Built, client_of

FILES = {
    "birds.md": "---\ntopics: [birds]\nsource: Notes\ndate: 2021-05\n---\nThe pelican eats herring.\n",
    "seals.md": "---\ntopics: [seals]\n---\nThe walrus eats clams. It sleeps on ice.\n",
}


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    return client_of(built(FILES))


def test_every_field_of_post_is_a_parameter() -> None:
    fields = {*AskRequest.model_fields, *FiltersRequest.model_fields} - {"filters"}
    assert fields == {*AskQuery.model_fields}


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("q=What+does+the+walrus+eat%3F", {"question": "What does the walrus eat?"}),
        ("q=eats&top_k=1", {"question": "eats", "top_k": 1}),
        ("q=eats&top_k=1.0&min_confidence=0.5", {"question": "eats", "top_k": 1, "min_confidence": 0.5}),
        (
            "q=Where+does+it+sleep%3F&history=What+is+a+pelican%3F&history=What+does+the+walrus+eat%3F",
            {
                "question": "Where does it sleep?",
                "history": ["What is a pelican?", "What does the walrus eat?"],
            },
        ),
        ("q=eats&resolve_history=false&exact=true", {"question": "eats", "exact": True}),
        (
            "q=eats&documents=birds&documents=seals&topics=seals",
            {"question": "eats", "filters": {"documents": ["birds", "seals"], "topics": ["seals"]}},
        ),
        (
            "q=eats&sources=notes&date_from=2021&date_to=2022&dated_only=true",
            {
                "question": "eats",
                "filters": {
                    "sources": ["notes"],
                    "date_from": "2021",
                    "date_to": "2022",
                    "dated_only": True,
                },
            },
        ),
    ],
)
def test_get_answers_as_post_does(client: TestClient, query: str, body: dict[str, Any]) -> None:
    got = client.get(f"/ask?{query}")
    assert got.status_code == 200
    assert got.json()["quotes"]
    assert got.content == client.post("/ask", json=body).content
    assert got.headers["server-timing"].startswith("open;dur=")
    assert client.get(f"/ask?{query}", headers=BROWSER).content == got.content


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=a&top_k=0", "top_k"),
        ("q=a&top_k=three", "top_k"),
        ("q=a&top_k=" + "9" * 5000, "top_k"),
        ("q=a&exact=yes", "exact"),
        ("q=a&exact=1", "exact"),
        ("q=a&min_confidence=NaN", "min_confidence"),
        ("q=a&min_confidence=1e999", "min_confidence"),
        ("q=a&date_from=May", "date_from"),
        ("q=a&" + "&".join(["history=b"] * 21), "history"),
        ("q=a&topk=1", "topk"),
        ("q=a&question=b", "question"),
    ],
)
def test_invalid_or_unknown_parameter_is_named(client: TestClient, query: str, field: str) -> None:
    reply = client.get(f"/ask?{query}")
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")
    assert [fault["field"] for fault in reply.json()["errors"]] == [field]
    assert reply.json()["message"].startswith(f"{field}: ")
    assert "min_confidence" in reply.json()["hint"]


def test_unknown_document_is_404(client: TestClient) -> None:
    assert client.get("/ask?q=eats&documents=dodo").status_code == 404


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"question": " ", "top_k": 0, "topk": 1}, ["question", "top_k", "topk"]),
        (
            {"filters": {"date_from": "May", "date_to": 1}},
            ["question", "filters.date_from", "filters.date_to"],
        ),
        ({"question": "a", "history": ["b", 1, None]}, ["history.1", "history.2"]),
        ({"question": "a", "questions": ["b"]}, ["question"]),
        ({"questions": [], "top_k": 0}, ["top_k", "questions"]),
        ([], [""]),
    ],
)
def test_every_invalid_field_is_reported_at_once(client: TestClient, body: Any, fields: list[str]) -> None:
    reply = client.post("/ask", json=body)
    assert reply.status_code == 422
    assert sorted(fault["field"] for fault in reply.json()["errors"]) == sorted(fields)
    for fault in reply.json()["errors"]:
        assert f"{fault['field'] or 'The request body'}: {fault['message']}." in reply.json()["message"]


def test_message_and_list_of_errors_are_bounded(client: TestClient) -> None:
    reply = client.post("/ask", json={"question": "a", **{f"field{n}": n for n in range(1000)}})
    assert len(reply.json()["errors"]) == 100
    assert reply.json()["message"].endswith(" 995 more fields are invalid.")
