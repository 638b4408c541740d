"""What editors see of the question log, and lines for a gold set."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from normqa.evaluate.gold import GoldQuestion, read_gold
from normqa.serve.question_log.review import gold_lines
from normqa.service import Service
from tests.serve.conftest import BROWSER
from tests.serve.markup import Page
from tests.serve.question_log.conftest import OWN, QUESTION, REFUSED, TOKEN, Client, logged, rated

BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def editor(client: TestClient) -> TestClient:
    """An administrator who has signed in."""
    assert client.post("/admin/login", data={"token": TOKEN}, headers=OWN).status_code == 200
    return client


def sections(client: TestClient) -> dict[str, str]:
    """Return the text of each section of the page, by its heading's id."""
    reply = client.get("/admin/questions", headers=BROWSER)
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    page = Page(reply.content)
    return {each.attributes["aria-labelledby"]: " ".join(each.text.split()) for each in page.all("section")}


def exported(client: TestClient, selection: str, tmp_path: Path) -> list[GoldQuestion]:
    """Return the exported questions as a gold set reads them."""
    reply = client.get("/admin/questions.jsonl", params={"of": selection}, headers=BEARER)
    assert reply.status_code == 200
    path = tmp_path / "gold.jsonl"
    path.write_bytes(reply.content)
    return read_gold(path)


def test_log_needs_the_sign_in(client: TestClient) -> None:
    client.get("/ask", params={"q": REFUSED})
    for path in ("/admin/questions", "/admin/questions.jsonl"):
        assert client.get(path).status_code == 401
        shown = client.get(path, headers=BROWSER)
        assert shown.status_code == 401
        assert "bicycles" not in shown.text


def test_there_is_no_page_without_the_setting(start: Client) -> None:
    client = start(question_log=None)
    assert client.get("/admin/questions", headers=BEARER).status_code == 404


def test_similar_questions_are_together_most_frequent_first(editor: TestClient) -> None:
    asked = ["Who is the mayor?", REFUSED, "Where are bicycles repaired?", "Who repairs a bicycle?"]
    for question in asked:
        editor.get("/ask", params={"q": question})
    shown = sections(editor)["unanswered"]
    assert "Asked and not answered 4" in shown
    assert "Asked 3 times" in shown
    assert shown.index("bicycle") < shown.index("mayor")


def test_unhelpful_answers_are_shown_with_reasons_and_sources(editor: TestClient) -> None:
    rated(editor, QUESTION, rating="unhelpful", complaint="outdated")
    rated(editor, "What do pelicans eat?", rating="unhelpful", complaint="outdated")
    rated(editor, "Where do herons wade?", rating="helpful")
    found = sections(editor)
    assert "Answered and found unhelpful 2" in found["unhelpful"]
    assert "Asked 2 times" in found["unhelpful"]
    assert "Out of date (2)." in found["unhelpful"]
    assert "Quoted: birds." in found["unhelpful"]
    assert "Where do herons wade?" in found["helpful"]
    assert found["unanswered"].endswith("Every question was answered.")


def test_questions_are_escaped(editor: TestClient) -> None:
    editor.get("/ask", params={"q": "Who repairs <img src=x> bicycles?"})
    page = Page(editor.get("/admin/questions", headers=BROWSER).content)
    assert page.all("img") == []
    assert "<img src=x>" in page.one("main").text


def test_administration_links_to_the_log_and_counts_what_was_lost(editor: TestClient, path: Path) -> None:
    assert 'href="/admin/questions"' in editor.get("/admin", headers=BROWSER).text
    assert len(logged(editor)) == 0
    path.unlink()
    path.mkdir()
    editor.get("/ask", params={"q": REFUSED})
    editor.app.state.question_log.settle()  # type: ignore[attr-defined]
    path.rmdir()
    assert "1 question could not be logged" in editor.get("/admin/questions", headers=BROWSER).text


def test_unusable_log_is_an_error_on_the_page(editor: TestClient, path: Path) -> None:
    assert len(logged(editor)) == 0
    path.unlink()
    path.mkdir()
    reply = editor.get("/admin/questions", headers=BROWSER)
    assert reply.status_code == 503
    assert "The question log" in Page(reply.content).of_class("fault")[0].text


def test_export_is_a_gold_set(editor: TestClient, tmp_path: Path) -> None:
    for _ in range(2):
        editor.get("/ask", params={"q": REFUSED})
    rated(editor, QUESTION, rating="helpful")
    rated(editor, "Where do herons wade?", rating="unhelpful", complaint="wrong")
    [refused] = exported(editor, "unanswered", tmp_path)
    assert (refused.kind, refused.question, refused.places) == ("outside", REFUSED, [])
    [unhelpful] = exported(editor, "unhelpful", tmp_path)
    assert (unhelpful.kind, unhelpful.question, unhelpful.places) == (
        "near_domain",
        "Where do herons wade?",
        [],
    )
    [helpful] = exported(editor, "helpful", tmp_path)
    [place] = helpful.places
    assert (helpful.kind, helpful.question) == ("fact", QUESTION)
    assert (place.document, place.section, place.answers) == (
        "birds",
        ["Food"],
        ["The pelican eats herring."],
    )


def test_exported_follow_up_can_be_understood_alone(editor: TestClient, tmp_path: Path) -> None:
    body = {"question": "And what about it on Mondays?", "history": ["Who repairs bicycles?"]}
    editor.post("/ask", json=body)
    [row] = logged(editor)
    [exported_question] = exported(editor, "unanswered", tmp_path)
    assert exported_question.question == row.searched_as


def test_quotes_of_changed_documents_are_not_exported(client: TestClient, service: Service) -> None:
    rated(client, QUESTION, rating="helpful")
    rows = logged(client)
    changed = service.document("mud")
    assert gold_lines(rows, lambda _: changed) == ""
    assert gold_lines(rows, service.document).count("\n") == 1


def test_unknown_selection_is_an_error(client: TestClient) -> None:
    reply = client.get("/admin/questions.jsonl", params={"of": "all"}, headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")
