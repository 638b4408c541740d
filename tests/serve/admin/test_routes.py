"""The administration routes: access, rebuild, rollback and status."""

from pathlib import Path

import pytest
from filelock import FileLock
from pydantic import SecretStr

from normqa.settings import Settings
from tests.conftest import WriteCorpus, asking
from tests.serve.admin.administrator import BEARER, TOKEN, Admin

QUESTION = "What does the pelican eat?"
ADDRESSES = [
    ("GET", "/admin/explain?q=x"),
    ("GET", "/admin/status"),
    ("POST", "/admin/rebuild"),
    ("POST", "/admin/rollback"),
]


@pytest.fixture
def admin(write_corpus: WriteCorpus, index: Path) -> Admin:
    """Two files without an index."""
    return Admin(write_corpus({"a.md": "The pelican eats herring.\n", "b.md": "Walruses sleep.\n"}), index)


def test_rebuild_streams_stages_and_the_result(admin: Admin) -> None:
    *before, (last, done) = admin.rebuild()
    assert before[0] == ("stage", {"name": "Reading the corpus", "total": 0})
    assert ("progress", {"name": "Encoding passages", "done": 2, "total": 2}) in before
    assert last == "done"
    assert (done["built"], done["documents"], done["encoded"]) == (True, 2, 2)
    assert done["update"]["added"] == ["a.md", "b.md"]
    assert done["generation"] == admin.service.generation().name


def test_question_after_a_rebuild_uses_the_new_index(admin: Admin, corpus: Path) -> None:
    admin.rebuild()
    (corpus / "a.md").write_text("The pelican eats squid.\n")
    assert admin.rebuild()[-1][1]["update"]["changed"] == ["a.md"]
    assert admin.service.ask(asking(QUESTION, 1)).quotes[0].text == "The pelican eats squid."


def test_rebuild_streams_and_reports_file_problems(admin: Admin, corpus: Path) -> None:
    (corpus / "c.xlsx").write_bytes(b"%PDF-")
    events = admin.rebuild()
    assert [(data["file"], data["skipped"]) for name, data in events if name == "problem"] == [
        ("c.xlsx", True)
    ]
    [skipped] = [file for file in events[-1][1]["files"] if file["file"] == "c.xlsx"]
    assert (skipped["document"], len(skipped["warnings"])) == (None, 1)


def test_rebuild_can_be_full_or_strict(admin: Admin, corpus: Path) -> None:
    assert admin.rebuild()[-1][1]["built"]
    assert not admin.rebuild()[-1][1]["built"]
    assert admin.rebuild(b'{"full": true}')[-1][1]["encoded"] == 2
    (corpus / "c.xlsx").write_bytes(b"%PDF-")
    name, error = admin.rebuild(b'{"strict": true}')[-1]
    assert (name, error["code"]) == ("error", "strict")


def test_invalid_rebuild_request_builds_nothing(admin: Admin) -> None:
    reply = admin.client.post("/admin/rebuild", content=b'{"fast": true}', headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")
    assert not admin.index.exists()


def test_rebuild_during_another_build_is_409(admin: Admin) -> None:
    admin.rebuild()
    with FileLock(admin.index / ".lock"):
        reply = admin.client.post("/admin/rebuild", headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (409, "index_busy")


def test_rebuild_of_an_emptied_corpus_ends_with_an_error(admin: Admin, corpus: Path) -> None:
    for path in corpus.iterdir():
        path.unlink()
    name, error = admin.rebuild()[-1]
    assert (name, error["code"]) == ("error", "nothing_usable")


def test_internal_error_ends_a_rebuild_with_an_error(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(admin.service, "build", fail)
    monkeypatch.setattr("threading.excepthook", lambda _: None)
    reply = admin.client.post("/admin/rebuild", headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (500, "error")


def test_status_reports_changes_of_the_corpus(admin: Admin, corpus: Path) -> None:
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
def test_requests_without_the_token_are_unauthorised(
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
def test_administration_is_disabled_without_a_token(
    method: str, path: str, corpus: Path, index: Path
) -> None:
    reply = Admin(corpus, index, token=None).client.request(method, path, headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown_path")


def test_settings_do_not_print_the_token() -> None:
    assert TOKEN not in repr(Settings(admin_token=SecretStr(TOKEN)))


def test_rollback_reports_the_generation_that_answers(admin: Admin, corpus: Path) -> None:
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
def test_rollback_to_an_unknown_generation_fails(
    body: dict[str, object], status: int, code: str, admin: Admin
) -> None:
    admin.rebuild()
    before = admin.service.generation().name
    reply = admin.client.post("/admin/rollback", json=body, headers=BEARER)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert (admin.service.generation().name, admin.service.is_rolled_back()) == (before, False)


def test_token_may_contain_any_characters(corpus: Path, index: Path) -> None:
    client = Admin(corpus, index, token="ein Schlüssel für uns").client
    given = {b"Authorization": "Bearer ein Schlüssel für uns".encode()}
    assert client.get("/admin/status", headers=given).json()["code"] == "no_index"
