"""Connections over real sockets: limits of their number and of the time of slow clients."""

import asyncio
import socket
import threading
from contextlib import suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from normqa.serve.limits.connections import LimitedConnection, backlog, max_connections

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"GET / HTTP/1.1\r\nHos"
BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"
LONG = 60.0
PAUSE = threading.Event()
"""Never set: a pause of the test thread."""


class App:
    """Reads the body and responds, as soon as it may.

    Attributes:
        size: Bytes of the response.
        may_respond: Set as soon as it may.
    """

    def __init__(self, size: int = 2, *, waits: bool = False) -> None:
        self.size = size
        self.asked, self.may_respond = threading.Event(), threading.Event()
        if not waits:
            self.may_respond.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        self.asked.set()
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        await asyncio.to_thread(self.may_respond.wait, 10)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * self.size})


class Serving:
    """A server in a thread, and its clients."""

    def __init__(self, app: App, protocol: type[LimitedConnection]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, http=protocol, ws="none", lifespan="off", log_level="critical", timeout_graceful_shutdown=5
        )
        self.server = uvicorn.Server(config)
        self._address = self.listener.getsockname()
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})
        self._clients: list[socket.socket] = []

    def __enter__(self) -> "Serving":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self._thread.join(10)
        for client in self._clients:
            client.close()
        assert not self._thread.is_alive()

    def connect(self, sent: bytes = b"") -> socket.socket:
        """Open a connection and send something."""
        client = socket.create_connection(self._address, timeout=10)
        self._clients.append(client)
        client.sendall(sent)
        return client

    def wait_for(self, connections: int) -> None:
        """Wait until so many connections are open."""
        while len(self.server.server_state.connections) != connections:
            PAUSE.wait(0.01)


def serving(app: App | None = None, most: int = 100, request: float = LONG, stalled: float = LONG) -> Serving:
    """A server with these limits."""
    limits = {"most": most, "request_seconds": request, "stalled_seconds": stalled}
    return Serving(app or App(), type("Connection", (LimitedConnection,), limits))


def _is_closed(client: socket.socket) -> bool:
    """Wait until the server closes a connection, and return whether it sent nothing before."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def _answers(client: socket.socket) -> bool:
    return client.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("sent", [b"", HALF, BODY, GET[:1]])
def test_request_that_does_not_come_is_given_up(sent: bytes) -> None:
    with serving(request=0.1) as server:
        assert _is_closed(server.connect(sent))


def test_trickling_client_gains_no_time() -> None:
    with serving(request=0.2) as server:
        client = server.connect()
        server.wait_for(1)
        while server.server.server_state.connections:
            with suppress(OSError):
                client.sendall(b"G")
            PAUSE.wait(0.01)
        assert _is_closed(client)


def test_answer_may_take_longer_than_the_request() -> None:
    app = App(waits=True)
    with serving(app, request=0.05) as server:
        client = server.connect(GET)
        PAUSE.wait(0.2)
        app.may_respond.set()
        assert _answers(client)


def test_connection_is_used_again() -> None:
    with serving() as server:
        client = server.connect()
        for _ in range(3):
            client.sendall(GET)
            assert _answers(client)
            while not client.recv(1000).endswith(b"0\r\n\r\n"):
                pass


def test_client_that_reads_nothing_is_cut_off() -> None:
    app = App(size=20_000_000)
    with serving(app, stalled=0.1) as server:
        server.connect(GET)
        assert app.asked.wait(10)
        server.wait_for(0)


def test_slow_client_gets_everything() -> None:
    size = 3_000_000
    with serving(App(size), stalled=0.2) as server:
        client, read = server.connect(GET), 0
        while read < size:
            part = client.recv(100_000)
            assert part
            read += len(part)
            PAUSE.wait(0.02)


def test_new_connection_replaces_the_oldest_silent_one() -> None:
    with serving(most=3) as server:
        silent = [server.connect(sent) for sent in (BODY, HALF, b"")]
        for client in silent:
            assert _answers(server.connect(GET))
            assert _is_closed(client)


def test_connection_is_closed_if_all_others_are_answered() -> None:
    app = App(waits=True)
    with serving(app, most=1) as server:
        client = server.connect(GET)
        assert app.asked.wait(10)
        assert _is_closed(server.connect(GET))
        app.may_respond.set()
        assert _answers(client)


def test_shutdown_answers_requests_and_waits_for_no_silent_connection() -> None:
    app = App(waits=True)
    with serving(app) as server:
        silent = [server.connect(sent) for sent in (b"", HALF)]
        asked = server.connect(GET)
        assert app.asked.wait(10)
        server.server.should_exit = True
        assert all(map(_is_closed, silent))
        app.may_respond.set()
        assert _answers(asked)


def test_request_that_arrives_at_shutdown_is_answered() -> None:
    with serving() as server:
        client = server.connect()
        server.wait_for(1)
        server.server.should_exit = True
        client.sendall(GET)
        assert _answers(client)


@pytest.mark.parametrize(
    ("files", "expected"), [(1024, (512, 128)), (256, (128, 32)), (100_000, (1000, 128)), (-1, (1000, 128))]
)
def test_connections_leave_files_for_the_index(
    files: int, expected: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (files, files))
    assert (max_connections(), backlog()) == expected
