"""API keys: the file, the commands, and what a key allows."""

import stat
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from normqa.serve.access.identity import READER
from normqa.serve.access.keys import KeyFile
from normqa.serve.app import create_app
from normqa.serve.errors import KeyNameTaken, KeysUnusable, UnknownKeyName
from normqa.service import Service
from normqa.settings import Settings
from tests.serve.conftest import BROWSER, Built

TOKEN = "a" * 16
OPEN = ["/health", "/health/live", "/health/ready", "/openapi.json", "/static/style.css", "/favicon.ico"]
GUARDED = {
    "GET /": "ask",
    "GET /?q=pelican": "ask",
    "GET /conversation.json?q=pelican": "ask",
    "GET /conversation.md?q=pelican": "ask",
    "POST /ask": "ask",
    "POST /verify": "verify",
    "GET /answer?q=pelican": "read",
    "GET /documents": "read",
    "GET /documents/": "read",
    "GET /documents/a": "read",
    "GET /documents/a/text": "read",
    "GET /documents/a/original": "read",
}
BODY = {"POST /ask": {"question": "pelican"}, "POST /verify": {"text": "pelican"}}


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys.json")


@pytest.fixture(scope="module")
def service(built: Built) -> Service:
    return built({"a.md": "The pelican eats herring."})


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
    reply = client.request(method, target, json=BODY.get(route), headers=headers)
    is_json = reply.headers.get("content-type") == "application/json"
    return reply.status_code, reply.json().get("code", "") if is_json else ""


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
    assert send(client, route, bearer(key))[0] == 200
    assert send(client, route, bearer("nqa_unknown"))[0] == 401


@pytest.mark.parametrize("route", GUARDED)
def test_key_opens_only_what_its_scopes_allow(service: Service, tmp_path: Path, route: str) -> None:
    client = client_with(service, tmp_path, require_key=False)
    keys = KeyFile(tmp_path / "keys.json")
    needed = GUARDED[route]
    right = keys.add("right", [needed])  # type: ignore[list-item]
    wrong = keys.add("wrong", [scope for scope in ("ask", "verify", "read", "admin") if scope != needed])
    assert send(client, route, bearer(right))[0] == 200
    assert send(client, route, bearer(wrong))[0] == 403
    assert send(client, route, {})[0] == 200


@pytest.mark.parametrize("path", OPEN)
def test_probes_and_static_files_need_no_key(service: Service, tmp_path: Path, path: str) -> None:
    assert client_with(service, tmp_path, require_key=True).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/ask/x", "//documents", "/docs"])
def test_unknown_address_needs_a_key_too(service: Service, tmp_path: Path, path: str) -> None:
    assert client_with(service, tmp_path, require_key=True).get(path).status_code == 401


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
