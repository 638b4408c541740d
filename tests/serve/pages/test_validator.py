"""ETags of the first page and of answers."""

import pytest
from fastapi.testclient import TestClient

from tests.conftest import covering_models
from tests.serve.conftest import BROWSER, Built, client_of


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    """A client for one document."""
    return client_of(built({"a.md": "The pelican eats herring."}, covering_models()))


@pytest.mark.parametrize("target", ["/", "/?q=pelican"])
def test_reload_costs_nothing(target: str, client: TestClient) -> None:
    reply = client.get(target, headers=BROWSER)
    assert reply.headers["cache-control"] == "private, no-cache"
    again = client.get(target, headers={**BROWSER, "If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == reply.headers["etag"]
    assert again.headers["vary"] == reply.headers["vary"] == "Accept"


def test_etag_depends_on_question_and_settings(built: Built, client: TestClient) -> None:
    etags = [
        client.get(f"/?q={query}", headers=BROWSER).headers["etag"] for query in ("", "a", "b", "a&after=b")
    ]
    service = built({"a.md": "The pelican eats herring."}, covering_models())
    etags += [
        client_of(service, top_k=top_k).get("/?q=a", headers=BROWSER).headers["etag"] for top_k in (3, 4)
    ]
    assert len(set(etags)) == 6


def test_new_generation_changes_the_etag(built: Built) -> None:
    service = built({"a.md": "The pelican eats herring."}, covering_models())
    client = client_of(service)
    first, before = (client.get(target, headers=BROWSER).headers["etag"] for target in ("/", "/?q=pelican"))
    (service.settings.corpus / "a.md").write_text("The pelican eats squid.", encoding="utf-8")
    service.build()
    reply = client.get("/?q=pelican", headers={**BROWSER, "If-None-Match": before})
    assert reply.status_code == 200
    assert "squid" in reply.text
    assert client.get("/", headers={**BROWSER, "If-None-Match": first}).status_code == 200


def test_errors_have_no_etag(built: Built, client: TestClient) -> None:
    reply = client.get("/?q=%00", headers=BROWSER)
    assert (reply.status_code, reply.headers.get("etag")) == (422, None)
    assert "etag" not in client_of(built({})).get("/", headers=BROWSER).headers
