"""Do the work of a build in this process."""

from collections.abc import Iterable, Iterator, Mapping

from normqa.build.encoding.encode import PassageVectors
from normqa.build.execution.worker import SplitFile, Worker
from normqa.build.plan import PlannedFile
from normqa.datatypes import EmbeddedText
from normqa.models.protocols import Advance


class LocalExecutor:
    """Works when a result is asked for.

    Args:
        worker: Does the work.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def load(self, files: Iterable[PlannedFile]) -> Iterator[SplitFile]:
        """Load and split files, one after the other."""
        return map(self._worker.load, files)

    def encode(
        self, batches: Iterable[Mapping[bytes, EmbeddedText]], advance: Advance
    ) -> Iterator[dict[bytes, PassageVectors]]:
        """Encode batches of texts, one after the other."""
        return (self._worker.encode(texts, advance) for texts in batches)
