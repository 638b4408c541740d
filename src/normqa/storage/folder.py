"""Generations in a folder."""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from normqa.build.progress import Progress
from normqa.index.backend import OpenIndex
from normqa.index.disk.pointer import Pointer
from normqa.index.disk.retention import Retention
from normqa.index.disk.state import state_of
from normqa.index.folder import IndexFolder
from normqa.index.generation import open_current
from normqa.index.history import GenerationInfo, generations, roll_back
from normqa.index.manifest import Manifest
from normqa.models.protocols import Encoder

if TYPE_CHECKING:
    from normqa.build.build import BuildOptions, Built
    from normqa.build.execution.executor import Executor
    from normqa.build.plan import Corpus
    from normqa.build.status import Status


class FolderHome:
    """Generations in a folder; see :class:`normqa.storage.home.IndexHome`.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: IndexFolder) -> None:
        self._folder = folder

    def current_or_none(self) -> Pointer | None:
        """Return which generation is current; None if nothing was built or CURRENT is damaged."""
        return self._folder.current_or_none()

    def current(self) -> Pointer:
        """Return which generation is current."""
        return self._folder.current()

    def open_current(self) -> OpenIndex:
        """Open the current generation, or an older one if it is damaged."""
        return open_current(self._folder)

    def check(self, name: str) -> Manifest:
        """Read every byte of a generation."""
        return self._folder.checked_manifest(name, whole=True)

    def state(self) -> Hashable:
        """Return the state of all files."""
        return state_of(self._folder.path)

    def generations(self, *, whole: bool = False) -> list[GenerationInfo]:
        """Return every generation that is kept, newest first."""
        return generations(self._folder, whole=whole)

    def roll_back(self, name: str | None, encoder: str) -> Manifest:
        """Make an older generation the current one."""
        return roll_back(self._folder, name, encoder)

    def build(
        self,
        corpus: "Path | Corpus",
        encoder: Encoder,
        options: "BuildOptions",
        progress: Progress | None,
        executor: "Executor | None",
        vectors_from: Sequence[IndexFolder] = (),
    ) -> "Built":
        """Build a generation if anything has changed."""
        from normqa.build.build import build  # noqa: PLC0415 - a question needs no loaders

        return build(corpus, self._folder, encoder, options, progress, executor, vectors_from)

    def status(
        self, corpus: Path, encoder: Encoder, max_file_bytes: int, exclude: tuple[str, ...]
    ) -> "Status":
        """Compare the current generation with the corpus."""
        from normqa.build.status import status_of  # noqa: PLC0415 - a question needs no loaders

        return status_of(corpus, self._folder, encoder, max_file_bytes, exclude)

    def export(self, target: Path) -> tuple[Manifest, Path]:
        """Write the current generation into one file."""
        from normqa.index.transfer.pack import export_current  # noqa: PLC0415 - a question needs no tar

        return export_current(self._folder, target)

    def import_generation(
        self, archive: Path, encoder: str, retention: Retention, *, allow_older: bool, is_private: bool
    ) -> Manifest:
        """Make an exported generation current."""
        from normqa.index.transfer.unpack import import_generation  # noqa: PLC0415 - a question needs no tar

        return import_generation(
            archive, self._folder, encoder, retention, allow_older=allow_older, is_private=is_private
        )
