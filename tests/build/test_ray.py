"""Builds on a real Ray cluster of two nodes on this machine."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from normqa.build.encoding import vectors
from normqa.build.execution.cluster import ClusterExecutor
from normqa.build.execution.remote_worker import WorkerSpec
from normqa.build.fingerprints import fingerprints_of
from normqa.datatypes import EmbeddedText
from normqa.errors import ClusterUnavailable
from normqa.extras import RAY
from normqa.load.process.limits import Limits
from normqa.models.hashing import HashingEncoder
from normqa.models.protocols import Advance, Encoded
from tests.build.builds import Builds, Watcher
from tests.conftest import MAX_FILE_BYTES, ROOT

pytestmark = [
    pytest.mark.skipif(not RAY.is_installed, reason="the extra normqa[ray] is not installed"),
    pytest.mark.filterwarnings("default"),
    pytest.mark.timeout(600),  # a node takes long to start on a busy machine
]

FILES = {f"{number}.md": f"# Hotline {number}\n\nStates keep hotline {number}.\n" for number in range(20)}


class WorkerEncoder(HashingEncoder):
    """Crashes its process at a word. Encodes nothing until two processes do.

    Args:
        folder: Has a file for each process that encodes.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if any("hemlock" in text for text in texts):
            os._exit(1)
        return super().count_tokens(texts)

    def encode_passages(self, texts: Sequence[EmbeddedText], advance: Advance = lambda _: None) -> Encoded:
        (self._folder / str(os.getpid())).touch()
        while len(list(self._folder.iterdir())) < 2:
            time.sleep(0.1)
        return super().encode_passages(texts, advance)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes with one core each, whose processes import these tests."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{ROOT / 'src'}")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        node = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "include_dashboard": False}
        cluster = Cluster(initialize_head=True, head_node_args=node)
        yield cluster
        cluster.shutdown()


@pytest.fixture
def executor(cluster: Any, tmp_path: Path) -> Iterator[ClusterExecutor]:
    """Works on the cluster, to which a second node was added."""
    from normqa.build.execution.ray_pool import WorkerPool

    if len(cluster.worker_nodes) == 0:
        cluster.add_node(num_cpus=1, object_store_memory=80 * 2**20)
    folder = tmp_path / "processes"
    folder.mkdir()
    fingerprints = fingerprints_of(HashingEncoder(), MAX_FILE_BYTES)
    spec = WorkerSpec(partial(WorkerEncoder, folder), Limits(), MAX_FILE_BYTES, fingerprints)
    with ClusterExecutor(partial(WorkerPool, cluster.address, spec, 1, 0)) as executor:
        yield executor


class CallsOnce(Watcher):
    """Calls a function when the first passages are encoded."""

    def __init__(self, function: Callable[[], None]) -> None:
        super().__init__()
        self._functions = [function]

    def advance(self, count: int = 1) -> None:
        super().advance(count)
        if self.advanced.get("Encoding passages") and self._functions:
            self._functions.pop()()


def vectors_of(builds: Builds) -> list[list[float]]:
    dense = builds.generation().dense
    return [dense.vector(row).tolist() for row in range(dense.size)]


def test_a_build_that_loses_a_node_and_a_file_equals_a_local_one(
    builds: Builds, cluster: Any, executor: ClusterExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file crashes the processes that load it, and one of two nodes dies while both encode."""
    monkeypatch.setattr(vectors, "BATCH", 2)
    builds.of(FILES)
    expected, encoded = vectors_of(builds), builds.encoder.encoded
    builds.write({**FILES, "poison.md": "# Poison\n\nOf hemlock.\n"})

    def kill_node() -> None:
        cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)

    watcher = CallsOnce(kill_node)
    built = builds(full=True, executor=executor, progress=watcher)
    assert not cluster.worker_nodes
    assert vectors_of(builds) == expected
    assert builds.encoder.encoded == encoded
    assert watcher.advanced["Encoding passages"] == built.report.encoded == len(FILES)
    assert [problem.path for problem in built.report.problems] == ["poison.md"]


def test_a_cluster_with_other_versions_is_refused(cluster: Any, builds: Builds) -> None:
    from normqa.build.execution.ray_pool import WorkerPool

    fingerprints = fingerprints_of(HashingEncoder(), MAX_FILE_BYTES).model_copy(update={"splitter": "newer"})
    spec = WorkerSpec(HashingEncoder, Limits(), MAX_FILE_BYTES, fingerprints)
    builds.write(FILES)
    with (
        pytest.raises(ClusterUnavailable, match="has another splitter than this machine"),
        ClusterExecutor(partial(WorkerPool, cluster.address, spec, 1, 0)) as executor,
    ):
        builds(executor=executor)


def test_a_cluster_without_room_is_reported(cluster: Any, builds: Builds) -> None:
    from normqa.build.execution.ray_pool import WorkerPool

    spec = WorkerSpec(HashingEncoder, Limits(), MAX_FILE_BYTES, fingerprints_of(HashingEncoder(), 0))
    builds.write(FILES)
    with (
        pytest.raises(ClusterUnavailable, match=r"gave no worker within 1 seconds\. A worker needs 64 CPU\."),
        ClusterExecutor(partial(WorkerPool, cluster.address, spec, 64, 0, patience=1)) as executor,
    ):
        builds(executor=executor)
