"""Rebuild the index when files of the corpus change."""

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import watch as watch_files

from normqa.build.build import Built
from normqa.errors import IndexBusy, NormqaError
from normqa.service import Service

_SETTLE_MS = 100
"""A build starts after this time without changes."""

_MAX_WAIT_MS = 1000
"""A build starts after this time even if files keep changing."""

_RETRY_MS = 1000
"""Interval between attempts while another process is building."""


def watch(
    service: Service,
    corpus: Path,
    stop: threading.Event,
    on_build: Callable[[Built], None],
    on_error: Callable[[NormqaError], None],
) -> None:
    """Build after every change until ``stop`` is set. Requests are answered meanwhile.

    Args:
        service: Builds, and opens every new generation.
        corpus: Folder to watch, including its subfolders.
        stop: Ends the watch.
        on_build: Called with every new generation.
        on_error: Called if a build fails. The current generation stays until the next change.
    """
    # A file may have changed between the last build and now. A rolled-back index stays until one does.
    changed = not service.is_rolled_back()
    for changes in watch_files(
        corpus,
        watch_filter=None,
        debounce=_MAX_WAIT_MS,
        step=_SETTLE_MS,
        stop_event=stop,
        rust_timeout=_RETRY_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        changed = changed or bool(changes)
        if not changed:
            continue
        try:
            built = service.build()
            if built.written:
                service.current()  # opened here, so that no request has to wait
                on_build(built)
        except IndexBusy:
            continue
        except NormqaError as error:
            on_error(error)
        changed = False
