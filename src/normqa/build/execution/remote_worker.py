"""A worker in another process, perhaps on another machine."""

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from normqa.build.encoding.encode import PassageVectors
from normqa.build.execution.worker import SplitFile, Worker
from normqa.build.fingerprints import fingerprints_of
from normqa.build.plan import PlannedFile
from normqa.datatypes import EmbeddedText
from normqa.errors import ClusterUnavailable
from normqa.index.manifest import Fingerprints
from normqa.load.problem import LoadError
from normqa.load.process.isolated import end_loaders
from normqa.load.process.limits import Limits, use_limits
from normqa.models.protocols import Encoder


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """Everything that decides what a worker does. It can be pickled.

    Attributes:
        load_encoder: Loads the encoder.
        limits: What a file may cost.
        max_file_bytes: Larger files are skipped.
        fingerprints: Fingerprints of the build.
        folder: Folder that relative paths start from, if the other machine has it.
    """

    load_encoder: Callable[[], Encoder]
    limits: Limits
    max_file_bytes: int
    fingerprints: Fingerprints
    folder: str = field(default_factory=os.getcwd)

    def worker(self) -> Worker:
        """Make the worker of this process.

        Raises:
            ClusterUnavailable: If this machine would load, split or encode otherwise.
            EncoderUnavailable: If this machine lacks the encoder.
        """
        with suppress(OSError):
            os.chdir(self.folder)
        use_limits(self.limits)
        encoder = self.load_encoder()
        own = fingerprints_of(encoder, self.max_file_bytes)
        if others := [name for name, value in self.fingerprints if getattr(own, name) != value]:
            raise ClusterUnavailable(
                f"The machine {socket.gethostname()} of the cluster has another {' and '.join(others)} than"
                " this machine.",
                "Install the same versions of normqa, its libraries and its models on all of them.",
            )
        return Worker(encoder)


class RemoteWorker:
    """A worker whose calls come from another process.

    Args:
        spec: How to make it.
    """

    def __init__(self, spec: WorkerSpec) -> None:
        self._spec = spec

    def start(self) -> None:
        """Make the worker; see :meth:`WorkerSpec.worker`."""
        self._worker = self._spec.worker()

    def load(self, files: Sequence[PlannedFile]) -> list[SplitFile | None]:
        """Load and split files. Without its content, a file is read here; None if that gives other bytes."""
        return [self._worker.load(read) if (read := _read(file)) else None for file in files]

    def encode(self, texts: Mapping[bytes, EmbeddedText]) -> dict[bytes, PassageVectors]:
        """Encode texts by key."""
        end_loaders()  # their processes would take memory until the build ends
        return self._worker.encode(texts)


def _read(file: PlannedFile) -> PlannedFile | None:
    """Return a file with its content; None if this machine has no such file, or another one."""
    if file.content is not None:
        return file
    try:
        content = file.source.read()
    except LoadError:
        return None
    return replace(file, content=content) if content.sha256 == file.sha256 else None
