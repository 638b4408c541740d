"""Rebuilds the index whenever a file of the corpus is saved."""

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import watch as changes_of

from normqa.build.build import Built
from normqa.errors import IndexBusy, NormqaError
from normqa.service import Service

_QUIET_MS = 100
"""So long nothing more must be saved before a build begins, …"""

_IMPATIENT_MS = 1000
"""… unless something has been saved for so long."""

_AGAIN_MS = 1000
"""So often it is tried again while another process is building."""


def watch(
    service: Service,
    corpus: Path,
    stop: threading.Event,
    show: Callable[[Built], None],
    complain: Callable[[NormqaError], None],
) -> None:
    """Builds after every change, until it is told to stop; the requests that come meanwhile are answered.

    Args:
        service: Builds, and answers from the new generation as soon as it is in force.
        corpus: Folder that is watched, with all that is in it.
        stop: Ends it.
        show: Told of every new generation.
        complain: Told why a build failed; the generation in force stays, and the next change is awaited.
    """
    # Perhaps something was saved since the last build and before this looked; a rollback stands until it is.
    saved = not service.is_rolled_back()
    for changes in changes_of(
        corpus,
        watch_filter=None,
        debounce=_IMPATIENT_MS,
        step=_QUIET_MS,
        stop_event=stop,
        rust_timeout=_AGAIN_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        saved = saved or bool(changes)
        if not saved:
            continue
        try:
            built = service.build()
            if built.written:
                service.generation()  # opened here, so that no request waits for that
                show(built)
        except IndexBusy:
            continue
        except NormqaError as error:
            complain(error)
        saved = False
