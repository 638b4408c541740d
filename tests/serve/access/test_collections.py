"""A reader learns nothing of documents for other groups, at no address."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Route

from normqa.serve.access.identity import READER
from normqa.serve.access.keys import KeyFile
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.serve.conftest import BROWSER, Built

PUBLIC = {
    "birds.md": "---\ntopics: [birds]\nquestions: [What does the pelican eat?]\n---\n# Birds\n\n"
    "The pelican eats herring. The heron wades in mud.\n\n1. Terns\n2. Gulls\n",
    "notes.txt": "Ravens cache walnuts.\n",
}
SALARIES = "The zebrafish earns nine crowns from the Zonal Budget Fund (ZBF)."
RESTRICTED = {
    "salaries.md": "---\naudience: [hr]\ntitle: Salaries\ntopics: [pay]\nquestions: [Who earns?]\n---\n"
    f"# Salaries\n\n{SALARIES}\n",
    "plans/okapi.md": "# Plans\n\nThe okapi moves in autumn.\n",
    "plans/both.md": "---\naudience: board\n---\nThe quokka moves in winter.\n",
    "closed.md": "---\naudience: {hr: yes}\n---\nThe axolotl sleeps.\n",
}
RULES = {"plans/*": ("plans", "board")}

QUESTIONS = [
    "What does the pelican eat?",
    "What does the zebrafich earn?",
    "Who gets money from the ZBF?",
    "Does the pelican earn crowns?",
    "Where does the Okapi move?",
    "What sleeps?",
    "Which animals are there?",
]
SPANS = "&quote=".join(["", quote(f"0-20-{'0' * 16}-salaries"), quote(f"0-20-{'0' * 16}-plans/okapi")])
GET = [
    "/",
    "/documents",
    "/documents/",
    *(f"/?q={quote(question)}" for question in QUESTIONS),
    f"/?after={quote(QUESTIONS[4])}&q={quote('And in winter?')}",
    f"/conversation.json?q={quote(QUESTIONS[1])}",
    f"/conversation.md?q={quote(QUESTIONS[2])}",
    f"/answer?q=x{SPANS}",
    *(
        f"/documents/{name}{more}"
        for name in ("birds", "salaries", "plans/okapi", "plans/both", "closed")
        for more in ("", "/text", "/original", "/pages/1.png", "/")
    ),
    "/documents/birds?start=0&end=5",
    "/documents/salaries?start=0&end=5",
    *(
        f"/cite?format=ris&quote=0-20-0000000000000000-{quote(name)}"
        for name in ("birds", "salaries", "plans/okapi")
    ),
    f"/conversation.ris?q={quote(QUESTIONS[1])}",
    "/v1/models",
    "/v1/models/normqa",
    "/health",
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/favicon.ico",
]
POST: list[tuple[str, dict[str, Any]]] = [
    *[("/ask", {"question": question}) for question in QUESTIONS],
    ("/ask", {"question": "Who earns?", "filters": {"documents": ["salaries"]}}),
    ("/ask", {"question": "Who earns?", "filters": {"topics": ["pay"]}}),
    ("/ask", {"question": "And in winter?", "history": ["Where does it move?"]}),
    *(
        ("/verify", {"text": text})
        for text in (SALARIES, "pelican", "The okapi moves", "zebrafish", "autumn")
    ),
    *[
        ("/v1/chat/completions", {"model": "normqa", "messages": [{"role": "user", "content": question}]})
        for question in QUESTIONS[:4]
    ],
    *[
        ("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
        for call in (
            {"name": "list_documents", "arguments": {}},
            {"name": "fetch", "arguments": {"id": "salaries"}},
            {"name": "ask", "arguments": {"question": QUESTIONS[1]}},
            {"name": "verify_quote", "arguments": {"text": SALARIES}},
        )
    ],
]


@pytest.fixture(scope="module")
def services(built: Built) -> tuple[Service, Service]:
    """A service with all documents and rules, and one that never had those that are restricted."""
    whole = built(PUBLIC | RESTRICTED, covering_models())
    whole.settings = whole.settings.model_copy(update={"audiences": RULES})
    return whole, built(PUBLIC, covering_models())


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A file of keys, and a key for each combination of groups."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    groups = {
        "none": [],
        "sales": ["sales"],
        "hr": ["hr"],
        "plans": ["plans"],
        "board": ["board"],
        "empty": [" "],
    }
    return path, {name: KeyFile(path).add(name, READER, own) for name, own in groups.items()}


def app_with(service: Service, keys: Path) -> FastAPI:
    return create_app(Settings(keys=keys, allowed_hosts=("*",), min_confidence=0.3), service)


def replies(client: TestClient, headers: dict[str, str], service: Service) -> dict[str, str]:
    """Return what every request is answered, without the names that differ from build to build."""
    found = {}
    with client:
        for accept in ({}, BROWSER):
            for target in GET:
                reply = client.get(target, headers=headers | accept)
                found[f"GET {target} {bool(accept)}"] = f"{reply.status_code} {reply.headers} {reply.text}"
        for target, body in POST:
            accept = {"Accept": "application/json, text/event-stream"} if target == "/mcp" else {}
            reply = client.post(target, json=body, headers=headers | accept)
            found[f"POST {target} {json.dumps(body)}"] = f"{reply.status_code} {reply.text}"
    manifest = service.generation().manifest
    return {
        request: re.sub(
            r"dur=[0-9.]+|'content-length': '[0-9]+'|\"created\": ?[0-9]+|chatcmpl-[0-9A-Za-z]+", "", text
        )
        .replace(manifest.generation, "GENERATION")
        .replace(manifest.built_at, "TIME")
        for request, text in found.items()
    }


def test_every_route_is_tried(services: tuple[Service, Service], keys: tuple[Path, dict[str, str]]) -> None:
    """A new route has to be added to this test."""
    tried = [
        *(target.partition("?")[0] for target in GET),
        *(target for target, _ in POST),
        "/static/style.css",
    ]
    app = app_with(services[0], keys[0])
    client = TestClient(app)
    paths = {*client.get("/openapi.json").json()["paths"]}
    paths |= {route.path for route in app.routes if isinstance(route, Route)}
    untried = [path for path in paths if not any(re.fullmatch(_pattern(path), one) for one in tried)]
    assert sorted(untried) == []


def _pattern(path: str) -> str:
    return re.sub(r"\\{[^}]*\\}", ".+", re.escape(path))


@pytest.fixture(scope="module")
def anybody(services: tuple[Service, Service], keys: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """The replies to a reader without a key."""
    return replies(TestClient(app_with(services[0], keys[0])), {}, services[0])


@pytest.fixture(scope="module")
def public(services: tuple[Service, Service], keys: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """The replies of a server that never had the restricted documents."""
    return replies(TestClient(app_with(services[1], keys[0])), {}, services[1])


def test_anybody_gets_the_replies_of_a_server_without_the_documents(
    anybody: dict[str, str], public: dict[str, str]
) -> None:
    assert [request for request in public if anybody[request] != public[request]] == []


def test_key_of_another_group_gets_no_more(
    services: tuple[Service, Service], keys: tuple[Path, dict[str, str]], public: dict[str, str]
) -> None:
    headers = {"Authorization": f"Bearer {keys[1]['sales']}"}
    mine = replies(TestClient(app_with(services[0], keys[0])), headers, services[0])
    assert [request for request in public if mine[request] != public[request]] == []


def test_caches_are_not_shared_between_readers(
    services: tuple[Service, Service], keys: tuple[Path, dict[str, str]], public: dict[str, str]
) -> None:
    client = TestClient(app_with(services[0], keys[0]))
    for target in GET:
        client.get(target, headers={"Authorization": f"Bearer {keys[1]['hr']}"})
    seen = client.get(GET[5], headers={"Authorization": f"Bearer {keys[1]['hr']}"}).text
    assert "zebrafish earns nine crowns" in seen
    after = replies(client, {}, services[0])
    assert [request for request in public if after[request] != public[request]] == []


@pytest.mark.parametrize(
    ("key", "visible"),
    [
        ("none", {"birds", "notes.txt"}),
        ("hr", {"birds", "notes.txt", "salaries"}),
        ("plans", {"birds", "notes.txt", "plans/okapi"}),
        ("board", {"birds", "notes.txt", "plans/okapi", "plans/both"}),
    ],
)
def test_key_shows_what_every_rule_for_a_document_allows(
    services: tuple[Service, Service], keys: tuple[Path, dict[str, str]], key: str, visible: set[str]
) -> None:
    client = TestClient(app_with(services[0], keys[0]))
    listed = client.get("/documents", headers={"Authorization": f"Bearer {keys[1][key]}"}).json()
    assert {document["id"] for document in listed["documents"]} == visible


def test_groups_that_a_trusted_proxy_names_count(services: tuple[Service, Service]) -> None:
    settings = Settings(
        trusted_proxies=("192.0.2.1",), user_header="X-User", groups_header="X-Groups", allowed_hosts=("*",)
    )
    app = create_app(settings, services[0])
    headers = {"X-User": "ada", "X-Groups": "sales, hr"}
    by_proxy = TestClient(app, client=("192.0.2.1", 1)).get("/documents/salaries", headers=headers)
    by_stranger = TestClient(app, client=("192.0.2.2", 1)).get("/documents/salaries", headers=headers)
    assert (by_proxy.status_code, by_stranger.status_code) == (200, 404)


def test_server_without_settings_shows_restricted_documents_to_nobody(
    services: tuple[Service, Service],
) -> None:
    client = TestClient(create_app(Settings(allowed_hosts=("*",)), services[0]))
    assert client.get("/documents/salaries").status_code == 404
    assert client.get("/health").json()["documents"] == 2


def test_local_calls_see_every_document(services: tuple[Service, Service]) -> None:
    assert len(services[0].documents()) == 6
