"""``normqa serve --follow``: servers that answer from builds of another machine."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from normqa.serve.refresh import follow
from normqa.serve.refresh.follow import Follower
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.serve.conftest import client_of

if TYPE_CHECKING:
    from normqa.errors import NormqaError
    from normqa.index.backend import GenerationManifest

QUESTION = {"question": "What does the pelican eat?"}


class Publisher:
    """Builds and exports into a folder."""

    def __init__(self, folder: Path) -> None:
        self.published = folder / "publish"
        self.published.mkdir()
        self._corpus = folder / "corpus"
        self._corpus.mkdir()
        self.service = Service(Settings(corpus=self._corpus, index=folder / "index"), covering_models())

    def publish(self, text: str) -> Path:
        """Export a build of one document."""
        (self._corpus / "a.md").write_text(text, encoding="utf-8")
        self.service.build()
        return self.service.export(self.published)[1]


class Server:
    """A server that follows."""

    def __init__(self, folder: Path, source: str) -> None:
        settings = Settings(corpus=folder / "no-corpus", index=folder / "index", follow=source)
        self.service = Service(settings, covering_models())
        self.imported: list[GenerationManifest] = []
        self.errors: list[NormqaError] = []
        self.follower = Follower(self.service, source, self.imported.append, self.errors.append)
        self.client = client_of(self.service)

    def answer(self) -> tuple[str, Any]:
        """Return the quote, and the warning about the index."""
        answer = self.client.post("/ask", json=QUESTION).json()
        return answer["quotes"][0]["text"], answer["index"]["warning"]


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


def test_three_servers_switch_without_an_interruption(publisher: Publisher, tmp_path: Path) -> None:
    publisher.publish("The pelican eats herring.")
    servers = [Server(tmp_path / str(place), str(publisher.published)) for place in range(3)]
    for server in servers:
        server.follower.look()
        assert server.answer() == ("The pelican eats herring.", None)
    publisher.publish("The pelican eats squid.")
    seen = set()
    for server in servers:
        before = server.answer()
        server.follower.look()
        after = server.answer()
        seen |= {before, after}
        assert after == ("The pelican eats squid.", None)
    assert seen == {("The pelican eats herring.", None), ("The pelican eats squid.", None)}
    ready = {server.client.get("/health/ready").json()["generation"] for server in servers}
    assert ready == {publisher.service.generation().name}
    assert [len(server.imported) for server in servers] == [2, 2, 2]


def test_server_without_a_build_is_not_ready(publisher: Publisher, tmp_path: Path) -> None:
    server = Server(tmp_path / "a", str(publisher.published))
    server.follower.look()
    server.follower.look()
    assert [error.code for error in server.errors] == ["archive_unusable"]
    assert server.client.get("/health/ready").json()["code"] == "no_index"


def test_damaged_export_leaves_the_last_build_and_is_reported_once(
    publisher: Publisher, tmp_path: Path
) -> None:
    publisher.publish("The pelican eats herring.")
    server = Server(tmp_path / "a", str(publisher.published))
    server.follower.look()
    path = publisher.publish("The pelican eats squid.")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    server.follower.look()
    server.follower.look()
    assert [error.code for error in server.errors] == ["archive_unusable"]
    assert server.answer() == ("The pelican eats herring.", None)
    path.write_bytes(whole)
    server.follower.look()
    assert server.answer() == ("The pelican eats squid.", None)


def test_file_can_be_followed_too(publisher: Publisher, tmp_path: Path) -> None:
    path = publisher.publish("The pelican eats herring.")
    server = Server(tmp_path / "a", str(path))
    server.follower.look()
    assert server.answer() == ("The pelican eats herring.", None)


def test_older_export_is_not_followed(publisher: Publisher, tmp_path: Path) -> None:
    old = publisher.publish("The pelican eats herring.").read_bytes()
    path = publisher.publish("The pelican eats squid.")
    server = Server(tmp_path / "a", str(path))
    server.follower.look()
    path.write_bytes(old)
    server.follower.look()
    assert [error.code for error in server.errors] == ["archive_outdated"]
    assert server.answer() == ("The pelican eats squid.", None)


@pytest.fixture
def site(publisher: Publisher) -> Iterator[tuple[str, list[int]]]:
    """The address of the published folder, and the statuses of its replies."""
    statuses: list[int] = []

    class Quiet(SimpleHTTPRequestHandler):
        def log_request(self, code: Any = "-", size: Any = "-") -> None:  # noqa: ARG002
            statuses.append(int(code))

        def log_error(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(publisher.published)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", statuses
    server.shutdown()
    thread.join()
    server.server_close()


def test_address_is_asked_only_for_changes(
    publisher: Publisher, tmp_path: Path, site: tuple[str, list[int]]
) -> None:
    address, statuses = site
    path = publisher.publish("The pelican eats herring.")
    server = Server(tmp_path / "a", f"{address}/{path.name}")
    server.follower.look()
    server.follower.look()
    assert statuses == [200, 304]
    assert server.answer() == ("The pelican eats herring.", None)
    assert (len(server.imported), server.errors) == (1, [])
    assert not list(server.service.settings.index_folder.glob(".downloading*"))


def test_address_without_a_file_is_reported(
    publisher: Publisher, tmp_path: Path, site: tuple[str, list[int]]
) -> None:
    publisher.publish("The pelican eats herring.")
    server = Server(tmp_path / "a", f"{site[0]}/none.normqa")
    server.follower.look()
    assert "responded with the status 404" in server.errors[0].message


def test_download_that_broke_off_is_tried_again(
    publisher: Publisher, tmp_path: Path, site: tuple[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = publisher.publish("The pelican eats herring.")
    server = Server(tmp_path / "a", f"{site[0]}/{path.name}")
    with monkeypatch.context() as patch:
        patch.setattr(follow, "copyfileobj", lambda source, target: target.write(source.read(5_000)))
        server.follower.look()
    assert [error.code for error in server.errors] == ["archive_unusable"]
    server.follower.look()
    assert server.answer() == ("The pelican eats herring.", None)
