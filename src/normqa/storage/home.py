"""What the service needs of the place where generations are kept."""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from normqa.build.progress import Progress
from normqa.index.backend import GenerationManifest, OpenIndex
from normqa.index.disk.pointer import Pointer
from normqa.index.disk.retention import Retention
from normqa.index.folder import IndexFolder
from normqa.index.history import GenerationInfo
from normqa.models.protocols import Encoder

if TYPE_CHECKING:
    from normqa.build.build import BuildOptions, Built
    from normqa.build.execution.executor import Executor
    from normqa.build.plan import Corpus
    from normqa.build.status import Status


class IndexHome(Protocol):
    """A place where generations are kept. Safe to use from several threads."""

    def current_or_none(self) -> Pointer | None:
        """Return which generation is current; None if nothing was built or that is not known.

        Raises:
            IndexUnavailable: If a server does not respond.
        """

    def current(self) -> Pointer:
        """Return which generation is current.

        Raises:
            IndexMissing: If nothing was built.
            IndexCorrupt: If that is not known.
            IndexUnavailable: If a server does not respond.
        """

    def open_current(self) -> OpenIndex:
        """Open the current generation.

        Raises:
            IndexMissing: If nothing was built.
            IndexCorrupt: If no generation can answer.
            IndexUnavailable: If a server does not respond.
        """

    def check(self, name: str) -> GenerationManifest:
        """Read every byte of a generation.

        Raises:
            IndexCorrupt: If something is missing or damaged.
        """

    def state(self) -> Hashable:
        """Return something that changes when a generation that could not be opened is worth another try."""

    def generations(self, *, whole: bool = False) -> list[GenerationInfo]:
        """Return every generation that is kept, newest first.

        Args:
            whole: Read every byte of them.
        """

    def roll_back(self, name: str | None, encoder: str) -> GenerationManifest:
        """Make an older generation the current one; see :func:`normqa.index.history.roll_back`."""

    def build(
        self,
        corpus: "Path | Corpus",
        encoder: Encoder,
        options: "BuildOptions",
        progress: Progress | None,
        executor: "Executor | None",
        vectors_from: Sequence[IndexFolder] = (),
    ) -> "Built":
        """Build a generation if anything has changed; see :func:`normqa.build.build.build`."""

    def status(
        self, corpus: Path, encoder: Encoder, max_file_bytes: int, exclude: tuple[str, ...]
    ) -> "Status":
        """Compare the current generation with the corpus; see :func:`normqa.build.status.status_of`."""

    def export(self, target: Path) -> tuple[GenerationManifest, Path]:
        """Write the current generation into one file; see :mod:`normqa.index.transfer.pack`."""

    def import_generation(
        self, archive: Path, encoder: str, retention: Retention, *, allow_older: bool, is_private: bool
    ) -> GenerationManifest:
        """Make an exported generation current; see :mod:`normqa.index.transfer.unpack`."""
