"""The seam between a build and its executor."""

from collections.abc import Iterable, Iterator, Mapping

import pytest

from normqa.build.encoding import vectors
from normqa.build.encoding.encode import PassageVectors
from normqa.build.execution.local import LocalExecutor
from normqa.build.execution.worker import Worker
from normqa.datatypes import EmbeddedText
from normqa.models.protocols import Advance
from tests.build.builds import Builds, in_shards

FILES = {f"{number}.md": "Hotlines help. " * (number % 5 + 1) + str(number) for number in range(12)}


@pytest.fixture(autouse=True)
def _batches_of_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "BATCH", 8)


class EagerExecutor(LocalExecutor):
    """Encodes everything before the first result is consumed.

    Attributes:
        batches: Lengths of the texts of each batch.
    """

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker)
        self.batches: list[list[int]] = []

    def encode(
        self, batches: Iterable[Mapping[bytes, EmbeddedText]], advance: Advance
    ) -> Iterator[dict[bytes, PassageVectors]]:
        own = list(batches)
        self.batches += [[len(text.text) for text in batch.values()] for batch in own]
        return iter(list(super().encode(own, advance)))


def test_an_executor_may_run_ahead(builds: Builds) -> None:
    """Texts that several shards share are encoded once."""
    builds.layout = in_shards(4)
    files = {**FILES, **dict.fromkeys(("x.md", "y.md", "z.md"), "# Crises\n\nHotlines help.")}
    local = builds.of(files)
    expected = [builds.generation().dense.vector(row).tolist() for row in range(local.passages)]
    eager = EagerExecutor(Worker(builds.encoder))
    before = builds.encoder.encoded
    built = builds(full=True, executor=eager)
    assert builds.encoder.encoded - before == built.report.encoded == len(FILES) + 1
    assert len(eager.batches) == 4
    assert [builds.generation().dense.vector(row).tolist() for row in range(local.passages)] == expected


def test_batches_are_small_and_of_similar_lengths(builds: Builds) -> None:
    builds.write(FILES)
    eager = EagerExecutor(Worker(builds.encoder))
    builds(executor=eager)
    first, second = eager.batches
    assert (len(first), len(second)) == (8, 4)
    assert min(first) >= max(second)
