"""Signing out ends a session everywhere, and ended sessions leave nothing behind."""

import stat
import time
from pathlib import Path

import pytest

from normqa.errors import IndexNotWritable
from normqa.serve.admin.sessions import COOKIE, FOLDER, LIFETIME, Sessions
from tests.conftest import WriteCorpus
from tests.serve.admin.administrator import OWN, TOKEN, Admin


@pytest.fixture
def admin(write_corpus: WriteCorpus, index: Path) -> Admin:
    """A corpus without an index; the administrator is signed in."""
    admin = Admin(write_corpus({"a.md": "The pelican eats herring.\n"}), index)
    admin.sign_in()
    return admin


def _status(admin: Admin, cookie: str) -> int:
    """The status of a request with nothing but this cookie."""
    admin.client.cookies.clear()
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    return admin.client.get("/admin/status", headers=headers).status_code


def test_sign_out_ends_copies_of_the_cookie_in_every_process(admin: Admin, corpus: Path) -> None:
    admin.service.build()
    cookie = admin.client.cookies[COOKIE]
    other = Admin(corpus, admin.index)
    assert (_status(admin, cookie), _status(other, cookie)) == (200, 200)
    headers = {**OWN, "Cookie": f"{COOKIE}={cookie}"}
    assert admin.client.post("/admin/logout", headers=headers, follow_redirects=False).status_code == 303
    restarted = Admin(corpus, admin.index)
    assert [_status(one, cookie) for one in (admin, other, restarted)] == [401, 401, 401]


def test_sign_out_ends_only_its_own_session(admin: Admin, corpus: Path) -> None:
    admin.service.build()
    other = Admin(corpus, admin.index)
    other.sign_in()
    cookie = other.client.cookies[COOKIE]
    assert cookie != admin.client.cookies[COOKIE]
    admin.client.post("/admin/logout", headers=OWN)
    assert _status(other, cookie) == 200


def test_sessions_survive_builds(admin: Admin) -> None:
    cookie = admin.client.cookies[COOKIE]
    admin.service.build()
    admin.service.build(full=True)
    assert _status(admin, cookie) == 200


def test_expired_sessions_are_removed_at_the_next_sign_in(index: Path) -> None:
    sessions = Sessions(TOKEN, index)
    for now in (1000, 2000):
        sessions.begin(now)
    assert len(list((index / FOLDER).iterdir())) == 2
    sessions.begin(1000 + LIFETIME)
    assert len(list((index / FOLDER).iterdir())) == 2


def test_folder_reveals_no_session(index: Path) -> None:
    value = Sessions(TOKEN, index).begin(time.time())
    [path] = (index / FOLDER).iterdir()
    assert value.split(".")[1] not in path.name
    assert path.read_bytes() == b""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("session", ["9999999999./../../CURRENT", "x", ".", "9999999999.\x00", "²."])
def test_only_signed_names_reach_the_disk(session: str, index: Path) -> None:
    assert not Sessions(TOKEN, index).is_valid(f"{session}.0", time.time())


def test_session_that_cannot_be_written_or_removed_is_an_error(index: Path) -> None:
    index.write_text("a file")
    sessions = Sessions(TOKEN, index)
    with pytest.raises(IndexNotWritable, match="No session can begin"):
        sessions.begin(1000)
    with pytest.raises(IndexNotWritable, match="The session goes on"):
        sessions.end("1000.x.y")
