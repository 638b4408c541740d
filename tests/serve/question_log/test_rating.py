"""Rate answers on the page, with and without JavaScript."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from normqa.serve.access.keys import KeyFile
from tests.serve.conftest import BROWSER
from tests.serve.markup import Page
from tests.serve.question_log.conftest import OWN, QUESTION, REFUSED, Client, logged, token_in


def page_with(client: TestClient, question: str = QUESTION) -> str:
    """Ask on the page and return it."""
    return client.get("/", params={"q": question}, headers=BROWSER).text


def test_answer_can_be_rated_and_given_a_reason(client: TestClient) -> None:
    page = page_with(client)
    assert '<meta name="referrer" content="same-origin">' in page
    token = token_in(page)
    reply = client.post("/rate", data={"token": token, "rating": "unhelpful"}, headers=OWN)
    assert reply.status_code == 200
    assert "What is wrong with the answer?" in reply.text
    assert token_in(reply.text) == token
    assert [(row.rating, row.complaint) for row in logged(client)] == [("unhelpful", None)]
    sent = {"token": token, "rating": "unhelpful", "complaint": "outdated"}
    assert "Thank you." in client.post("/rate", data=sent, headers=OWN).text
    assert [(row.rating, row.complaint) for row in logged(client)] == [("unhelpful", "outdated")]


def test_rating_can_be_changed_and_a_helpful_answer_has_no_complaint(client: TestClient) -> None:
    token = token_in(page_with(client))
    client.post("/rate", data={"token": token, "rating": "unhelpful", "complaint": "wrong"}, headers=OWN)
    sent = {"token": token, "rating": "helpful", "complaint": "wrong"}
    assert "Thank you." in client.post("/rate", data=sent, headers=OWN).text
    assert [(row.rating, row.complaint) for row in logged(client)] == [("helpful", None)]


def test_rating_is_of_that_answer_alone(client: TestClient) -> None:
    tokens = [token_in(page_with(client)) for _ in range(2)]
    client.post("/rate", data={"token": tokens[0], "rating": "helpful"}, headers=OWN)
    assert sorted(str(row.rating) for row in logged(client)) == ["None", "helpful"]


@pytest.mark.parametrize("token", ["x", "0" * 22, "%00"])
def test_nobody_else_can_rate_an_answer(client: TestClient, token: str) -> None:
    page_with(client)
    reply = client.post(
        "/rate", data={"token": token, "rating": "helpful"}, headers={"Origin": "http://testserver"}
    )
    assert (reply.status_code, reply.json()["code"]) == (404, "answer_not_logged")
    assert [row.rating for row in logged(client)] == [None]


def test_file_does_not_contain_tokens(client: TestClient, tmp_path: Path) -> None:
    token = token_in(page_with(client))
    assert len(logged(client)) == 1
    assert all(token.encode() not in file.read_bytes() for file in tmp_path.rglob("asked*"))


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_page_of_another_origin_cannot_rate(client: TestClient, origin: str | None) -> None:
    token = token_in(page_with(client))
    headers = {"Origin": origin} if origin else {}
    reply = client.post("/rate", data={"token": token, "rating": "helpful"}, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "foreign_origin")
    assert [row.rating for row in logged(client)] == [None]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"rating": "helpful"},
        {"token": "x", "rating": "good"},
        {"token": "x", "rating": "helpful", "complaint": "rude"},
        {"token": "x" * 101, "rating": "helpful"},
        {"token": "x", "rating": "helpful", "note": "more"},
    ],
)
def test_malformed_ratings_are_errors(client: TestClient, sent: dict[str, str]) -> None:
    reply = client.post("/rate", data=sent, headers={"Origin": "http://testserver"})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")


def test_browser_gets_errors_as_a_page(client: TestClient) -> None:
    reply = client.post("/rate", data={"token": "x", "rating": "helpful"}, headers=OWN)
    assert reply.status_code == 404
    assert Page(reply.content).one("h1").text == "This answer can no longer be rated."


def test_log_that_cannot_be_written_is_an_error_without_its_path(client: TestClient, path: Path) -> None:
    token = token_in(page_with(client))
    assert len(logged(client)) == 1
    path.unlink()
    path.mkdir()
    reply = client.post("/rate", data={"token": token, "rating": "helpful"}, headers=OWN)
    assert reply.status_code == 503
    assert str(path.parent) not in reply.text


def test_refusals_and_programs_are_offered_no_rating(client: TestClient) -> None:
    assert 'class="rating"' not in page_with(client, REFUSED)
    assert "token" not in client.post("/ask", json={"question": QUESTION}).text


def test_server_that_requires_a_key_requires_it_for_ratings(start: Client, tmp_path: Path) -> None:
    client = start(keys=tmp_path / "keys.json", require_key=True)
    keys = KeyFile(tmp_path / "keys.json")
    asking, reading = ({"Authorization": f"Bearer {keys.add(scope, {scope})}"} for scope in ("ask", "read"))
    token = token_in(client.get("/", params={"q": QUESTION}, headers=BROWSER | asking).text)
    sent = {"token": token, "rating": "helpful"}
    statuses = [client.post("/rate", data=sent, headers=OWN | key) for key in ({}, reading, asking)]
    assert [reply.status_code for reply in statuses] == [401, 403, 200]
