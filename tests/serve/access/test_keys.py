"""API keys: the file, the commands, and what a key allows."""

import hashlib
import stat
from pathlib import Path

import openai
import pytest
from fastapi.testclient import TestClient

from normqa.citations.brief.formats import BRIEF_FORMATS
from normqa.citations.formats import EXTENSIONS
from normqa.serve.access.identity import READER
from normqa.serve.access.keys import KeyFile
from normqa.serve.app import create_app
from normqa.serve.errors import KeyNameTaken, KeysUnusable, UnknownKeyName
from normqa.service import Service
from normqa.settings import Settings
from tests.serve.access.requests import OWN_TOKEN, matches, routes_of, tool
from tests.serve.asgi import Exchange
from tests.serve.conftest import BROWSER, Built

TOKEN = "a" * 16
TEXT = "The pelican eats herring."
OPEN = [
    "/docs",
    "/docs/swagger-ui.css",
    "/embed.js",
    "/favicon.ico",
    "/health",
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/static/style.css",
]
CITED = hashlib.sha256(TEXT.encode()).hexdigest()[:16]
GUARDED = {
    "GET /": "ask",
    "GET /?q=pelican": "ask",
    "GET /embed?q=pelican": "ask",
    "GET /suggest?q=pelican": "ask",
    "GET /timeline?q=pelican": "ask",
    **{f"GET /conversation.{extension}?q=pelican": "ask" for extension in EXTENSIONS},
    "GET /ask?q=pelican": "ask",
    "POST /ask": "ask",
    "GET /v1/models": "ask",
    "GET /v1/models/normqa": "ask",
    "POST /v1/chat/completions": "ask",
    "POST /verify": "verify",
    "GET /check": "verify",
    "POST /check": "verify",
    "GET /answer?q=pelican": "read",
    "GET /brief": "read",
    **{f"GET /brief.{extension}": "read" for extension in BRIEF_FORMATS},
    f"GET /cite?quote=0-11-{CITED}-a": "read",
    "GET /documents": "read",
    "GET /documents/": "read",
    "GET /documents/a": "read",
    "GET /documents/a/text": "read",
    "GET /documents/a/original": "read",
    "GET /documents/a/pages/1.png": "read",
}
BODY = {
    "POST /ask": {"question": "pelican"},
    "POST /verify": {"text": "pelican"},
    "POST /v1/chat/completions": {"model": "normqa", "messages": [{"role": "user", "content": "pelican"}]},
}
FORM = {"POST /check": {"text": "pelican"}}
WITHOUT_PAGES = "GET /documents/a/pages/1.png"


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys.json")


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built({"a.md": TEXT})


def client_with(service: Service, tmp_path: Path, *, require_key: bool) -> TestClient:
    """A client of a server with keys."""
    settings = Settings(
        keys=tmp_path / "keys.json", require_key=require_key, allowed_hosts=("*",), admin_token=TOKEN
    )
    return TestClient(create_app(settings, service))


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def send(client: TestClient, route: str, headers: dict[str, str]) -> tuple[int, str]:
    """Return the status, and the code of the error."""
    method, target = route.split()
    reply = client.request(method, target, json=BODY.get(route), data=FORM.get(route), headers=headers)
    is_json = reply.headers.get("content-type") == "application/json"
    body = reply.json() if is_json else {}
    return reply.status_code, body.get("error", body).get("code", "")


def test_file_has_the_hash_and_not_the_key(keys: KeyFile, tmp_path: Path) -> None:
    key = keys.add("a", READER)
    path = tmp_path / "keys.json"
    assert key not in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = keys.find(key)
    assert found is not None
    assert (found.name, found.scopes, found.groups) == ("a", READER, frozenset())
    assert keys.find(f"{key}x") is None


def test_names_are_unique_and_a_revoked_key_is_gone(keys: KeyFile) -> None:
    key = keys.add("a", {"ask"})
    with pytest.raises(KeyNameTaken):
        keys.add("a", {"ask"})
    keys.revoke("a")
    assert keys.find(key) is None
    with pytest.raises(UnknownKeyName):
        keys.revoke("a")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"keys": [{}]}', '{"keys": [], "more": 1}', "\0"])
def test_damaged_file_lets_no_key_in(keys: KeyFile, tmp_path: Path, content: str) -> None:
    key = keys.add("a", {"ask"})
    (tmp_path / "keys.json").write_text(content, encoding="utf-8")
    with pytest.raises(KeysUnusable):
        keys.find(key)
    with pytest.raises(KeysUnusable):
        keys.add("b", {"ask"})
    assert (tmp_path / "keys.json").read_text(encoding="utf-8") == content


@pytest.mark.parametrize("route", GUARDED)
def test_required_key_is_asked_for_everywhere(service: Service, tmp_path: Path, route: str) -> None:
    client = client_with(service, tmp_path, require_key=True)
    key = KeyFile(tmp_path / "keys.json").add("all", READER)
    for headers in ({}, bearer(TOKEN), bearer(""), {"Authorization": f"Basic {key}"}):
        assert send(client, route, headers) in {(401, "key_required"), (401, "")}  # a page has no code
    assert send(client, route, bearer(key))[0] == (404 if route == WITHOUT_PAGES else 200)
    assert send(client, route, bearer("nqa_unknown"))[0] == 401


@pytest.mark.parametrize("route", GUARDED)
def test_key_opens_only_what_its_scopes_allow(service: Service, tmp_path: Path, route: str) -> None:
    client = client_with(service, tmp_path, require_key=False)
    keys = KeyFile(tmp_path / "keys.json")
    needed = GUARDED[route]
    right = keys.add("right", [needed])  # type: ignore[list-item]
    wrong = keys.add("wrong", [scope for scope in ("ask", "verify", "read", "admin") if scope != needed])
    found = 404 if route == WITHOUT_PAGES else 200
    assert send(client, route, bearer(right))[0] == found
    assert send(client, route, bearer(wrong)) in {(403, "scope_missing"), (403, "")}
    assert send(client, route, {})[0] == found


def test_every_route_is_tried(service: Service, tmp_path: Path) -> None:
    """A new route has to be added to these lists."""
    tried = [*GUARDED, *(f"GET {path}" for path in OPEN), "POST /mcp"]
    routes = set(routes_of(client_with(service, tmp_path, require_key=True).app)) - OWN_TOKEN  # type: ignore[arg-type]
    untried = [route for route in routes if not any(matches(route, one) for one in tried)]
    assert untried == []


@pytest.mark.parametrize("missing", sorted(READER))
def test_mcp_needs_every_scope_of_a_reader(service: Service, tmp_path: Path, missing: str) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    some, all_ = keys.add("some", READER - {missing}), keys.add("all", READER)
    with client_with(service, tmp_path, require_key=True) as client:
        statuses = [tool("list_documents").over(client, sent) for sent in ({}, bearer(some), bearer(all_))]
    assert [reply.status_code for reply in statuses] == [401, 403, 200]
    assert "result" in statuses[2].json()


def test_chat_reports_a_missing_key_as_openai_does(service: Service, tmp_path: Path) -> None:
    client = client_with(service, tmp_path, require_key=True)
    with pytest.raises(openai.AuthenticationError, match="requires an API key") as raised:
        chat_with(client, "sk-unused").models.list()
    assert (raised.value.code, raised.value.type) == ("key_required", "invalid_request_error")
    key = KeyFile(tmp_path / "keys.json").add("ask", {"ask"})
    assert [model.id for model in chat_with(client, key).models.list()] == ["normqa"]


def chat_with(client: TestClient, key: str) -> openai.OpenAI:
    return openai.OpenAI(base_url="http://testserver/v1", api_key=key, http_client=client, max_retries=0)


@pytest.mark.parametrize("path", OPEN)
def test_probes_and_static_files_need_no_key(service: Service, tmp_path: Path, path: str) -> None:
    assert client_with(service, tmp_path, require_key=True).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/ask/x", "//documents", "/docsx", "/conversation.x"])
def test_unknown_address_needs_a_key_too(service: Service, tmp_path: Path, path: str) -> None:
    assert client_with(service, tmp_path, require_key=True).get(path).status_code == 401


def test_request_for_the_whole_server_needs_a_key(service: Service, tmp_path: Path) -> None:
    settings = Settings(keys=tmp_path / "keys.json", require_key=True, allowed_hosts=("*",))
    assert Exchange("OPTIONS", "*").over(create_app(settings, service)).status == 401


def test_revoked_key_is_rejected_at_once(service: Service, tmp_path: Path) -> None:
    client = client_with(service, tmp_path, require_key=False)
    keys = KeyFile(tmp_path / "keys.json")
    key = keys.add("a", READER)
    assert send(client, "GET /documents", bearer(key)) == (200, "")
    KeyFile(tmp_path / "keys.json").revoke("a")
    assert send(client, "GET /documents", bearer(key)) == (401, "unknown_key")


def test_damaged_file_rejects_keys_and_says_so(service: Service, tmp_path: Path) -> None:
    client = client_with(service, tmp_path, require_key=True)
    key = KeyFile(tmp_path / "keys.json").add("a", READER)
    (tmp_path / "keys.json").write_text("{", encoding="utf-8")
    assert send(client, "GET /documents", bearer(key)) == (503, "keys_unusable")
    assert str(tmp_path) not in client.get("/documents", headers=bearer(key)).text


def test_browser_without_a_key_gets_a_page_that_shows_nothing_of_the_index(
    service: Service, tmp_path: Path
) -> None:
    reply = client_with(service, tmp_path, require_key=True).get("/documents", headers=BROWSER)
    assert reply.status_code == 401
    assert "requires an API key" in reply.text
    assert service.generation().name not in reply.text
    assert "1 document" not in reply.text


def test_administration_takes_its_token_or_a_key_with_the_scope(service: Service, tmp_path: Path) -> None:
    client = client_with(service, tmp_path, require_key=True)
    keys = KeyFile(tmp_path / "keys.json")
    assert client.get("/admin/status", headers=bearer(TOKEN)).status_code == 200
    assert client.get("/admin/status", headers=bearer(keys.add("admin", {"admin"}))).status_code == 200
    assert client.get("/admin/status", headers=bearer(keys.add("all", READER))).status_code == 403
    assert client.get("/admin/status").status_code == 401


def test_keys_mean_nothing_to_a_server_without_the_setting(service: Service) -> None:
    client = TestClient(create_app(Settings(allowed_hosts=("*",)), service))
    assert send(client, "GET /documents", bearer("nqa_unknown")) == (200, "")
