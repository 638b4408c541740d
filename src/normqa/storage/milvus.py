"""Generations in a Milvus database."""

import time
from collections.abc import Hashable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from normqa.build.progress import NoProgress, Progress, TimedProgress
from normqa.errors import IndexNotPortable
from normqa.index.backend import GenerationManifest, OpenIndex
from normqa.index.disk.pointer import Pointer
from normqa.index.disk.retention import Retention
from normqa.index.folder import IndexFolder
from normqa.index.history import GenerationInfo
from normqa.index.milvus.address import Access
from normqa.index.milvus.client import Milvus
from normqa.index.milvus.index import MilvusIndex
from normqa.index.milvus.manifest import MilvusManifest
from normqa.models.protocols import Encoder

if TYPE_CHECKING:
    from normqa.build.build import BuildOptions, Built
    from normqa.build.execution.executor import Executor
    from normqa.build.plan import Corpus
    from normqa.build.status import Status

_RETRY_SECONDS = 5
"""Time after which a generation that could not be opened is tried again."""


class MilvusHome:
    """Generations in a Milvus database; see :class:`normqa.storage.home.IndexHome`.

    Args:
        access: Where the database is, and how to sign in.
        folder: Folder of this machine that is locked while it builds, and keeps the vectors of a build that
            does not finish.
    """

    def __init__(self, access: Access, folder: Path) -> None:
        self._index = MilvusIndex(Milvus(access))
        self._local = IndexFolder(folder)

    def current_or_none(self) -> Pointer | None:
        """Return which generation is current; None if nothing was built or the alias is lost."""
        return self._index.pointer()

    def current(self) -> Pointer:
        """Return which generation is current."""
        return self._index.current()

    def open_current(self) -> OpenIndex:
        """Open the current generation."""
        return self._index.open_current()

    def check(self, name: str) -> MilvusManifest:
        """Read every cell of a generation."""
        return self._index.check(name)

    def state(self) -> Hashable:
        """Return which generation is current, and a time that changes every few seconds."""
        return self._index.pointer(), int(time.monotonic() / _RETRY_SECONDS)

    def generations(self, *, whole: bool = False) -> list[GenerationInfo]:
        """Return every generation that is kept, newest first."""
        return self._index.generations(whole=whole)

    def roll_back(self, name: str | None, encoder: str) -> MilvusManifest:
        """Make an older generation the current one."""
        return self._index.roll_back(name, encoder)

    def build(
        self,
        corpus: "Path | Corpus",
        encoder: Encoder,
        options: "BuildOptions",
        progress: Progress | None,
        executor: "Executor | None",
        vectors_from: Sequence[IndexFolder] = (),
    ) -> "Built":
        """Build a generation if anything has changed.

        The lock is that of this machine. A build of another one is noticed when it publishes.
        """
        from normqa.build.fingerprints import fingerprints_of  # noqa: PLC0415 - a question needs no loaders
        from normqa.build.plan import Corpus  # noqa: PLC0415
        from normqa.build.remote import build_remote  # noqa: PLC0415

        timed = TimedProgress(progress or NoProgress())
        with nullcontext() if options.dry_run else self._local.build_lock():
            timed.stage("Reading the corpus", 0)
            listed = Corpus.of(corpus, options.max_file_bytes, options.exclude)
            if not options.dry_run:
                self._local.narrow_to(listed.paths)
            fingerprints = fingerprints_of(encoder, options.max_file_bytes)
            return build_remote(
                listed,
                fingerprints,
                self._index,
                self._local,
                encoder,
                options,
                timed,
                vectors_from,
                executor,
            )

    def status(
        self, corpus: Path, encoder: Encoder, max_file_bytes: int, exclude: tuple[str, ...]
    ) -> "Status":
        """Compare the current generation with the corpus."""
        from normqa.build.remote import remote_status  # noqa: PLC0415 - a question needs no loaders

        return remote_status(corpus, self._index, encoder, max_file_bytes, exclude)

    def export(self, target: Path) -> tuple[GenerationManifest, Path]:
        """Refuse: Milvus has tools of its own."""
        raise IndexNotPortable(
            f"The index in Milvus cannot be exported to {target}.", "Back it up with the tools of Milvus."
        )

    def import_generation(
        self, archive: Path, encoder: str, retention: Retention, *, allow_older: bool, is_private: bool
    ) -> GenerationManifest:
        """Refuse: an exported generation consists of files."""
        del encoder, retention, allow_older, is_private
        raise IndexNotPortable(
            f"{archive} cannot be imported into Milvus.", "Run normqa build, or import it into a folder."
        )
