"""A server that is killed in the middle of a request or of a build, and started again on the same data."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from normqa.errors import IndexUnavailable, NormqaError
from normqa.service import Service
from normqa.settings import Settings
from tests.conftest import covering_models
from tests.milvus.servers import LiteServer, Server, killed_at
from tests.serve.conftest import client_of

QUESTION = "Who sleeps?"
WAIT_SECONDS = 120


@dataclass
class Trial:
    """A service, and its server in a process of its own.

    Attributes:
        service: The service.
        server: The server.
        corpus: Folder of the documents.
        sleeper: Who sleeps according to the newest documents that may be current.
    """

    service: Service
    server: Server
    corpus: Path
    sleeper: str = ""

    @classmethod
    def begin(cls, root: Path, server: Server) -> "Trial":
        """Start the server, and build."""
        server.start()
        settings = Settings(
            corpus=root / "corpus",
            index=f"milvus+http://127.0.0.1:{server.port}",
            cache=root / "cache",
            milvus_seconds=30,
        )
        settings.corpus.mkdir()
        (settings.corpus / "birds.md").write_text("# Birds\n\nHerons nest in tall trees.\n", "utf-8")
        trial = cls(Service(settings, covering_models()), server, settings.corpus)
        trial.edit("walrus")
        trial.service.build()
        trial.check("walrus")
        return trial

    def edit(self, sleeper: str) -> None:
        """Change who sleeps."""
        (self.corpus / "sleep.md").write_text(f"# Animals\n\nThe {sleeper} sleeps.\n", "utf-8")
        self.sleeper = sleeper

    def quoted(self) -> list[str]:
        """Return what is quoted, with nothing in a cache."""
        self.service._open = None
        quotes = self.service.ask(QUESTION, min_confidence=0.3).quotes
        return [quote.text for quote in quotes if "sleeps" in quote.text]

    def check(self, *sleepers: str) -> None:
        """Require that a quote names one of the sleepers."""
        assert self.quoted() in [[f"The {sleeper} sleeps."] for sleeper in sleepers]

    def recover(self) -> float:
        """Require that it is not ready, start the server again, wait until it is, and ask a question.

        Returns:
            Seconds from the start until it was ready.
        """
        client = client_of(self.service)
        reply = client.get("/health/ready")
        assert (reply.status_code, reply.json()["code"]) == (503, "index_unavailable")
        begin = time.monotonic()
        self.server.start()
        while client.get("/health/ready").status_code != 200:
            assert time.monotonic() - begin < WAIT_SECONDS
            time.sleep(0.1)
        return time.monotonic() - begin

    def kill_in_request(self, method: str, number: int) -> tuple[str, float]:
        """Kill the server in a request.

        Returns:
            What became of the request, and the seconds until it was ready again.
        """
        result = "answered"
        with killed_at(self.service, self.server, method, number):
            try:
                self.check(self.sleeper)
            except IndexUnavailable as error:
                result = error.code
        seconds = self.recover()
        self.check(self.sleeper)
        return result, seconds

    def kill_in_build(self, sleeper: str, method: str, number: int) -> tuple[str, float]:
        """Kill the server in a build, and build again.

        Returns:
            What became of the build that was interrupted, and the seconds until the index was ready again.
        """
        before, last, result = self.service.current_name(), self.sleeper, "built"
        self.edit(sleeper)
        with killed_at(self.service, self.server, method, number):
            try:
                self.service.build()
            except NormqaError as error:
                result = error.code
        seconds = self.recover()
        is_switched = self.service.current_name() != before
        self.check(sleeper if is_switched else last)
        assert [info.fault for info in self.service.generations() if info.in_force] == [None]
        self.service.build()
        self.check(sleeper)
        return f"{result}, {'new' if is_switched else 'old'} generation", seconds


REQUEST = [("describe_alias", 1), ("query", 1), ("query", 3), ("search", 1), ("search", 2)]
"""Calls in which the server is killed while a question is answered."""

BUILD = [
    ("list_collections", 1),
    ("create_collection", 1),
    ("create_collection", 2),
    ("upsert", 1),
    ("upsert", 2),
    ("create_index", 1),
    ("flush", 2),
    ("load_collection", 1),
    ("create_alias", 1),
    ("alter_alias", 1),
    ("alter_alias", 2),
    ("drop_alias", 1),
]
"""Calls in which the server is killed while a build runs; the last four publish."""


@pytest.fixture(scope="module")
def trial(_pymilvus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    root = tmp_path_factory.mktemp("kill")
    server = LiteServer(root / "data")
    yield Trial.begin(root, server)
    server.kill()


def test_kill_in_a_request_gives_an_error_or_the_right_answer(trial: Trial) -> None:
    trial.kill_in_request("search", 1)


@pytest.mark.parametrize(("sleeper", "method"), [("heron", "upsert"), ("seal", "create_alias")])
def test_kill_in_a_build_leaves_a_whole_generation(sleeper: str, method: str, trial: Trial) -> None:
    trial.kill_in_build(sleeper, method, 1)
