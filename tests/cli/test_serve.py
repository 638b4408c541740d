"""``normqa serve``, until it serves; ``tests/serve`` tests the server."""

import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import WriteCorpus


@pytest.mark.parametrize("no_build", [(), ("--no-build",)])
def test_port_in_use_fails_before_building(
    run: Run, write_corpus: WriteCorpus, index: Path, no_build: tuple[str, ...]
) -> None:
    write_corpus({"a.md": "One."})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = run("serve", "--port", str(port), *no_build).failed(1)
    assert f"127.0.0.1:{port} cannot be served on" in told
    assert "--port" in told
    assert not index.exists()


@pytest.mark.parametrize("host", ["203.0.113.1", "a..b", "no-such-host.invalid", "x" * 64])
def test_foreign_address_fails(run: Run, host: str) -> None:
    assert f"{host}:0 cannot be served on" in run("serve", "--host", host, "--port", "0").failed(1)
