"""Milvus that is away, comes back, or has lost something: an error, and never a wrong answer."""

import threading
import time

import pytest

from normqa.answer.question import Question
from normqa.errors import IndexCorrupt, IndexFault, IndexUnavailable, NormqaError
from normqa.index.milvus import cells, names
from tests.milvus.conftest import Lab
from tests.milvus.proxy import Proxy
from tests.serve.conftest import client_of

QUESTION = "Where do herons nest?"
ANSWER = ["Herons nest in tall trees."]


def forget(lab: Lab) -> None:
    """Open the index anew at the next question."""
    lab.milvus._open = lab.milvus._failed = None


def row_of(key: str) -> int:
    return cells._row(key, 0)


def test_missing_text_is_an_error(lab: Lab) -> None:
    generation = lab.milvus.generation()
    collection = names.cells_of(generation.name)
    number = lab.index.open_current().generation.store.document_ids().index("birds/heron")
    lab.index.milvus.call("delete", collection, ids=[row_of(f"d:{number}")])
    with pytest.raises(IndexCorrupt, match="is missing"):
        lab.milvus.ask(QUESTION)
    forget(lab)
    with pytest.raises(IndexCorrupt, match="rows"):
        lab.milvus.ask(QUESTION)
    lab.milvus.build()
    assert [quote.text for quote in lab.milvus.ask(QUESTION, min_confidence=0.3).quotes] == ANSWER


def test_index_that_lost_a_row_while_it_is_open_is_not_ready(lab: Lab) -> None:
    client = client_of(lab.milvus)
    assert client.get("/health/ready").status_code == 200
    lab.index.milvus.call("delete", names.cells_of(lab.milvus.generation().name), ids=[row_of("d:0")])
    reply = client.get("/health/ready")
    assert (reply.status_code, reply.json()["code"]) == (503, "index_corrupt")


def test_text_of_another_cell_is_an_error(lab: Lab) -> None:
    """The checksum covers the key, so that rows that were swapped are found."""
    collection = names.cells_of(lab.milvus.generation().name)
    index = lab.index.milvus
    [one] = index.read("query", collection, ids=[row_of("d:0")], output_fields=["data"])
    row = {"key": row_of("d:1"), "data": one["data"], "anchor": [0.0, 0.0]}
    index.call("upsert", collection, [row])
    with pytest.raises(IndexCorrupt, match="checksum mismatch"):
        lab.milvus.documents()
    with pytest.raises(IndexCorrupt, match="checksum mismatch"):
        lab.index.check(lab.index.current().name)
    assert [info.fault for info in lab.milvus.generations()] == [None]
    [checked] = lab.index.generations(whole=True)
    assert checked.fault


@pytest.mark.parametrize("part", [names.passages_of, names.cells_of])
def test_lost_collection_is_an_error_and_mended_by_a_build(part: object, lab: Lab) -> None:
    snapshot = lab.milvus.current()
    index, name = lab.index.milvus, lab.milvus.generation().name
    if part is names.passages_of:
        index.call("drop_alias", names.CURRENT)
        index.call("drop_alias", names.NEWEST)
    index.call("drop_collection", part(name))  # type: ignore[operator]
    with pytest.raises(IndexCorrupt, match="incomplete"):
        snapshot.ask(Question(QUESTION, 3, 0.3))
    forget(lab)
    with pytest.raises(IndexFault):
        lab.milvus.ask(QUESTION)
    lab.milvus.build()
    assert [quote.text for quote in lab.milvus.ask(QUESTION, min_confidence=0.3).quotes] == ANSWER


def test_generation_of_another_format_is_refused(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.index.milvus.manifest.FORMAT", 2)
    with pytest.raises(IndexCorrupt, match=r"has format 1; this version of normqa reads format 2\."):
        lab.milvus.ask(QUESTION)


def test_server_that_is_away_is_not_ready_until_it_is_back(lab: Lab, proxy: Proxy) -> None:
    service = lab.make(f"milvus+http://127.0.0.1:{proxy.port}")
    client = client_of(service)
    assert client.get("/health/ready").status_code == 200
    proxy.cut()
    reply = client.get("/health/ready")
    assert (reply.status_code, reply.json()["code"]) == (503, "index_unavailable")
    reply = client.post("/ask", json={"question": QUESTION})
    assert (reply.status_code, reply.json()["code"]) == (503, "index_unavailable")
    assert client.get("/health/live").status_code == 200
    proxy.mend()
    assert _ready(client.get) == service.current_name()


def test_connection_that_breaks_ten_times_gives_errors_or_right_answers(lab: Lab, proxy: Proxy) -> None:
    service = lab.make(f"milvus+http://127.0.0.1:{proxy.port}")
    stop, results = threading.Event(), list[object]()

    def ask() -> None:
        while not stop.is_set():
            try:
                service._open = None  # nothing is cached
                results.append([quote.text for quote in service.ask(QUESTION, min_confidence=0.3).quotes])
            except NormqaError as error:
                results.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    for _ in range(10):
        _wait_for(results, ANSWER)
        proxy.cut()
        _wait_for(results, None)
        proxy.mend()
    _wait_for(results, ANSWER)
    stop.set()
    thread.join()
    for result in results:
        assert result == ANSWER or isinstance(result, IndexUnavailable)


def test_build_without_connection_publishes_nothing_and_the_next_one_does(lab: Lab, proxy: Proxy) -> None:
    service = lab.make(f"milvus+http://127.0.0.1:{proxy.port}")
    before = service.current_name()
    lab.write("fish.md", "The walrus sleeps.")
    call = service._index._index.milvus.call  # type: ignore[attr-defined]

    def counted(method: str, *args: object, **kwargs: object) -> object:
        if method == "upsert":
            service._index._index.milvus.call = call  # type: ignore[attr-defined]
            proxy.cut()
        return call(method, *args, **kwargs)

    service._index._index.milvus.call = counted  # type: ignore[attr-defined]
    with pytest.raises(IndexUnavailable):
        service.build()
    proxy.mend()
    assert _ready(client_of(service).get) == before
    assert service.build().written
    assert [quote.text for quote in service.ask("Who sleeps?", min_confidence=0.3).quotes] == [
        "The walrus sleeps."
    ]


def _wait_for(results: list[object], wanted: object) -> None:
    """Wait until a new result is the wanted one; None is an error."""
    seen = len(results)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(r == wanted or (wanted is None and isinstance(r, IndexUnavailable)) for r in results[seen:]):
            return
        time.sleep(0.02)
    raise AssertionError(results[seen:])


def _ready(get: object) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        reply = get("/health/ready")  # type: ignore[operator]
        if reply.status_code == 200:
            return str(reply.json()["generation"])
        time.sleep(0.1)
    raise AssertionError(reply.json())
