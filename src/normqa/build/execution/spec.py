"""How to make a worker in another process, and on another machine."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from normqa.build.execution.worker import Worker
from normqa.build.fingerprints import fingerprints_of
from normqa.errors import ClusterUnavailable
from normqa.index.manifest import Fingerprints
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
