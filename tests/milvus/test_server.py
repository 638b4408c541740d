"""A real server, from the package ``milvus``, whose version has everything except search of words."""

from collections.abc import Iterator
from typing import Any

import pytest

from normqa.errors import IndexUnavailable
from normqa.index.milvus import cells, client, names
from normqa.index.milvus.address import Access, MilvusAddress
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.index import MilvusIndex
from tests.milvus.proxy import Proxy

GENERATIONS = ["000001-20260101T000000.000000Z", "000002-20260102T000000.000000Z"]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server."""
    package: Any = pytest.importorskip(
        "milvus", reason="needs the package milvus 2.3 and setuptools below 81"
    )
    pytest.importorskip("pymilvus", reason="needs normqa[milvus]")
    server = package.MilvusServer()
    server.set_base_dir(str(tmp_path_factory.mktemp("milvus")))
    server.show_startup_banner = False
    try:
        server.start()
    except Exception as error:
        server.stop()
        pytest.skip(f"the server does not start: {error}")
    yield server.listen_port
    server.stop()


@pytest.fixture
def milvus(port: int, monkeypatch: pytest.MonkeyPatch) -> Milvus:
    """A connection that accepts the old version."""
    monkeypatch.setattr(client, "_OLDEST", (2, 3))
    return Milvus(Access(MilvusAddress(f"http://127.0.0.1:{port}"), seconds=30))


def test_server_that_cannot_search_words_is_refused(port: int) -> None:
    milvus = Milvus(Access(MilvusAddress(f"http://127.0.0.1:{port}")))
    with pytest.raises(IndexUnavailable, match=r"has version v2\.3.*, which cannot search words") as refused:
        milvus.call("list_collections")
    assert refused.value.hint == "Update it to Milvus 2.5 or newer."


def test_database_that_does_not_exist_is_an_error(port: int) -> None:
    milvus = Milvus(Access(MilvusAddress(f"http://127.0.0.1:{port}", "nowhere"), seconds=3))
    with pytest.raises(IndexUnavailable):
        milvus.call("list_collections")


def test_cells_and_aliases(milvus: Milvus) -> None:
    index = MilvusIndex(milvus)
    contents = [_write(milvus, name) for name in GENERATIONS]
    for name, expected in zip(GENERATIONS, contents, strict=True):
        assert cells.Cells(milvus, names.cells_of(name), name).read([*expected, "no"]) == expected
    assert (index.pointer(), index.names()) == (None, GENERATIONS[::-1])
    for _ in range(3):
        for name in GENERATIONS:
            method = "alter_alias" if index.pointer() else "create_alias"
            milvus.call(method, names.cells_of(name), names.CURRENT)
            pointer = index.pointer()
            assert pointer
            assert pointer.name == name
    milvus.call("drop_alias", names.CURRENT)
    for name in GENERATIONS:
        milvus.call("release_collection", names.cells_of(name))
        assert cells.Cells(milvus, names.cells_of(name), name).one("empty") == b""
        index.drop(name)
    assert index.names() == []


def test_broken_connection_gives_errors_or_what_was_written(port: int, milvus: Milvus) -> None:
    expected = _write(milvus, GENERATIONS[0])
    with Proxy(port) as proxy:
        through = Milvus(Access(MilvusAddress(f"http://127.0.0.1:{proxy.port}"), seconds=10), clock=_Hurry())
        for _ in range(10):
            assert cells.Cells(through, names.cells_of(GENERATIONS[0]), "g").read(expected) == expected
            proxy.cut()
            through.access = Access(through.access.address, seconds=0.5)
            with pytest.raises(IndexUnavailable):
                cells.Cells(through, names.cells_of(GENERATIONS[0]), "g").one("empty")
            proxy.mend()
            through.access = Access(through.access.address, seconds=30)
    MilvusIndex(milvus).drop(GENERATIONS[0])


class _Hurry:
    """A clock on which a minute passes between two looks, so that no call fails at once."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 60
        return self._now


def _write(milvus: Milvus, generation: str) -> dict[str, bytes]:
    collection = names.cells_of(generation)
    cells.create(milvus, collection)
    contents = {"empty": b"", "text": b"The heron wades." * 10, "long": bytes(range(256)) * 1000}
    writer = cells.CellWriter(milvus, collection)
    for key, content in contents.items():
        writer.write(key, content)
    writer.flush()
    milvus.call("flush", collection)
    milvus.call("load_collection", collection)
    return contents
