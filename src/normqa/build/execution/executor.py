"""The protocol of executors: they load, split and encode, and a build does the rest."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from normqa.build.encoding.encode import PassageVectors
from normqa.build.execution.worker import SplitFile
from normqa.build.plan import PlannedFile
from normqa.datatypes import EmbeddedText
from normqa.models.protocols import Advance


class Executor(Protocol):
    """Does the work of a build that needs no index.

    Results come in the order of the input. The input is read as workers become free, so that a consumer that
    falls behind slows the workers down.
    """

    def load(self, files: Iterable[PlannedFile]) -> Iterator[SplitFile]:
        """Load and split files whose content was read."""

    def encode(
        self, batches: Iterable[Mapping[bytes, EmbeddedText]], advance: Advance
    ) -> Iterator[dict[bytes, PassageVectors]]:
        """Encode batches of texts by key.

        Raises:
            EncoderUnavailable: If the encoder fails.
        """
