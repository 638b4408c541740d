"""The page that explains answers to editors."""

from pathlib import Path

import pytest

from tests.conftest import WriteCorpus
from tests.serve.admin.administrator import BEARER, Admin
from tests.serve.conftest import BROWSER

QUESTION = "What does the <pelican> eat?"


@pytest.fixture
def admin(write_corpus: WriteCorpus, index: Path) -> Admin:
    """One document with an index."""
    admin = Admin(write_corpus({"a b.md": "# Birds\n\nThe pelican eats herring. Herons wade.\n"}), index)
    admin.service.build()
    return admin


def test_explanation_as_json_has_the_answer_of_post_ask(admin: Admin) -> None:
    body = admin.client.get("/admin/explain", params={"q": QUESTION}, headers=BEARER).json()
    assert body["answer"] == admin.client.post("/ask", json={"question": QUESTION}).json()
    [search] = body["searches"]
    assert search["found"][0]["href"] == "/documents/a%20b?start=0&end=45"
    best = search["candidates"][0]
    assert (best["text"], best["is_quoted"]) == ("The pelican eats herring.", True)
    assert best["coverage"] == 1.0
    assert body["min_confidence"] == 0.3


def test_options_of_a_question_apply(admin: Admin) -> None:
    params = {"q": QUESTION, "min_confidence": "0.9", "top_k": "1"}
    assert admin.client.get("/admin/explain", params=params, headers=BEARER).json()["min_confidence"] == 0.9


def test_page_shows_form_then_explanation(admin: Admin) -> None:
    admin.sign_in()
    form = admin.client.get("/admin/explain", headers=BROWSER)
    assert (form.status_code, form.headers["cache-control"]) == (200, "no-store")
    assert 'name="q"' in form.text
    shown = admin.client.get("/admin/explain", params={"q": QUESTION}, headers=BROWSER)
    assert shown.status_code == 200
    assert "What does the &lt;pelican&gt; eat?" in shown.text
    assert "<pelican>" not in shown.text
    for text in ("Answered", "coverage 1.00", "quoted", "Found and read in search 1: 1 passage"):
        assert text in shown.text
    assert "/admin/explain" in admin.client.get("/admin", headers=BROWSER).text


@pytest.mark.parametrize("query", ["", "?q=", "?q=x&top_k=0", "?q=x&unknown=1"])
def test_invalid_question_is_an_error(admin: Admin, query: str) -> None:
    reply = admin.client.get(f"/admin/explain{query}", headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")


def test_missing_index_is_an_error(write_corpus: WriteCorpus, index: Path) -> None:
    other = Admin(write_corpus({"a.md": "Words."}), index)
    assert other.client.get("/admin/explain?q=x", headers=BEARER).status_code == 503


def test_only_administrators_get_explanations(admin: Admin) -> None:
    assert admin.client.get("/admin/explain?q=x").status_code == 401
    refused = admin.client.get("/admin/explain?q=pelican", headers=BROWSER)
    assert refused.status_code == 401
    assert "herring" not in refused.text
