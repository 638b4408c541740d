"""Milvus servers in processes of their own, which are killed and started again on the same data."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from normqa.index.milvus import client, write
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.search import MilvusLexical
from normqa.service import Service

KILL_SECONDS = 0.002
"""Time from a call to the end of the server, which is less than most calls take."""


class Server(Protocol):
    """A server that can be killed."""

    @property
    def port(self) -> int:
        """Its port, the same after every start."""

    def start(self) -> None:
        """Start it, and wait until it listens."""

    def kill(self) -> None:
        """Kill it with SIGKILL."""


class LiteServer:
    """Milvus Lite as a server, which searches words too.

    Args:
        data: Folder of the data.
    """

    def __init__(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1"]
        self._command += ["--port", str(self.port), "--data-dir", str(data)]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(self._command, env=environment, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        assert "listening" in self._process.stdout.readline()

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        if self._process:
            with self._process as process:
                process.kill()
            self._process = None


class RealServer:
    """A server from the package ``milvus`` 2.3, which cannot search words. A machine can run one at a time.

    Args:
        data: Folder of the data.
        **config: Settings of the server.
    """

    def __init__(self, data: Path, **config: object) -> None:
        package: Any = pytest.importorskip("milvus", reason="needs milvus 2.3 and setuptools below 81")
        self._server = package.MilvusServer()
        self._server.set_base_dir(str(data))
        for name, value in config.items():
            self._server.config.set(name, value)

    @property
    def port(self) -> int:
        """Its port."""
        return int(self._server.listen_port)

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._server.start()
        self._server.config.resolve = lambda: None  # keeps the ports at the next start

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        if self._server.server_proc:
            self._server.server_proc.kill()
            self._server.server_proc.wait()
        self._server.stop()


def connection_of(service: Service) -> Milvus:
    """Return the connection of a service whose index is in Milvus."""
    return service._index._index.milvus  # type: ignore[attr-defined, no-any-return]


@contextlib.contextmanager
def killed_at(service: Service, server: Server, target: str, number: int = 1) -> Iterator[None]:
    """Kill the server a moment after a service has called a method of pymilvus for the given time."""
    milvus, seen, killers = connection_of(service), 0, list[threading.Timer]()
    call = milvus.call

    def watched(method: str, *args: object, **kwargs: object) -> Any:
        nonlocal seen
        seen += method == target
        if seen == number and not killers:
            killers.append(threading.Timer(KILL_SECONDS, server.kill))
            killers[0].start()
        return call(method, *args, **kwargs)

    milvus.call = watched  # type: ignore[method-assign]
    try:
        yield
    finally:
        milvus.call = call  # type: ignore[method-assign]
        for killer in killers:
            killer.join()
    assert killers, f"{target} was called {seen} times"


@contextlib.contextmanager
def without_words() -> Iterator[None]:
    """Build and answer on a server that cannot search words, from vectors alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "_OLDEST", (2, 3))
        patch.setattr(write, "_create_passages", _create_passages)
        patch.setattr(write, "_indexes", _indexes)
        patch.setattr(MilvusLexical, "search", lambda *_: {})
        yield


def _create_passages(milvus: Milvus, collection: str, dimension: int) -> None:
    from pymilvus import DataType

    schema = milvus.schema()
    schema.add_field("number", DataType.INT64, is_primary=True)
    schema.add_field("document", DataType.INT64)
    schema.add_field("words", DataType.VARCHAR, max_length=65_535)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    milvus.call("create_collection", collection, schema=schema, consistency_level="Strong")


def _indexes(milvus: Milvus, is_approximate: bool) -> object:
    del is_approximate
    indexes = milvus.indexes()
    indexes.add_index("vector", index_type="FLAT", metric_type="IP")
    return indexes
