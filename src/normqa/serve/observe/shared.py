"""The folder in which worker processes share their figures."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable that names the folder. prometheus_client reads it when it is imported."""


@contextmanager
def shared_figures() -> Iterator[None]:
    """Provide a folder to this process and those that it starts, until they have ended."""
    with tempfile.TemporaryDirectory(prefix="normqa-metrics-") as folder:
        os.environ[SHARED_FOLDER] = folder
        yield
