"""Users, passwords and certificates: what a server refuses is an error that names the setting to correct."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from normqa.errors import IndexUnavailable
from normqa.index.milvus.address import Access, MilvusAddress
from normqa.index.milvus.client import Milvus
from normqa.service import Service
from normqa.settings import read_settings
from tests.conftest import covering_models
from tests.milvus.certificates import Certificates
from tests.serve.conftest import client_of

PASSWORD = "xyzzy-plugh"


class Guard:
    """A server that accepts no password, and counts the attempts.

    Args:
        tls: Key and certificate. Default: no TLS.
    """

    def __init__(self, tls: tuple[bytes, bytes] | None = None) -> None:
        grpc: Any = pytest.importorskip("grpc")
        self.attempts = 0
        self._server = grpc.server(ThreadPoolExecutor(2))
        self._server.add_generic_rpc_handlers([self])
        if tls:
            credentials = grpc.ssl_server_credentials([tls])
            self.port = self._server.add_secure_port("127.0.0.1:0", credentials)
        else:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def service(self, _: object) -> object:
        """Return the handler of a call, as gRPC asks for it."""
        grpc: Any = pytest.importorskip("grpc")
        return grpc.unary_unary_rpc_method_handler(self._refuse)

    def stop(self) -> None:
        """Stop at once."""
        self._server.stop(None)

    def _refuse(self, _: object, context: Any) -> None:
        grpc: Any = pytest.importorskip("grpc")
        self.attempts += 1
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure")


@pytest.fixture
def guard(_pymilvus: None) -> Iterator[Guard]:
    guard = Guard()
    yield guard
    guard.stop()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(params=["server"])
def secure(request: pytest.FixtureRequest, certificates: Certificates, _pymilvus: None) -> Iterator[Guard]:
    guard = Guard(certificates.of(request.param))
    yield guard
    guard.stop()


def refusal(port: int, certificate: Path | str = "", scheme: str = "https") -> IndexUnavailable:
    address = MilvusAddress(f"{scheme}://127.0.0.1:{port}")
    with pytest.raises(IndexUnavailable) as refused:
        Milvus(Access(address, certificate=str(certificate), seconds=5)).call("list_collections")
    return refused.value


def test_wrong_password_is_tried_once_a_request_and_never_shown(
    guard: Guard, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = read_settings(
        corpus=tmp_path,
        index=f"milvus+http://127.0.0.1:{guard.port}",
        cache=tmp_path / "cache",
        milvus_user="root",
        milvus_password=PASSWORD,
        milvus_seconds=5,
    )
    service = Service(settings, covering_models())
    with pytest.raises(IndexUnavailable, match=r"refuses access \(auth check failure\)") as refused:
        service.build()
    assert refused.value.hint == "Check the settings milvus_user and milvus_password, or milvus_token."
    assert guard.attempts == 1
    replies = [client_of(service).get("/health/ready") for _ in range(3)]
    assert [(reply.status_code, reply.json()["code"]) for reply in replies] == [
        (503, "index_unavailable")
    ] * 3
    assert guard.attempts <= 1 + len(replies)
    shown = [caplog.text, repr(settings), settings.model_dump_json(), repr(refused.value.__cause__)]
    shown += [str(refused.value), *(reply.text for reply in replies), *capfd.readouterr()]
    assert not [text for text in shown if PASSWORD in text]


def test_certificate_of_a_known_authority_is_accepted(secure: Guard, certificates: Certificates) -> None:
    assert "refuses access" in refusal(secure.port, certificates.authority).message
    assert secure.attempts == 1


@pytest.mark.parametrize("authority", ["other.pem", ""])
def test_certificate_of_another_authority_is_an_error(
    authority: str, secure: Guard, certificates: Certificates
) -> None:
    refusal(secure.port, certificates.authority)  # whose trust another connection does not share
    refused = refusal(secure.port, authority and certificates.folder / authority)
    assert "is not trusted (CERTIFICATE_VERIFY_FAILED" in refused.message
    assert "milvus_certificate" in refused.hint
    assert secure.attempts == 1


@pytest.mark.parametrize("secure", ["elsewhere"], indirect=True)
def test_certificate_of_another_host_is_an_error(secure: Guard, certificates: Certificates) -> None:
    refused = refusal(secure.port, certificates.authority)
    assert "is not trusted (UNAUTHENTICATED: Hostname Verification Check failed" in refused.message
    assert "a name of the server" in refused.hint
    assert secure.attempts == 0


def test_server_without_tls_is_an_error(guard: Guard) -> None:
    refused = refusal(guard.port)
    assert refused.message.endswith("does not use TLS.")
    assert "milvus+http://" in refused.hint


def test_server_with_tls_is_named_in_the_hint(secure: Guard) -> None:
    assert "milvus+https:// if it uses TLS" in refusal(secure.port, scheme="http").hint


@pytest.mark.parametrize("content", [None, "no certificate"])
@pytest.mark.usefixtures("_pymilvus")
def test_unreadable_certificate_authority_is_an_error(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "authority.pem"
    if content:
        path.write_text(content, encoding="utf-8")
    refused = refusal(1, path)
    assert "authority.pem cannot be read" in refused.message
    assert "milvus_certificate" in refused.hint
