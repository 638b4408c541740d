"""Errors of Milvus become errors with a way out, and a server that is away delays no second request."""

import time
from collections.abc import Callable

import pytest

from normqa.errors import ExtraMissing, IndexBusy, IndexNotWritable, IndexUnavailable
from normqa.index.milvus.address import Access, MilvusAddress
from normqa.index.milvus.client import PAUSE_SECONDS, Milvus
from normqa.index.milvus.faults import AlreadyExists, NotFound, NotLoaded

SERVER = MilvusAddress("http://host:19530")


class MilvusError(Exception):
    """An error as pymilvus raises it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Client:
    """A client that does what a test says."""

    def __init__(self) -> None:
        self.calls = 0
        self.error: Exception | None = None

    def query(self, *_: object, **__: object) -> list[int]:
        self.calls += 1
        if self.error:
            raise self.error
        return [1]

    def load_collection(self, *_: object, **__: object) -> None:
        self.error = None


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def connect(client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Milvus]:
    monkeypatch.setattr(Milvus, "_connected", lambda _: client)

    def make(address: MilvusAddress = SERVER, clock: Callable[[], float] = lambda: 0.0) -> Milvus:
        return Milvus(Access(address), clock)

    return make


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (100, "can't find collection", NotFound),
        (1, "alias not found[database=default]", NotFound),
        (1602, "x is alias to another collection: aa: alias already exist", AlreadyExists),
        (101, "collection on recovering", NotLoaded),
        (1, "call load() before search: it is in state 'released'", NotLoaded),
        (1, "collection not loaded", NotLoaded),
        (1100, "auth check failure, please check api key is correct", IndexUnavailable),
        (800, "database not found[database=docs]", IndexUnavailable),
        (65535, "quota exceeded[reason=memory]", IndexNotWritable),
        (1, "[Errno 28] No space left on device", IndexNotWritable),
        (65535, "node offline", IndexUnavailable),
    ],
)
def test_error_of_milvus_is_translated(
    code: int, message: str, kind: type[Exception], client: Client, connect: Callable[..., Milvus]
) -> None:
    client.error = MilvusError(code, message)
    with pytest.raises(kind) as raised:
        connect().call("query")
    assert type(raised.value) is kind
    assert message in str(raised.value) or "database of milvus+http://host:19530 does" in str(raised.value)


def test_error_that_pymilvus_raises_again_is_its_own_cause(
    client: Client, connect: Callable[..., Milvus]
) -> None:
    client.error = MilvusError(100, "can't find collection")
    client.error.__cause__ = client.error
    with pytest.raises(NotFound):
        connect().call("query")


def test_refused_access_names_the_settings(client: Client, connect: Callable[..., Milvus]) -> None:
    client.error = MilvusError(1100, "auth check failure")
    with pytest.raises(IndexUnavailable) as raised:
        connect().call("query")
    assert "milvus_token" in raised.value.hint


def test_file_that_another_process_has_open_is_busy(client: Client, connect: Callable[..., Milvus]) -> None:
    client.error = MilvusError(1, "Open local milvus failed")
    with pytest.raises(IndexBusy, match=r"index\.db cannot be opened"):
        connect(MilvusAddress("index.db")).call("query")


def test_collection_that_is_on_disk_is_loaded(client: Client, connect: Callable[..., Milvus]) -> None:
    client.error = MilvusError(101, "collection not loaded")
    assert connect().read("query", "name") == [1]


def test_calls_fail_at_once_for_a_moment_after_a_failure(
    client: Client, connect: Callable[..., Milvus]
) -> None:
    now = 0.0
    milvus = connect(clock=lambda: now)
    client.error = MilvusError(1, "server unavailable")
    for _ in range(3):
        with pytest.raises(IndexUnavailable, match="server unavailable"):
            milvus.call("query")
    assert client.calls == 1
    client.error, now = None, PAUSE_SECONDS
    assert (milvus.call("query"), milvus.call("query"), client.calls) == ([1], [1], 3)


def test_lost_connection_is_tried_again(
    client: Client, connect: Callable[..., Milvus], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.error = MilvusError(2, "Fail connecting to server")
    monkeypatch.setattr(time, "sleep", client.load_collection)  # mended while it waits
    assert (connect().call("query"), client.calls) == ([1], 2)


def test_missing_collection_interrupts_nothing(client: Client, connect: Callable[..., Milvus]) -> None:
    milvus = connect()
    client.error = MilvusError(100, "can't find collection")
    with pytest.raises(NotFound):
        milvus.call("query")
    client.error = None
    assert milvus.call("query") == [1]


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.extras.find_spec", lambda _: None)
    with pytest.raises(ExtraMissing) as missing:
        Milvus(Access(SERVER)).call("query")
    assert "normqa[milvus]" in missing.value.message
