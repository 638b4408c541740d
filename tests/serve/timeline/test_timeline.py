"""The timeline as JSON and as a page."""

import pytest
from fastapi.testclient import TestClient

from normqa.answer.timeline import timeline as module
from tests.answer.timeline.test_timeline import FILES
from tests.conftest import covering_models
from tests.serve.conftest import BROWSER, Built, client_of
from tests.serve.markup import Page


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    return client_of(built(FILES, covering_models()))


def page_at(client: TestClient, target: str, status: int = 200) -> Page:
    reply = client.get(target, headers=BROWSER)
    assert reply.status_code == status
    return Page(reply.content)


def test_json_and_page_have_the_same_quotes_in_order(client: TestClient) -> None:
    body = client.get("/timeline?folders=birds").json()
    dates = ["2020-06-03", "2021-05", "2022", "2022-02-01", "2023"]
    assert [entry["date"] for entry in body["entries"]] == dates
    page = page_at(client, "/timeline?folders=birds")
    assert page.texts("blockquote") == [entry["quote"]["text"] for entry in body["entries"]]
    assert page.texts("mark") == ["3 June 2020", "May 2021", "2022", "2023"]
    assert page.texts("time")[:2] == ["3 June 2020", "May 2021"]
    assert page.texts("h2") == ["2020", "2021", "2022", "2023"]
    assert "date of the document" in page.one("main").text


def test_every_number_of_the_map_leads_to_as_many_documents(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for read in (200, 1):
        monkeypatch.setattr(module, "MAX_DOCUMENTS", read)
        cells = client.get("/timeline").json()["coverage"]
        assert {cell["folder"] for cell in cells} == {"birds", "fish"}
        for cell in cells:
            assert client.get(cell["href"]).json()["total"] == cell["documents"], cell
    page = page_at(client, "/timeline")
    assert [link for link in page.hrefs() if link == cells[0]["href"]]
    assert "from the first 1 of 4 documents" in page.one("main").text


def test_pages_together_are_the_timeline(client: TestClient) -> None:
    whole = client.get("/timeline").json()
    assert (whole["total"], whole["next_href"]) == (len(whole["entries"]), None)
    entries, address = [], "/timeline?limit=3"
    while address:
        body = client.get(address).json()
        entries += body["entries"]
        address = body["next_href"]
    assert entries == whole["entries"]
    assert "/timeline?limit=3&offset=3" in page_at(client, "/timeline?limit=3").hrefs()


def test_question_keeps_its_scope(client: TestClient) -> None:
    page = page_at(client, "/timeline?q=cod&folders=fish")
    assert page.all("input")[0].attributes["value"] == "cod"
    assert page.texts("time")[:-1] == ["2017", "2018"]  # the last is that of the build
    assert "/timeline?q=cod" in page.hrefs()
    asked = page_at(client, "/?q=cod&folders=fish")
    assert "/timeline?q=cod&folders=fish" in asked.hrefs()


@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=0", 422), ("top_k=2", 422), ("date_from=May", 422), ("documents=zebra", 404), ("q=", 200)],
)
def test_rules_are_those_of_other_lists(client: TestClient, query: str, status: int) -> None:
    assert client.get(f"/timeline?{query}").status_code == status
    page_at(client, f"/timeline?{query}", status)


def test_nothing_found_is_said_as_such(client: TestClient, built: Built) -> None:
    assert "No dated passage found" in page_at(client, "/timeline?q=zebra").one("main").text
    undated = client_of(built({"a.md": "The newt hides."}))
    assert "No dates found" in page_at(undated, "/timeline").one("main").text
    empty = client_of(built({}))
    assert "No documents are loaded" in page_at(empty, "/timeline").one("main").text
    assert empty.get("/timeline").json()["entries"] == []
