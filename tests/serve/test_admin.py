"""The administrator's routes: who may use them, and what a rebuild from outside tells."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock
from pydantic import SecretStr

from normqa.serve.app import create_app
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import MAX_FILE_BYTES, WriteCorpus, asking, hashing_models

TOKEN = "a token of the administrator"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
QUESTION = "What does the pelican eat?"


class Admin:
    """A corpus, and a client of the application over it whose administrator has a token."""

    def __init__(self, corpus: Path, index: Path, *, token: str | None = TOKEN) -> None:
        self.index = index
        self.service = Service(corpus, index, hashing_models(), MAX_FILE_BYTES)
        settings = Settings.model_construct(
            top_k=3, min_confidence=0.3, admin_token=SecretStr(token) if token else None
        )
        self.client = TestClient(create_app(settings, self.service))

    def rebuild(self, body: bytes = b"") -> list[tuple[str, Any]]:
        """The events that a rebuild sends: names and data."""
        reply = self.client.post("/admin/rebuild", content=body, headers=BEARER)
        assert reply.status_code == 200
        assert reply.headers["content-type"].partition(";")[0] == "text/event-stream"
        events = [
            dict(line.split(": ", 1) for line in event.split("\n")) for event in reply.text.split("\n\n")[:-1]
        ]
        return [(event["event"], json.loads(event["data"])) for event in events]


@pytest.fixture
def admin(write_corpus: WriteCorpus, index: Path) -> Admin:
    """Two files, not built yet."""
    return Admin(write_corpus({"a.md": "The pelican eats herring.\n", "b.md": "Walruses sleep.\n"}), index)


def test_a_rebuild_tells_its_stages_and_ends_with_what_came_of_it(admin: Admin) -> None:
    *before, (last, done) = admin.rebuild()
    assert before[0] == ("stage", {"name": "Reading the corpus", "total": 0})
    assert ("progress", {"name": "Encoding passages", "done": 2, "total": 2}) in before
    assert last == "done"
    assert (done["built"], done["documents"], done["encoded"]) == (True, 2, 2)
    assert done["update"]["added"] == ["a.md", "b.md"]
    assert done["generation"] == admin.service.generation().name


def test_what_a_rebuild_brought_answers_the_next_question(admin: Admin, corpus: Path) -> None:
    admin.rebuild()
    (corpus / "a.md").write_text("The pelican eats squid.\n")
    assert admin.rebuild()[-1][1]["update"]["changed"] == ["a.md"]
    assert admin.service.ask(asking(QUESTION, 1)).quotes[0].text == "The pelican eats squid."


def test_files_with_problems_are_told_as_they_are_met_and_in_the_end(admin: Admin, corpus: Path) -> None:
    (corpus / "c.pdf").write_bytes(b"%PDF-")
    events = admin.rebuild()
    assert [(data["file"], data["skipped"]) for name, data in events if name == "problem"] == [
        ("c.pdf", True)
    ]
    [told] = [file for file in events[-1][1]["files"] if file["file"] == "c.pdf"]
    assert (told["document"], len(told["warnings"])) == (None, 1)


def test_the_body_asks_for_a_full_or_a_strict_build(admin: Admin, corpus: Path) -> None:
    assert admin.rebuild()[-1][1]["built"]
    assert not admin.rebuild()[-1][1]["built"]
    assert admin.rebuild(b'{"full": true}')[-1][1]["encoded"] == 2
    (corpus / "c.pdf").write_bytes(b"%PDF-")
    name, error = admin.rebuild(b'{"strict": true}')[-1]
    assert (name, error["code"]) == ("error", "strict")


def test_a_body_that_breaks_a_rule_builds_nothing(admin: Admin) -> None:
    reply = admin.client.post("/admin/rebuild", content=b'{"fast": true}', headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")
    assert not admin.index.exists()


def test_while_another_builds_a_rebuild_is_refused_and_told_who_that_is(admin: Admin) -> None:
    admin.rebuild()
    with FileLock(admin.index / ".lock"):
        reply = admin.client.post("/admin/rebuild", headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (409, "index_busy")


def test_a_corpus_that_gives_nothing_ends_the_events_with_the_error(admin: Admin, corpus: Path) -> None:
    for path in corpus.iterdir():
        path.unlink()
    name, error = admin.rebuild()[-1]
    assert (name, error["code"]) == ("error", "nothing_usable")


def test_a_fault_of_ours_ends_the_events_too(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(admin.service, "build", fail)
    monkeypatch.setattr("threading.excepthook", lambda _: None)
    reply = admin.client.post("/admin/rebuild", headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (500, "error")


def test_the_status_tells_how_the_corpus_differs(admin: Admin, corpus: Path) -> None:
    admin.rebuild()
    fresh = admin.client.get("/admin/status", headers=BEARER).json()
    assert (fresh["stale"], fresh["documents"], fresh["drift"]["kept"]) == (False, 2, 2)
    (corpus / "a.md").rename(corpus / "z.md")
    (corpus / "b.md").write_text("Walruses dive.\n")
    stale = admin.client.get("/admin/status", headers=BEARER).json()
    assert (stale["stale"], stale["drift"]["changed"]) == (True, ["b.md"])
    assert stale["drift"]["renamed"] == [{"old": "a.md", "new": "z.md"}]


@pytest.mark.parametrize(
    "given", [{}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer wrong"}]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/admin/status"), ("POST", "/admin/rebuild")])
def test_without_the_token_nothing_is_done_and_nothing_told(
    method: str, path: str, given: dict[str, str], admin: Admin
) -> None:
    reply = admin.client.request(method, path, headers=given)
    assert (reply.status_code, reply.json()["code"]) == (401, "unauthorised")
    assert reply.headers["www-authenticate"] == "Bearer"
    assert not admin.index.exists()


@pytest.mark.parametrize(("method", "path"), [("GET", "/admin/status"), ("POST", "/admin/rebuild")])
def test_where_no_token_is_set_there_are_no_such_addresses(
    method: str, path: str, corpus: Path, index: Path
) -> None:
    reply = Admin(corpus, index, token=None).client.request(method, path, headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown_path")


def test_the_token_stands_in_no_description_of_the_settings() -> None:
    assert TOKEN not in repr(Settings(admin_token=SecretStr(TOKEN)))
