"""Answer from a generation that is built and exported elsewhere."""

import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile

from normqa.errors import ArchiveOutdated, ArchiveUnusable, IndexBusy, NormqaError
from normqa.index.backend import GenerationManifest
from normqa.index.disk.names import GENERATION, order_of
from normqa.index.transfer.archive import SUFFIX
from normqa.service import Service

_log = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 30
_NOT_MODIFIED = 304
_State = tuple[object, ...]


class Follower:
    """Imports a generation whenever a source offers a new one. The last one answers until then.

    Args:
        service: Imports, and opens every new generation.
        source: An exported file, a folder of exported files, or the address of one.
        on_import: Called with every new generation.
        on_error: Called once for every fault in a row.
    """

    def __init__(
        self,
        service: Service,
        source: str,
        on_import: Callable[[GenerationManifest], None],
        on_error: Callable[[NormqaError], None],
    ) -> None:
        self._service = service
        self._source = source
        self._on_import = on_import
        self._on_error = on_error
        self._seen: _State | None = None
        self._last_fault: str | None = None

    def run(self, stop: threading.Event, seconds: float) -> None:
        """Look for a new generation at intervals until ``stop`` is set."""
        while not stop.wait(seconds):
            self.look()

    def look(self) -> None:
        """Import what the source offers, if it is new. No error ends the following."""
        try:
            if _is_address(self._source):
                self._import_from_address()
            else:
                self._import_from_disk()
        except IndexBusy:
            return
        except Exception as error:
            self._report(error)
        else:
            self._last_fault = None

    def _import_from_disk(self) -> None:
        path = _newest(Path(self._source))
        try:
            status = path.stat()
        except OSError as error:
            raise ArchiveUnusable(f"{path} cannot be read ({error.strerror}).") from None
        state = path, status.st_ino, status.st_mtime_ns, status.st_size
        if state != self._seen:
            self._import(path, state)

    def _import_from_address(self) -> None:
        with _download(self._source, self._seen, self._service.settings.index_folder) as (path, state):
            if path is not None:
                self._import(path, state, is_local=False)

    def _import(self, archive: Path, state: _State, *, is_local: bool = True) -> None:
        before = self._service.current_name()
        try:
            manifest = self._service.import_generation(archive, is_private=is_local)
        except (ArchiveUnusable, ArchiveOutdated) as error:
            # Tried again once it has changed. A download may have broken off, and is tried again in any case.
            if is_local or isinstance(error, ArchiveOutdated):
                self._seen = state
            raise
        self._seen = state
        if manifest.generation != before:
            self._service.current(())  # opened here, so that no request has to wait
            self._on_import(manifest)

    def _report(self, error: Exception) -> None:
        """Report a fault, unless it is the one that was reported last."""
        if repr(error) == self._last_fault:
            return
        self._last_fault = repr(error)
        if not isinstance(error, NormqaError):
            _log.error("Following %s failed.", self._source, exc_info=error)
            error = NormqaError(
                f"{self._source} was not imported ({type(error).__name__}: {error}).",
                "The log has details. It is tried again.",
            )
        self._on_error(error)


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _newest(source: Path) -> Path:
    """Return the exported file: the source, or the newest generation in that folder."""
    if not source.is_dir():
        return source
    names = [path.stem for path in source.glob(f"*{SUFFIX}") if GENERATION.fullmatch(path.stem)]
    if not names:
        raise ArchiveUnusable(f"The folder {source} contains no exported generation.")
    return source / f"{max(names, key=order_of)}{SUFFIX}"


@contextmanager
def _download(address: str, seen: _State | None, folder: Path) -> Iterator[tuple[Path | None, _State]]:
    """Provide the file at an address, and what tells whether it has changed; no file if it has not.

    Raises:
        ArchiveUnusable: If the server does not respond correctly.
    """
    request = urllib.request.Request(address)  # noqa: S310 - http or https
    for header, value in zip(("If-None-Match", "If-Modified-Since"), seen or (), strict=False):
        if value:
            request.add_header(header, str(value))
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as reply:  # noqa: S310
            state = reply.headers.get("ETag"), reply.headers.get("Last-Modified")
            folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=folder, prefix=".downloading-") as file:
                copyfileobj(reply, file)
                file.flush()
                yield Path(file.name), state
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != _NOT_MODIFIED:
            raise ArchiveUnusable(f"{address} responded with the status {error.code}.") from None
        yield None, seen or ()
    except urllib.error.URLError as error:
        raise ArchiveUnusable(f"{address} cannot be reached ({error.reason}).") from None
