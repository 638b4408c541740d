"""Static files with hashed addresses."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from normqa.serve.assets.assets import Assets, accepts_gzip
from normqa.serve.pages.pages import WEB
from tests.serve.conftest import Built, client_of


@pytest.fixture(scope="module")
def client(built: Built) -> TestClient:
    """A client of a server without documents."""
    return client_of(built({}))


def test_hashed_address_is_kept_for_a_year(client: TestClient) -> None:
    address = Assets(WEB / "static").folder
    reply = client.get(f"{address}/main.js")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.content == (WEB / "static" / "main.js").read_bytes()


def test_other_version_is_not_kept(client: TestClient) -> None:
    reply = client.get(f"/static/{'0' * 12}/main.js")
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-cache")
    assert "cache-control" not in client.get("/static/main.js").headers


def test_file_is_compressed_where_that_is_accepted(client: TestClient) -> None:
    replies = [client.get("/static/pages.css", headers={"Accept-Encoding": name}) for name in ("gzip", "br")]
    assert [reply.headers.get("content-encoding") for reply in replies] == ["gzip", None]
    assert [reply.headers["vary"] for reply in replies] == ["Accept-Encoding"] * 2
    assert replies[0].content == replies[1].content
    assert int(replies[0].headers["content-length"]) < int(replies[1].headers["content-length"]) / 2


def test_known_file_is_not_sent_again(client: TestClient) -> None:
    etag = client.get("/static/main.js").headers["etag"]
    reply = client.get("/static/main.js", headers={"If-None-Match": etag})
    assert (reply.status_code, reply.content) == (304, b"")


@pytest.mark.parametrize("path", ["nothing.css", "../templates/base.html", "a/b/main.js", "", "main.js/"])
def test_only_static_files_are_served(client: TestClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_version_depends_on_every_file(tmp_path: Path) -> None:
    for name in ("style.css", "source.css", "print.css", "main.js"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    before = Assets(tmp_path).version
    assert Assets(tmp_path).version == before
    (tmp_path / "print.css").write_text("other", encoding="utf-8")
    assert Assets(tmp_path).version != before


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip, br", True),
        ("*", True),
        ("gzip;q=0.5", True),
        ("gzip;q=0, br", False),
        ("", False),
        ("br", False),
    ],
)
def test_encodings_are_negotiated(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted
