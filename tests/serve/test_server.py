"""The server as a process, from start to stop."""

import hashlib
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from filelock import FileLock

from normqa.build.build import Built
from normqa.errors import NormqaError
from normqa.serve.errors import PortInUse
from normqa.serve.refresh.watch import watch
from normqa.serve.server import bind
from normqa.service import Service
from tests.conftest import WriteCorpus, damage, parts_in_force, roll_back

PELICAN = "The pelican eats herring."
QUESTION = "What does the pelican eat?"
Make = Callable[..., Service]
ENVIRONMENT = {"PATH": os.environ["PATH"], "NORMQA_ENCODER": "hashing", "NORMQA_RERANKER": "none"}


@dataclass
class Server:
    """A running ``normqa serve``.

    Attributes:
        process: The process.
        output: Output on stderr until it serves.
        address: The address that it reports.
    """

    process: subprocess.Popen[str]
    output: str
    address: str

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request and return status and body."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            reply: HTTPResponse = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def health(self) -> tuple[int, str | None]:
        """Return HTTP status, and status or code, of /health."""
        status, body = self.request("GET", "/health")
        return status, body.get("status") or body.get("code")

    def quotes(self, question: str = QUESTION) -> list[str]:
        """Return the quotes of an answer."""
        status, answer = self.request("POST", "/ask", {"question": question})
        assert status == 200
        return [quote["text"] for quote in answer["quotes"]]

    def stop(self, how: signal.Signals) -> tuple[int, str, str]:
        """Stop the server and return exit code, stdout and the rest of stderr."""
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@contextmanager
def serving(*arguments: str, files: int | None = None) -> Iterator[Server]:
    """Start a server in the working directory, wait until it serves, and stop it at the end.

    Args:
        *arguments: Of ``normqa serve``.
        files: Maximum number of files that the server may open.
    """
    command = [sys.executable, "-m", "normqa", "serve", "--port", "0", *arguments]
    if files:
        command = ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *command]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        output = ""
        try:
            for line in process.stderr:
                output += line
                if found := re.search(r"^Serving on (http://\S+) ", line):
                    yield Server(process, output, found[1])
                    break
            else:
                pytest.fail(f"the server did not start: {output}")
        finally:
            process.kill()


def _build() -> None:
    """Build in another process."""
    subprocess.run(
        [sys.executable, "-m", "normqa", "build"], env=ENVIRONMENT, capture_output=True, check=True
    )


def test_server_builds_answers_switches_and_stops(write_corpus: WriteCorpus, corpus: Path) -> None:
    write_corpus({"a.md": PELICAN})
    with serving() as server:
        assert re.search(r"^Built generation .*: 1 document, 1 passage\. ", server.output, re.MULTILINE)
        assert "Loaded 1 document.\n" in server.output
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.address)
        assert server.health() == (200, "ready")
        assert server.quotes() == [PELICAN]

        write_corpus({"a.md": "The pelican eats squid."})
        assert server.quotes() == [PELICAN]  # nothing is built behind anyone's back
        _build()
        assert server.quotes() == ["The pelican eats squid."]

        (corpus / "a.md").rename(corpus / "b c.md")
        _build()
        assert server.request("GET", "/documents/a")[0] == 404
        assert server.request("GET", "/documents/b%20c")[1]["id"] == "b c"

        server.process.send_signal(signal.SIGHUP)  # there are no workers to replace
        assert server.health() == (200, "ready")
        _, out, err = server.stop(signal.SIGTERM)
        assert (out, err) == ("", "")
        with pytest.raises(ConnectionRefusedError):
            server.health()


def until(server: Server, quotes: list[str]) -> None:
    """Wait until the server returns these quotes."""
    for _ in range(200):
        if server.quotes() == quotes:
            return
        time.sleep(0.05)
    pytest.fail(f"it still quotes {server.quotes()}")


def test_watching_server_rebuilds_after_changes(write_corpus: WriteCorpus, corpus: Path) -> None:
    """Rebuilds after an edit, a new folder and a removal, even if another process is building at first."""
    write_corpus({"a.md": PELICAN})
    with serving("--watch") as server:
        assert "Watching corpus for changes.\n" in server.output
        write_corpus({"a.md": "The pelican eats squid."})
        until(server, ["The pelican eats squid."])
        write_corpus({"new/b.md": "The pelican eats crabs too."})
        until(server, ["The pelican eats squid.", "The pelican eats crabs too."])
        with FileLock(Path("index") / ".lock"):
            (corpus / "a.md").unlink()
            time.sleep(0.5)
            assert "The pelican eats squid." in server.quotes()
        until(server, ["The pelican eats crabs too."])
        _, out, err = server.stop(signal.SIGTERM)
    assert out == ""
    assert err.count("Built generation") == 3
    assert "Traceback" not in err


def children(server: Server) -> set[int]:
    """Return the processes that a server has started and that still run."""
    process = server.process.pid
    return {int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()}


def workers(server: Server) -> set[int]:
    """Return the workers of a server that have answered a question: they have mapped the index."""
    found = set()
    for child in children(server):
        with suppress(OSError):  # one that dies meanwhile
            if "/passages.npy\n" in Path(f"/proc/{child}/maps").read_text(encoding="utf-8"):
                found.add(child)
    return found


@contextmanager
def paused(process: int) -> Iterator[None]:
    """Stop a process for a while, so that another one has to answer."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def both_workers(server: Server, quotes: list[str]) -> tuple[int, int]:
    """Ask each of two workers for these quotes, and return them."""
    assert server.quotes() == quotes
    one = workers(server).pop()
    with paused(one):
        assert server.quotes() == quotes
    [other] = workers(server) - {one}
    with paused(other):
        assert server.quotes() == quotes
    return one, other


def test_workers_share_the_index_switch_and_are_restarted(
    write_corpus: WriteCorpus,
) -> None:
    write_corpus({"a.md": PELICAN})
    with serving("--watch", "--workers", "2") as server:
        until(server, [PELICAN])
        one, other = both_workers(server, [PELICAN])
        write_corpus({"a.md": "The pelican eats squid."})
        until(server, ["The pelican eats squid."])
        assert set(both_workers(server, ["The pelican eats squid."])) == {one, other}

        before = children(server)
        os.kill(one, signal.SIGKILL)
        while not children(server) - before:
            time.sleep(0.05)
        with paused(other):
            assert server.quotes() == ["The pelican eats squid."]
        [new] = workers(server) - {other}
        code, out, err = server.stop(signal.SIGTERM)
    assert (code, out) == (0, "")
    assert "Traceback" not in err
    for worker in (one, other, new):
        assert not Path(f"/proc/{worker}").exists()


def test_watch_requires_a_corpus_folder(index: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "normqa", "serve", "--port", "0", "--no-build", "--watch", "--corpus", "gone"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "There is no corpus folder gone to watch.\n  Create it, or leave out --watch." in done.stderr
    assert not index.exists()


def test_ctrl_c_stops_the_server_quietly(write_corpus: WriteCorpus) -> None:
    write_corpus({"a.md": PELICAN})
    with serving() as server:
        assert server.health() == (200, "ready")
        code, out, err = server.stop(signal.SIGINT)
    assert (code in {0, 130}, out, err) == (True, "", "")


def test_server_starts_with_an_empty_corpus_and_opens_the_first_index(
    write_corpus: WriteCorpus, make_service: Make
) -> None:
    with serving() as server:
        assert "The corpus folder corpus is empty." in server.output
        assert "No documents are loaded" in server.output
        assert "Traceback" not in server.output
        assert server.health() == (200, "empty")
        status, answer = server.request("POST", "/ask", {"question": QUESTION})
        assert (status, answer["status"], answer["reason"]) == (200, "not_found", "empty_index")

        write_corpus({"a.md": PELICAN})
        assert server.health() == (503, "no_index")
        status, error = server.request("POST", "/ask", {"question": QUESTION})
        assert (status, error["code"]) == (503, "no_index")
        make_service().build()
        assert server.health() == (200, "ready")
        assert server.quotes() == [PELICAN]


def test_no_build_without_an_index_is_unhealthy(
    write_corpus: WriteCorpus, index: Path, make_service: Make
) -> None:
    write_corpus({"a.md": PELICAN})
    with serving("--no-build") as server:
        assert "normqa build" in server.output
        assert not index.exists()
        assert server.health() == (503, "no_index")
        make_service().build()
        assert server.health() == (200, "ready")


def test_no_build_serves_a_stale_index(write_corpus: WriteCorpus, make_service: Make) -> None:
    write_corpus({"a.md": PELICAN})
    make_service().build()
    write_corpus({"a.md": "The pelican eats squid."})
    with serving("--no-build") as server:
        assert server.quotes() == [PELICAN]


def test_server_starts_while_another_process_builds(
    write_corpus: WriteCorpus, index: Path, make_service: Make
) -> None:
    write_corpus({"a.md": PELICAN})
    make_service().build()
    with FileLock(index / ".lock"), serving() as server:
        assert "Another process is building" in server.output
        assert server.quotes() == [PELICAN]


def test_server_keeps_the_last_index_if_no_file_is_usable(
    write_corpus: WriteCorpus, corpus: Path, make_service: Make
) -> None:
    write_corpus({"a.md": PELICAN})
    make_service().build()
    (corpus / "a.md").unlink()
    write_corpus({"b.pdf": b"%PDF-1.7"})
    with serving() as server:
        assert "skipped: b.pdf" in server.output
        assert "corpus contains no file with any text." in server.output
        assert server.quotes() == [PELICAN]


@pytest.fixture
def rolled_back(write_corpus: WriteCorpus, make_service: Make, index: Path) -> Service:
    """A service with an index that was rolled back and differs from the corpus."""
    service = make_service()
    for text in (PELICAN, "The pelican eats squid."):
        write_corpus({"a.md": text})
        service.build()
    roll_back(index)
    return service


def test_server_does_not_rebuild_after_a_rollback(rolled_back: Service) -> None:
    with serving() as server:
        assert "The index was rolled back and is served as it is; normqa build ends the" in server.output
        assert "Built generation" not in server.output
        assert server.quotes() == [PELICAN]
        assert server.request("GET", "/health")[1]["rolled_back"] is True
        _build()
        assert server.quotes() == ["The pelican eats squid."]
        assert server.request("GET", "/health")[1]["rolled_back"] is False
    assert not rolled_back.is_rolled_back()


def test_watch_keeps_a_rollback_until_a_file_changes(
    rolled_back: Service, write_corpus: WriteCorpus, corpus: Path
) -> None:
    stop, built, complaints = threading.Event(), queue.SimpleQueue[Built](), list[NormqaError]()
    given = rolled_back, corpus, stop, built.put, complaints.append
    thread = threading.Thread(target=watch, args=given)
    thread.start()
    try:
        time.sleep(1.5)  # longer than it waits for a change before it looks by itself
        assert rolled_back.is_rolled_back()
        assert built.empty()
        write_corpus({"a.md": "The pelican eats crabs."})
        assert built.get(timeout=10).written
        assert not rolled_back.is_rolled_back()
    finally:
        stop.set()
        thread.join()
    assert complaints == []


def test_server_answers_from_undamaged_documents_until_the_next_build(
    write_corpus: WriteCorpus, make_service: Make, index: Path
) -> None:
    write_corpus({"a.md": PELICAN, "b.md": "The pelican eats squid."})
    make_service().build()
    write_corpus({"b.md": "The pelican eats crabs."})
    make_service().build()
    damage(parts_in_force(index)["texts.sqlite"])
    with serving("--no-build") as server:
        assert "texts.sqlite is corrupted: checksum mismatch. Until this is repaired" in server.output
        assert server.health() == (200, "ready")
        assert server.quotes() == [PELICAN]
        _build()
        assert server.quotes() == [PELICAN, "The pelican eats crabs."]
        assert server.request("GET", "/health")[1]["warning"] is None


def test_server_rebuilds_a_damaged_index_at_start(
    write_corpus: WriteCorpus, make_service: Make, index: Path
) -> None:
    write_corpus({"a.md": PELICAN})
    make_service().build()
    damage(parts_in_force(index)["texts.sqlite"])
    with serving() as server:
        assert "Built generation" in server.output
        assert server.quotes() == [PELICAN]


REBUILDS = 20


def test_no_request_fails_or_mixes_generations_during_rebuilds(
    write_corpus: WriteCorpus, make_service: Make
) -> None:
    """Every answer quotes one edition of the documents: that of its generation.

    The edition is never older than the current one when the request started.
    """

    def edition(number: int) -> dict[str, str]:
        """Return documents whose sentences name their edition."""
        return {
            name: f"In edition {number}, the pelican eats herring, says {name}." for name in ("a", "b", "c")
        }

    def published(number: int) -> None:
        write_corpus(edition(number))
        manifest = service.build().manifest
        assert manifest
        generations[manifest.generation] = number
        in_force.append(number)

    service, generations, in_force = make_service(), dict[str, int](), list[int]()
    answers: list[tuple[int, int, Any]] = []
    documents: list[tuple[int, int, Any]] = []
    errors: list[Exception] = []
    done = threading.Event()

    def load(seen: list[tuple[int, int, Any]], method: str, path: str, body: Any) -> None:
        while not done.is_set():
            newest = in_force[-1]
            try:
                seen.append((newest, *server.request(method, path, body)))
            except Exception as error:
                errors.append(error)

    published(1)
    with serving("--no-build") as server:
        given = [(answers, "POST", "/ask", {"question": QUESTION})] * 3 + [
            (documents, "GET", "/documents", None)
        ]
        threads = [threading.Thread(target=load, args=arguments) for arguments in given]
        for thread in threads:
            thread.start()
        for number in range(2, 2 + REBUILDS):
            published(number)
        done.set()
        for thread in threads:
            thread.join()
        _, _, err = server.stop(signal.SIGTERM)
    assert errors == []
    assert err == ""
    assert {status for _, status, _ in answers + documents} == {200}
    assert len({answer["index"]["generation"] for _, _, answer in answers}) > 3
    for newest, _, answer in answers:
        [edition_quoted] = {re.findall(r"edition (\d+)", quote["text"])[0] for quote in answer["quotes"]}
        assert len(answer["quotes"]) == 3
        assert int(edition_quoted) == generations[answer["index"]["generation"]] >= newest
        assert answer["index"]["warning"] is None
    digests = {
        hashlib.sha256(text.encode()).hexdigest(): number
        for number in generations.values()
        for text in edition(number).values()
    }
    for newest, _, listed in documents:
        [number] = {digests[document["sha256"]] for document in listed["documents"]}
        assert number >= newest


def test_hangup_loses_no_request_and_no_worker_outlives_its_supervisor(write_corpus: WriteCorpus) -> None:
    write_corpus({"a.md": PELICAN})
    with serving("--workers", "2") as server:
        old = set(both_workers(server, [PELICAN]))
        server.process.send_signal(signal.SIGHUP)
        while old & children(server):
            assert server.quotes() == [PELICAN]
        new = both_workers(server, [PELICAN])
        server.process.kill()
        while any(Path(f"/proc/{worker}").exists() for worker in new):
            time.sleep(0.05)
        with pytest.raises(ConnectionRefusedError):
            server.health()


def test_silent_connections_do_not_shut_others_out(write_corpus: WriteCorpus) -> None:
    """More connections than files that the server may open."""
    write_corpus({"a.md": PELICAN})
    with serving(files=256) as server, ExitStack() as stack:
        host, port = urlsplit(server.address).netloc.split(":")
        for _ in range(300):
            stack.enter_context(socket.create_connection((host, int(port)), timeout=30))
        assert server.health() == (200, "ready")
        assert server.quotes() == [PELICAN]
        _, out, err = server.stop(signal.SIGTERM)
        assert (out, err) == ("", "")


def test_large_body_without_content_length_is_413(write_corpus: WriteCorpus) -> None:
    write_corpus({"a.md": PELICAN})
    with serving() as server:
        connection = HTTPConnection(urlsplit(server.address).netloc, timeout=30)
        chunks = (b"x" * 1000 for _ in range(65))
        connection.request("POST", "/ask", chunks, encode_chunked=True)
        reply = connection.getresponse()
        assert (reply.status, json.loads(reply.read())["code"]) == (413, "too_large")
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["server"] is None
        connection.close()


def test_bind_rejects_used_ports_and_finds_free_ones() -> None:
    with bind("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        assert port > 0
        listener.listen()
        with pytest.raises(PortInUse) as raised:
            bind("127.0.0.1", port)
    assert f"127.0.0.1:{port}" in raised.value.message
    assert "--port" in raised.value.hint
    bind("127.0.0.1", port).close()  # free again at once


def test_bind_supports_ipv6_or_reports_that_it_is_unavailable() -> None:
    try:
        with bind("::1", 0) as listener:
            assert listener.family == socket.AF_INET6
    except PortInUse as error:
        assert "::1:0" in error.message  # noqa: PT017 - either outcome is right, depending on the machine
