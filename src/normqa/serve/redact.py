"""Paths in messages: clients learn which file is at fault, and not where it is on this machine.

The log and the administration page have the whole path.
"""

import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from normqa.errors import IndexFault
from normqa.settings import Settings
from normqa.snapshot import Snapshot

Fault = TypeVar("Fault", bound=IndexFault)


def redact(message: str, settings: Settings) -> str:
    """Shorten the paths in a message: those of corpus and index begin with their own names."""
    for folder in sorted(_folders(settings), key=len, reverse=True):
        message = message.replace(folder + os.sep, "")
    return message


def redact_snapshot(snapshot: Snapshot, settings: Settings) -> Snapshot:
    """Return a snapshot whose warning has no path."""
    opened = snapshot.opened
    if opened is None or opened.fault is None:
        return snapshot
    return replace(snapshot, opened=replace(opened, fault=redact_fault(opened.fault, settings)))


def redact_fault(fault: Fault, settings: Settings) -> Fault:
    """Return a fault of the whole index without paths."""
    return type(fault)(redact(fault.message, settings), fault.hint)


def _folders(settings: Settings) -> Iterable[str]:
    """The folders to leave out of messages."""
    known = (
        settings.index_folder.parent,
        settings.corpus.parent,
        settings.cache_folder.parent,
        Path.home(),
        Path.cwd(),
    )
    paths = [path for folder in known for path in (folder, folder.absolute(), folder.resolve())]
    models = [Path(model).parent for model in (settings.encoder, settings.reranker)]
    installed = [Path(path) for path in sys.path if path]
    found = {str(path) for path in (*paths, *models, *installed, Path(tempfile.gettempdir()))}
    return {folder for folder in found if folder.startswith(os.sep) and folder != os.sep}
