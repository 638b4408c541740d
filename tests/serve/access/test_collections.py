"""A reader learns nothing of documents for other groups, at no address."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from normqa.serve.access.identity import READER
from normqa.serve.access.keys import KeyFile
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.serve.access.requests import (
    OWN_TOKEN,
    Sent,
    document,
    lists,
    matches,
    mcp,
    other,
    pages,
    questions,
    routes_of,
    tool,
    verifications,
)
from tests.serve.conftest import Built

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
    "What does the zebrafish earn?",
]
QUOTING = f"She wrote: “{SALARIES}” He wrote: “The zebrafish earns ten crowns.” And “the okapi sits”."
IDS = ["birds", *(name.removesuffix(".md") for name in RESTRICTED)]


def requests_for(service: Service) -> list[Sent]:
    """Return every request, with the hashes of the documents of a service."""
    follow_up = f"after={quote(QUESTIONS[4])}&q={quote('And in winter?')}"
    filtered = [{"documents": ["salaries"]}, {"topics": ["pay"]}]
    return [
        *other(),
        *(sent for question in QUESTIONS for sent in questions(question)),
        *pages(f"/?{follow_up}", "/?topics=pay", "/?folders=plans", "/?q=Who+earns%3F&folders=plans"),
        Sent("GET", f"/conversation.json?{follow_up}"),
        Sent("GET", "/ask?q=Who+earns%3F&documents=salaries"),
        *(Sent("POST", "/ask", {"question": "Who earns?", "filters": filters}) for filters in filtered),
        tool("ask", question="Who earns?", filters=filtered[0]),
        Sent("POST", "/ask", {"question": "And in winter?", "history": ["Where does it move?"]}),
        *(
            sent
            for text in (
                SALARIES,
                SALARIES.upper(),
                "pelican",
                "The okapi moves",
                "zebrafish",
                "autumn",
                QUOTING,
            )
            for sent in verifications(text)
        ),
        *lists(
            "q=salaries", "topics=pay", "documents=salaries", "folders=plans", "limit=1", "limit=2&offset=1"
        ),
        *(sent for name in IDS for sent in document(name, service.document(name).sha256)),
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
    settings = Settings(
        keys=keys,
        allowed_hosts=("*",),
        min_confidence=0.3,
        api_reference=True,
        admin_token="a" * 16,
        metrics_token="m" * 16,
    )
    return create_app(settings, service)


@pytest.fixture(scope="module")
def everything(services: tuple[Service, Service]) -> list[Sent]:
    return requests_for(services[0])


def replies(
    client: TestClient, headers: dict[str, str], service: Service, requests: list[Sent]
) -> dict[str, str]:
    """Return what every request is answered, without the names that differ from build to build."""
    found = {}
    with client:
        for sent in requests:
            reply = sent.over(client, headers)
            found[str(sent)] = f"{reply.status_code} {reply.headers} {reply.text}"
    manifest = service.generation().manifest
    return {
        request: re.sub(
            r"dur=[0-9.]+|'content-length': '[0-9]+'|\"created\": ?[0-9]+|chatcmpl-[0-9A-Za-z]+"
            r"|W/\"[0-9a-f]{24}\"",  # a hash of the generation's name and of the question
            "",
            text,
        )
        .replace(manifest.generation, "GENERATION")
        .replace(manifest.built_at, "TIME")
        .replace(manifest.built_at[:16].replace("T", " "), "MINUTE")
        for request, text in found.items()
    }


def test_every_route_is_tried(
    services: tuple[Service, Service], keys: tuple[Path, dict[str, str]], everything: list[Sent]
) -> None:
    """A new route has to be added to these requests."""
    untried = [
        route
        for route in set(routes_of(app_with(services[0], keys[0]))) - OWN_TOKEN
        if not any(matches(route, f"{sent.method} {sent.target}") for sent in everything)
    ]
    assert untried == []


def test_every_tool_and_method_of_mcp_is_tried(
    services: tuple[Service, Service], keys: tuple[Path, dict[str, str]], everything: list[Sent]
) -> None:
    tried = [sent.body for sent in everything if sent.target == "/mcp"]
    with TestClient(app_with(services[0], keys[0])) as client:
        listed = mcp("tools/list").over(client, {}).json()["result"]["tools"]
        offered = other()[-1].over(client, {}).json()["result"]["capabilities"]
    assert {each["name"] for each in listed} == {
        body["params"]["name"] for body in tried if body["method"] == "tools/call"
    }
    assert {name for name, value in offered.items() if value} <= {
        body["method"].partition("/")[0] for body in tried
    }


def test_reader_of_the_group_gets_the_document_by_every_way(
    services: tuple[Service, Service], keys: tuple[Path, dict[str, str]], public: dict[str, str]
) -> None:
    """A request that anybody is answered alike would prove nothing."""
    ways = [
        *questions(QUESTIONS[-1]),
        *verifications(SALARIES),
        *lists("q=salaries", "topics=pay"),
        *document("salaries", services[0].document("salaries").sha256),
    ]
    headers = {"Authorization": f"Bearer {keys[1]['hr']}"}
    mine = replies(TestClient(app_with(services[0], keys[0])), headers, services[0], ways)
    missing = re.compile("/documents/salaries/(pages/.*)? ")  # the document has no pages
    alike = [way for way in mine if mine[way] == public[way] or not mine[way].startswith("200 ")]
    assert [way for way in alike if not missing.search(way)] == []
    assert [way for way in mine if re.search('"isError": ?true|"error": ?{', mine[way])] == []
    assert len(mine) > 40


@pytest.fixture(scope="module")
def anybody(
    services: tuple[Service, Service], keys: tuple[Path, dict[str, str]], everything: list[Sent]
) -> dict[str, str]:
    """The replies to a reader without a key."""
    return replies(TestClient(app_with(services[0], keys[0])), {}, services[0], everything)


@pytest.fixture(scope="module")
def public(
    services: tuple[Service, Service], keys: tuple[Path, dict[str, str]], everything: list[Sent]
) -> dict[str, str]:
    """The replies of a server that never had the restricted documents."""
    return replies(TestClient(app_with(services[1], keys[0])), {}, services[1], everything)


def test_anybody_gets_the_replies_of_a_server_without_the_documents(
    anybody: dict[str, str], public: dict[str, str]
) -> None:
    assert [request for request in public if anybody[request] != public[request]] == []


def test_key_of_another_group_gets_no_more(
    services: tuple[Service, Service],
    keys: tuple[Path, dict[str, str]],
    everything: list[Sent],
    public: dict[str, str],
) -> None:
    headers = {"Authorization": f"Bearer {keys[1]['sales']}"}
    mine = replies(TestClient(app_with(services[0], keys[0])), headers, services[0], everything)
    assert [request for request in public if mine[request] != public[request]] == []


def test_caches_are_not_shared_between_readers(
    services: tuple[Service, Service],
    keys: tuple[Path, dict[str, str]],
    everything: list[Sent],
    public: dict[str, str],
) -> None:
    client = TestClient(app_with(services[0], keys[0]))
    headers = {"Authorization": f"Bearer {keys[1]['hr']}"}
    with client:
        seen = [sent.over(client, headers).text for sent in everything]
    assert sum("nine crowns" in text for text in seen) > 20
    after = replies(client, {}, services[0], everything)
    assert [request for request in public if after[request] != public[request]] == []


@pytest.mark.parametrize("target", ["/", "/?q=herring"])
def test_page_of_a_reader_is_not_confirmed_to_others(
    target: str, services: tuple[Service, Service], keys: tuple[Path, dict[str, str]]
) -> None:
    """Neither caches nor browsers show the page that another reader got."""
    headers = {"Authorization": f"Bearer {keys[1]['hr']}"}
    with TestClient(app_with(services[0], keys[0])) as client:
        reply = client.get(target, headers=headers)
        known = {"If-None-Match": reply.headers["etag"]}
        assert "private" in reply.headers["cache-control"]
        assert client.get(target, headers={**headers, **known}).status_code == 304
        assert client.get(target, headers=known).status_code == 200


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
