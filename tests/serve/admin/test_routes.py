"""The administrator's routes: who may use them, and what a rebuild from outside tells."""

from pathlib import Path

import pytest
from filelock import FileLock
from pydantic import SecretStr

from normqa.settings import Settings
from tests.conftest import WriteCorpus, asking
from tests.serve.admin.administrator import BEARER, TOKEN, Admin

QUESTION = "What does the pelican eat?"
ADDRESSES = [("GET", "/admin/status"), ("POST", "/admin/rebuild"), ("POST", "/admin/rollback")]


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
@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_without_the_token_nothing_is_done_and_nothing_told(
    method: str, path: str, given: dict[str, str], admin: Admin
) -> None:
    reply = admin.client.request(method, path, headers=given)
    assert (reply.status_code, reply.json()["code"]) == (401, "unauthorised")
    assert reply.headers["www-authenticate"] == "Bearer"
    assert not admin.index.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [*ADDRESSES, ("GET", "/admin"), ("POST", "/admin/login"), ("POST", "/admin/logout"), ("GET", "/admin/x")],
)
def test_where_no_token_is_set_there_are_no_such_addresses(
    method: str, path: str, corpus: Path, index: Path
) -> None:
    reply = Admin(corpus, index, token=None).client.request(method, path, headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown_path")


def test_the_token_stands_in_no_description_of_the_settings() -> None:
    assert TOKEN not in repr(Settings(admin_token=SecretStr(TOKEN)))


def test_a_program_goes_back_to_a_build_and_is_told_what_answers_then(admin: Admin, corpus: Path) -> None:
    admin.rebuild()
    first = admin.service.generation().name
    (corpus / "a.md").write_text("The pelican eats squid.\n")
    admin.rebuild()
    reply = admin.client.post("/admin/rollback", json={"generation": first}, headers=BEARER)
    assert (reply.status_code, reply.json()["generation"], reply.json()["rolled_back"]) == (200, first, True)
    assert admin.service.ask(asking(QUESTION, 1)).quotes[0].text == "The pelican eats herring."


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"generation": "20200101T000000.000000Z"}, 404, "unknown_generation"),
        ({"generation": "../../elsewhere"}, 404, "unknown_generation"),
        ({"generation": 1}, 422, "invalid"),
        ({}, 422, "invalid"),
    ],
)
def test_there_is_no_way_back_to_what_does_not_stand(
    body: dict[str, object], status: int, code: str, admin: Admin
) -> None:
    admin.rebuild()
    before = admin.service.generation().name
    reply = admin.client.post("/admin/rollback", json=body, headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert (admin.service.generation().name, admin.service.is_rolled_back()) == (before, False)


def test_a_token_beyond_ascii_is_taken_as_its_bytes_in_utf_8(corpus: Path, index: Path) -> None:
    client = Admin(corpus, index, token="ein Schlüssel für uns").client
    given = {b"Authorization": "Bearer ein Schlüssel für uns".encode()}
    assert client.get("/admin/status", headers=given).json()["code"] == "no_index"
