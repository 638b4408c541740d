"""Rebuild the index when files of the corpus change."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from watchfiles import watch as watch_files

from normqa.build.build import Built
from normqa.errors import CorpusMissing, IndexBusy, NormqaError
from normqa.folders import is_in
from normqa.service import Service

_log = logging.getLogger(__name__)

_SETTLE_MS = 100
"""A build starts after this time without changes."""

_MAX_WAIT_MS = 1000
"""A build starts after this time even if files keep changing."""

_RETRY_MS = 1000
"""Interval between attempts while another process is building or the corpus folder is missing."""


def watch(
    service: Service,
    corpus: Path,
    stop: threading.Event,
    on_build: Callable[[Built], None],
    on_error: Callable[[NormqaError], None],
) -> None:
    """Build after every change until ``stop`` is set. Requests are answered meanwhile.

    No error ends the watch. A corpus folder that is replaced by another is watched in its place.

    Args:
        service: Builds, and opens every new generation.
        corpus: Folder to watch, including its subfolders.
        stop: Ends the watch.
        on_build: Called with every new generation.
        on_error: Called if a build or the watch fails. The current generation stays until the next change.
    """
    # A file may have changed between the last build and now. A rolled-back index stays until one does.
    watcher = _Watcher(service, corpus, stop, on_build, on_error, is_changed=not service.is_rolled_back())
    while not stop.is_set():
        try:
            watcher.watch_folder()
        except Exception as error:
            watcher.report(error)
            watcher.is_changed = True  # changes may have been missed
            stop.wait(_RETRY_MS / 1000)


@dataclass
class _Watcher:
    """The state of a watch, and its steps.

    Attributes:
        is_changed: Whether a build is due.
        last_fault: The last fault, which is reported once and not at every attempt.
    """

    service: Service
    corpus: Path
    stop: threading.Event
    on_build: Callable[[Built], None]
    on_error: Callable[[NormqaError], None]
    is_changed: bool
    last_fault: str | None = field(default=None, init=False)

    def watch_folder(self) -> None:
        """Build after every change until the folder is replaced.

        Raises:
            CorpusMissing: If there is no folder.
        """
        watched = _identity(self.corpus)
        if watched is None:
            raise CorpusMissing(
                f"The corpus folder {self.corpus} is missing, so its changes are not seen.",
                "Restore the folder; normqa then goes on watching.",
            )
        for changes in watch_files(
            self.corpus,
            watch_filter=lambda _, path: not is_in(self.service.settings.index_folder, path),
            debounce=_MAX_WAIT_MS,
            step=_SETTLE_MS,
            stop_event=self.stop,
            rust_timeout=_RETRY_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            self.is_changed = self.is_changed or bool(changes)
            # The system reports changes of the folder that was opened, wherever that is now.
            if _identity(self.corpus) != watched:
                self.is_changed = True
                return
            if self.is_changed:
                self._build()

    def report(self, error: Exception) -> None:
        """Report a fault, unless it is the one that was reported last."""
        if repr(error) == self.last_fault:
            return
        self.last_fault = repr(error)
        if not isinstance(error, NormqaError):
            _log.error("The watch of %s failed.", self.corpus, exc_info=error)
            error = NormqaError(
                f"A change of the corpus was not indexed ({type(error).__name__}: {error}).",
                "The log has details. The next change is tried again.",
            )
        try:
            self.on_error(error)
        except Exception:
            _log.exception("The watch of %s could not report an error.", self.corpus)

    def _build(self) -> None:
        try:
            built = self.service.build()
            if built.written:
                self.service.current(())  # opened here, so that no request has to wait
                self.on_build(built)
        except IndexBusy:
            return
        except Exception as error:
            self.last_fault = None  # every failed build is reported
            self.report(error)
        else:
            self.last_fault = None
        self.is_changed = False


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return device and inode of a folder; None if there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if folder.is_dir() else None
