"""The page that checks quotations, and the same by ``POST /verify``."""

import pytest
from fastapi.testclient import TestClient

from normqa.serve.check.routes import MAX_FORM_BYTES, MAX_TEXT
from normqa.service import Service
from tests.serve.conftest import BROWSER, Built, client_of

FILES = {
    "birds.md": "---\ntitle: Birds of the bay\nlanguage: en\n---\n# Pelicans\n\nThe pelican eats herring.\n\n"
    "Cyber-security <matters>.\n"
}
QUOTING = "She says “the pelican eats herring,” “The pelican eats herring” and “The pelican eats cod.”"


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built(FILES)


@pytest.fixture(scope="module")
def client(service: Service) -> TestClient:
    return client_of(service)


def page(client: TestClient, text: str) -> str:
    reply = client.post("/check", data={"text": text}, headers=BROWSER)
    assert reply.status_code == 200
    return reply.text


def test_form_is_shown_and_linked(client: TestClient) -> None:
    form = client.get("/check", headers=BROWSER).text
    assert '<form action="/check" method="post">' in form
    assert 'href="/check"' in client.get("/", headers=BROWSER).text


def test_page_shows_a_result_for_every_quotation(client: TestClient) -> None:
    shown = page(client, QUOTING)
    assert "3 quotations: 1 word for word, 1 with small differences, 1 not found." in shown
    assert shown.index("Appears with other capitals") < shown.index("Appears word for word")
    assert "<del>the </del><ins>The </ins>pelican eats herring" in shown
    assert "<del>cod</del><ins>herring.</ins>" in shown
    assert 'href="/documents/birds?start=' in shown
    assert "Birds of the bay" in shown


def test_single_text_gets_one_verdict(client: TestClient) -> None:
    assert '<h2 id="result" class="verdict">Appears word for word</h2>' in page(client, "pelican eats")
    assert "Not found</h2>" in page(client, "The pelican eats cod.")


def test_text_is_kept_and_escaped(client: TestClient) -> None:
    shown = page(client, "\n<b>Cyber security &lt;matters&gt;</b>")
    assert "&lt;b&gt;Cyber security &amp;lt;matters" in shown
    assert "<b>Cyber" not in shown


def test_copied_quote_verifies(client: TestClient) -> None:
    asked = client.post("/ask", json={"question": "What does the pelican eat?"}).json()["quotes"][0]
    copied = f"“{asked['text']}”\r\n— {asked['citation']} http://zoo.example{asked['href']}"
    assert "Appears word for word" in page(client, copied)
    assert client.post("/verify", json={"text": copied}).json()["status"] == "exact"


def test_api_gives_the_same(client: TestClient) -> None:
    body = client.post("/verify", json={"text": QUOTING}).json()
    assert (body["status"], body["matches"], body["nearest"]) == ("not_found", [], None)
    first, second, third = body["quotations"]
    assert [each["status"] for each in body["quotations"]] == ["case", "exact", "not_found"]
    assert QUOTING[first["start"] : first["end"]] == first["text"] == "the pelican eats herring"
    assert second["matches"][0]["quote"]["text"] == "The pelican eats herring"
    assert third["nearest"]["quote"]["text"] == "The pelican eats herring."
    assert {"sent": "cod", "document": "herring"} in [
        {key: text.strip(". ") for key, text in part.items()} for part in third["nearest"]["diff"]
    ]


@pytest.mark.parametrize("text", ["", " \n", "a\0b"])
def test_text_that_breaks_a_rule_is_an_error(client: TestClient, text: str) -> None:
    shown = client.post("/check", data={"text": text}, headers=BROWSER)
    assert shown.status_code == 422
    assert "<h1>" in shown.text
    told = client.post("/check", data={"text": text})
    assert told.json()["code"] == "invalid"


def test_longest_text_of_the_form_is_accepted_and_longer_ones_are_an_error_page(client: TestClient) -> None:
    assert "Not found" in page(client, "é" * (MAX_TEXT // 2))
    shown = client.post("/check", data={"text": "x" * (MAX_FORM_BYTES + 1)}, headers=BROWSER)
    assert shown.status_code == 413
    assert "<h1>" in shown.text


def test_missing_index_is_an_error_page(built: Built) -> None:
    service = built({})
    service.settings.corpus.mkdir(parents=True, exist_ok=True)
    (service.settings.corpus / "a.md").write_text("Words.")
    client = client_of(service)
    assert client.get("/check", headers=BROWSER).status_code == 200
    shown = client.post("/check", data={"text": "Words."}, headers=BROWSER)
    assert shown.status_code == 503
    assert "<h1>" in shown.text
