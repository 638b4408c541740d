"""One request sees one generation, with its notices."""

import gc
import weakref
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Vectors
from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from normqa.snapshot import Snapshot
from tests.conftest import WriteCorpus, damage, hashing_models, parts_in_force
from tests.serve.conftest import BROWSER, client_of
from tests.serve.markup import Page

QUESTION = "What does the pelican eat?"
HERRING, SQUID = "The pelican eats herring.", "The pelican eats squid."
Make = Callable[..., Service]


class InterruptedEncoder(HashingEncoder):
    """An encoder that calls a function before it encodes its first question."""

    def __init__(self, interruption: Callable[[], object]) -> None:
        super().__init__()
        self._interruptions = [interruption]

    def encode_question(self, text: str) -> Vectors:
        while self._interruptions:
            self._interruptions.pop()()
        return super().encode_question(text)


class CountingService(Service):
    """A service that counts how often it hands out a snapshot."""

    handed_out = 0

    def current(self, groups: Collection[str] | None = None) -> Snapshot:
        self.handed_out += 1
        return super().current(groups)


@pytest.fixture
def publish_edit(write_corpus: WriteCorpus, make_service: Make) -> Callable[[], None]:
    """Edits the only document, adds another, and builds as another process would."""

    def publish() -> None:
        write_corpus(
            {"a.md": f"# Food\n\n{SQUID}\n\n# Weather\n\nIt is raining.", "b.md": "The walrus sleeps."}
        )
        make_service().build()

    return publish


@pytest.fixture
def interrupted(
    write_corpus: WriteCorpus, make_service: Make, publish_edit: Callable[[], None]
) -> TestClient:
    """A client of a server whose index is replaced while it answers the first question."""
    write_corpus({"a.md": f"# Food\n\n{HERRING}\n\n# Weather\n\nThe sun is shining."})
    make_service().build()
    return client_of(make_service(InterruptedEncoder(publish_edit)))


def test_page_does_not_mix_generations(interrupted: TestClient) -> None:
    page = Page(interrupted.get("/", params={"q": QUESTION}, headers=BROWSER).content)
    assert page.texts("blockquote")[0] == HERRING
    assert page.of_class("around")[0].text == "Weather\n\nThe sun is shining."
    assert page.all("footer")[-1].text.strip().startswith("1 document,")
    page = Page(interrupted.get("/", params={"q": QUESTION}, headers=BROWSER).content)
    assert page.texts("blockquote")[0] == SQUID
    assert page.all("footer")[-1].text.strip().startswith("2 documents,")


def test_page_keeps_the_notice_of_its_own_snapshot(
    write_corpus: WriteCorpus, make_service: Make, publish_edit: Callable[[], None]
) -> None:
    for text in (HERRING, SQUID):
        write_corpus({"a.md": text})
        make_service().build()
    make_service().roll_back()
    client = client_of(make_service(InterruptedEncoder(publish_edit)))
    page = Page(client.get("/", params={"q": QUESTION}, headers=BROWSER).content)
    assert (page.texts("blockquote"), len(page.of_class("alarm"))) == ([HERRING], 1)
    page = Page(client.get("/", params={"q": QUESTION}, headers=BROWSER).content)
    assert (page.texts("blockquote")[0], page.of_class("alarm")) == (SQUID, [])


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/", None),
        ("GET", "/?q=pelican", None),
        ("GET", "/?q=%00", None),
        ("GET", f"/answer?q=pelican&quote=0-5-{'0' * 16}-a&quote=0-5-{'0' * 16}-b", None),
        ("GET", "/conversation.md?q=pelican&after=walrus", None),
        ("GET", "/documents", None),
        ("GET", "/documents/a?start=0&end=5", None),
        ("GET", "/documents/missing", None),
        ("GET", "/missing", None),
        ("GET", "/health", None),
        ("GET", "/admin", None),
        ("POST", "/ask", {"question": QUESTION}),
        ("POST", "/verify", {"text": "pelican"}),
    ],
)
def test_request_takes_one_snapshot(
    method: str, target: str, body: Any, corpus: Path, index: Path, write_corpus: WriteCorpus
) -> None:
    write_corpus({"a.md": HERRING})
    settings = Settings(
        corpus=corpus,
        index=index,
        admin_token=SecretStr("a token of the administrator"),
        allowed_hosts=("*",),
    )
    service = CountingService(settings, hashing_models())
    service.build()
    TestClient(create_app(settings, service)).request(method, target, json=body, headers=BROWSER)
    assert service.handed_out == 1


def _notices(client: TestClient) -> list[str]:
    """Return the warning of an answer, after checking that pages and health show the same."""
    warning = client.post("/ask", json={"question": QUESTION}).json()["index"]["warning"]
    assert client.get("/health").json()["warning"] == warning
    for target in ("/", f"/?q={QUESTION}", "/documents", "/documents/missing", "/missing"):
        alarms = Page(client.get(target, headers=BROWSER).content).of_class("alarm")
        assert [alarm.text for alarm in alarms] == ([warning] if warning else [])
    exported = client.get("/conversation.md", params={"q": QUESTION}).text
    assert ("Warning: " in exported) == (warning is not None)
    return [warning] if warning else []


def test_every_reply_warns_of_an_emptied_corpus(
    write_corpus: WriteCorpus, make_service: Make, corpus: Path
) -> None:
    write_corpus({"a.md": HERRING})
    make_service().build()
    client = client_of(make_service())
    assert _notices(client) == []
    (corpus / "a.md").unlink()
    [warning] = _notices(client)
    assert warning.startswith("The corpus folder is empty or missing")
    write_corpus({"a.md": HERRING})
    assert _notices(client) == []


def test_every_reply_contains_all_warnings(
    write_corpus: WriteCorpus, make_service: Make, corpus: Path, index: Path
) -> None:
    write_corpus({"a.md": HERRING, "b.md": SQUID})
    make_service().build()
    write_corpus({"b.md": "Closed."})
    make_service().build()
    damage(parts_in_force(index)["texts.sqlite"])
    for path in corpus.iterdir():
        path.unlink()
    [warning] = _notices(client_of(make_service()))
    assert "texts.sqlite" in warning
    assert "The corpus folder is empty or missing" in warning


def test_published_empty_generation_is_reported_as_empty(
    write_corpus: WriteCorpus, make_service: Make, corpus: Path
) -> None:
    write_corpus({"a.md": HERRING})
    make_service().build()
    (corpus / "a.md").unlink()
    make_service().build(allow_empty=True)
    client = client_of(make_service())
    health = client.get("/health").json()
    assert (health["status"], health["documents"]) == ("empty", 0)
    answer = client.post("/ask", json={"question": QUESTION}).json()
    assert (answer["reason"], answer["index"]["generation"]) == ("empty_index", health["generation"])
    assert client.post("/verify", json={"text": HERRING}).json()["status"] == "not_found"
    for target in ("/", "/documents", f"/?q={QUESTION}"):
        page = Page(client.get(target, headers=BROWSER).content)
        assert page.of_class("alarm") == []
        assert "pelican eats herring" not in page.one("main").text
    assert "No documents are loaded." in Page(client.get("/", headers=BROWSER).content).texts("p")


def test_pages_keep_no_replaced_generation_open(
    write_corpus: WriteCorpus, make_service: Make, publish_edit: Callable[[], None]
) -> None:
    write_corpus({"a.md": f"# Food\n\n{HERRING}"})
    service = make_service()
    service.build()
    client = client_of(service)
    assert client.get("/", headers=BROWSER).status_code == 200
    replaced = weakref.ref(service.generation().store)
    publish_edit()
    assert client.get("/documents", headers=BROWSER).status_code == 200
    gc.collect()
    assert replaced() is None
