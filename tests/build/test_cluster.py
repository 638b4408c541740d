"""Work that is sent to other processes gives what this process gives, whatever happens to them."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from normqa import service
from normqa.build.execution.cluster import ClusterExecutor
from normqa.build.execution.remote_worker import RemoteWorker, WorkerSpec
from normqa.build.fingerprints import fingerprints_of
from normqa.build.plan import FileSource
from normqa.errors import ClusterUnavailable, DeadlineExceeded, EncoderUnavailable, ExtraMissing
from normqa.extras import Extra
from normqa.load.content import Content
from normqa.load.problem import LoadError
from normqa.load.process.limits import Limits
from normqa.models.hashing import HashingEncoder
from tests.build.builds import Builds
from tests.conftest import MAX_FILE_BYTES

Item = TypeVar("Item")

FILES = {f"{number}.md": f"# Hotline {number}\n\nStates keep hotline {number}.\n" for number in range(40)}


def spec_of(encoder: HashingEncoder | None = None) -> WorkerSpec:
    """How to make a worker with the hashing encoder, for builds with the given one."""
    fingerprints = fingerprints_of(encoder or HashingEncoder(), MAX_FILE_BYTES)
    return WorkerSpec(HashingEncoder, Limits(), MAX_FILE_BYTES, fingerprints)


@dataclass
class FakePool:
    """Runs calls in this process, but pickles what goes in and out.

    Attributes:
        poison: A call of this method whose argument or result contains these bytes loses its worker.
        read: How workers read files; as this process does by default.
        calls: Name of the method and number of items, for each call.
    """

    poison: tuple[str, bytes] = ("", b"")
    read: Callable[[FileSource], Content] = FileSource.read
    calls: list[tuple[str, int]] = field(default_factory=list)
    is_closed: bool = False

    def __post_init__(self) -> None:
        self._worker = RemoteWorker(pickle.loads(pickle.dumps(spec_of())))
        self._worker.start()

    def map(
        self,
        method: str,
        items: Iterable[Item],
        attempts: int,
        argument: Callable[[Item], object] = lambda item: item,
    ) -> Iterator[tuple[Item, Any]]:
        for item in items:
            result = None
            while result is None and attempts:
                result = self._call(method, pickle.dumps(argument(item)))
                attempts -= result is None
            yield item, result

    def close(self) -> None:
        self.is_closed = True

    def _call(self, method: str, argument: bytes) -> Any:
        self.calls.append((method, len(pickle.loads(argument))))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(FileSource, "read", self.read)
            result = pickle.dumps(getattr(self._worker, method)(pickle.loads(argument)))
        is_lost = method == self.poison[0] and self.poison[1] in argument + result
        return None if is_lost else pickle.loads(result)


def vectors_of(builds: Builds) -> list[list[float]]:
    dense = builds.generation().dense
    return [dense.vector(row).tolist() for row in range(dense.size)]


def build_on(pool: FakePool, builds: Builds) -> None:
    with ClusterExecutor(lambda: pool) as executor:
        builds(executor=executor, full=True)
    assert pool.is_closed


def test_a_build_on_a_cluster_equals_a_local_one(builds: Builds) -> None:
    local = builds.of(FILES)
    texts, vectors = builds.generation().store, vectors_of(builds)
    before = builds.encoder.encoded
    pool = FakePool()
    build_on(pool, builds)
    assert builds.encoder.encoded == before
    assert [shard.key for shard in builds.manifest().shards] == [shard.key for shard in local.shards]
    assert vectors_of(builds) == vectors
    assert [builds.generation().store.passage(row) for row in range(40)] == list(
        map(texts.passage, range(40))
    )
    assert pool.calls == [("load", 16), ("load", 16), ("load", 8), ("encode", 40)]


def test_without_work_nothing_connects(builds: Builds) -> None:
    def connect() -> FakePool:
        raise ClusterUnavailable("It is away.", "Wait.")

    builds.of(FILES)
    builds.write(dict(list(FILES.items())[1:]))
    with ClusterExecutor(connect) as executor:
        assert builds(executor=executor).written
    builds.write(FILES | {"new.md": "Hotlines help."})
    with pytest.raises(ClusterUnavailable), ClusterExecutor(connect) as executor:
        builds(executor=executor)


def test_a_file_that_crashes_every_worker_costs_itself(builds: Builds) -> None:
    builds.write(FILES | {"poison.md": "A word that crashes: hemlock."})
    pool = FakePool(("load", b"hemlock"))
    build_on(pool, builds)
    entry = builds.current_build().files["poison.md"]
    assert entry.document is None
    assert entry.problem == "reading it crashed, or took too much memory"
    assert builds.manifest().documents == 40


def test_passages_that_crash_every_worker_stop_the_build(builds: Builds) -> None:
    builds.write(FILES)
    with pytest.raises(
        EncoderUnavailable, match="3 workers were lost while they encoded the same 40 passages"
    ):
        build_on(FakePool(("encode", b"keep hotline 7.")), builds)


def unreadable(source: FileSource) -> Content:
    raise LoadError(f"There is no {source.name} here.")


def other(source: FileSource) -> Content:
    return Content(f"Another file named {source.name}.".encode())


@pytest.mark.parametrize("read", [unreadable, other])
def test_workers_that_see_no_or_other_files_get_their_content(
    read: Callable[[FileSource], Content], builds: Builds
) -> None:
    """After the first batch, whose files are sent one by one, batches go with their content."""
    builds.of(FILES)
    vectors = vectors_of(builds)
    pool = FakePool(read=read)
    build_on(pool, builds)
    assert vectors_of(builds) == vectors
    assert pool.calls == [("load", 16), *[("load", 1)] * 16, ("load", 16), ("load", 8), ("encode", 40)]


def test_a_build_on_ray_without_the_extra_names_it(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "RAY", Extra("ray", ("no_such_module_of_herons",)))
    builds.write(FILES)
    with pytest.raises(ExtraMissing, match=r"A build on a Ray cluster needs .* normqa\[ray\]"):
        builds.service().build(ray="local")


def test_a_machine_with_another_encoder_is_refused() -> None:
    worker = RemoteWorker(spec_of(HashingEncoder(64)))
    with pytest.raises(ClusterUnavailable, match=r"has another encoder than this machine\. Install the same"):
        worker.start()


def test_errors_can_be_pickled() -> None:
    for error in (EncoderUnavailable("It failed.", "Try again."), DeadlineExceeded(2)):
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is type(error)
        assert str(copy) == str(error)
        assert (copy.message, copy.hint, copy.args) == (error.message, error.hint, error.args)
