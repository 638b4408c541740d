"""The file of the question log: one table in SQLite.

The key of a row is random, so that the order of the rows does not tell what one reader asked in turn.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from normqa.serve.errors import QuestionLogUnusable
from normqa.serve.question_log.row import Complaint, Place, Rating, Row

_BUSY_SECONDS = 1.0
"""How long to wait for another process that writes."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (
    token BLOB PRIMARY KEY,
    hour TEXT NOT NULL,
    question TEXT NOT NULL,
    searched_as TEXT NOT NULL,
    generation TEXT,
    outcome TEXT NOT NULL,
    confidence REAL,
    places TEXT NOT NULL,
    rating TEXT,
    complaint TEXT
) WITHOUT ROWID
"""
_COLUMNS = "token, hour, question, searched_as, generation, outcome, confidence, places, rating, complaint"


class Database:
    """Reads and writes the file. Every call opens it, so that an operator may delete or replace it.

    Args:
        path: The file; it is created at the first call. Only its owner may read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, rows: Iterable[Row]) -> None:
        """Add rows.

        Raises:
            QuestionLogUnusable: If the file cannot be written.
        """
        with self._open() as connection:
            marks = ", ".join("?" * len(_COLUMNS.split(", ")))
            insert = f"INSERT INTO questions ({_COLUMNS}) VALUES ({marks})"  # noqa: S608 - constants
            connection.executemany(insert, map(_values, rows))

    def rate(self, token: bytes, rating: Rating, complaint: Complaint | None) -> bool:
        """Rate an answer, and return whether the log has its row.

        Raises:
            QuestionLogUnusable: If the file cannot be written.
        """
        with self._open() as connection:
            change = "UPDATE questions SET rating = ?, complaint = ? WHERE token = ?"
            return connection.execute(change, (rating, complaint, token)).rowcount > 0

    def rows(self, oldest: str) -> list[Row]:
        """Return every row from an hour on, newest first.

        Raises:
            QuestionLogUnusable: If the file cannot be read.
        """
        wanted = f"SELECT {_COLUMNS} FROM questions WHERE hour >= ? ORDER BY hour DESC, token"  # noqa: S608
        with self._open() as connection:
            return list(map(_row, connection.execute(wanted, (oldest,))))

    def remove_before(self, oldest: str) -> None:
        """Remove every row before an hour, and overwrite its bytes.

        Raises:
            QuestionLogUnusable: If the file cannot be written.
        """
        with self._open() as connection:
            if connection.execute("DELETE FROM questions WHERE hour < ?", (oldest,)).rowcount:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)) as opened:
                opened.execute("PRAGMA journal_mode = WAL")
                opened.execute("PRAGMA synchronous = NORMAL")
                opened.execute("PRAGMA secure_delete = ON")
                opened.execute(_SCHEMA)
                yield opened
        except (OSError, sqlite3.Error) as error:
            raise QuestionLogUnusable(self.path, error) from None


def _values(row: Row) -> list[object]:
    """Return the values of a row in the order of the columns."""
    values = asdict(row) | {"places": json.dumps([asdict(place) for place in row.places])}
    return [values[column] for column in _COLUMNS.split(", ")]


def _row(values: tuple[Any, ...]) -> Row:
    found = dict(zip(_COLUMNS.split(", "), values, strict=True))
    return Row(**found | {"places": tuple(Place(**place) for place in json.loads(found["places"]))})
