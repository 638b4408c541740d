"""The file of one shard, open for reading from several threads."""

import sqlite3
import threading
import weakref
from pathlib import Path
from typing import Any

from normqa.errors import IndexCorrupt
from normqa.index.checksums import REBUILD

FILE = "texts.sqlite"


class Database:
    """The open file. It is closed when this object is dropped.

    Args:
        path: The file.

    Raises:
        sqlite3.Error: If it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        weakref.finalize(self, self._connection.close)

    def rows(self, query: str, *values: str | int) -> list[Any]:
        """Return the rows of a query.

        Raises:
            IndexCorrupt: If the file is damaged.
        """
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter from a damaged schema
            raise corrupt(error) from error


def corrupt(reason: object) -> IndexCorrupt:
    """Return the error for a damaged file."""
    return IndexCorrupt(f"{FILE} is corrupted ({reason}).", REBUILD)
