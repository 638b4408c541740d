"""The question log of a server."""

from dataclasses import replace

from fastapi import Request

from normqa.datatypes import Answer
from normqa.serve.question_log.database import Database
from normqa.serve.question_log.rating import repeats, token_of
from normqa.serve.question_log.row import Complaint, Rating, Row, hash_of, oldest_hour
from normqa.serve.question_log.writer import Writer
from normqa.settings import Settings
from normqa.snapshot import Snapshot
from normqa.timing.timer import Timer

_SETTLE_SECONDS = 2.0


class QuestionLog:
    """Logs every answer once: questions on pages, over HTTP, in batches, in chats and tools.

    Args:
        database: The file.
        days: How long to keep rows.

    Attributes:
        writer: Writes the rows.
    """

    def __init__(self, database: Database, days: int) -> None:
        self.days = days
        self._database = database
        self.writer = Writer(database, days)

    @classmethod
    def of(cls, settings: Settings) -> "QuestionLog | None":
        """Return the log that the settings ask for; None if they ask for none."""
        if settings.question_log is None:
            return None
        return cls(Database(settings.question_log), settings.log_retention_days)

    @property
    def lost(self) -> int:
        """Rows that this process could not write."""
        return self.writer.lost

    def watch(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot whose answers are logged, for programs without HTTP requests."""

        def record(answer: Answer, timer: Timer) -> None:  # noqa: ARG001 - as snapshots call it
            self.writer.put(Row.of(answer))

        return replace(snapshot, on_answer=record)

    def record(self, request: Request, answer: Answer) -> None:
        """Log an answer, unless the request only repeats a question."""
        if not repeats(request):
            self.writer.put(Row.of(answer, token_of(request)))

    def rate(self, token: str, rating: Rating, complaint: Complaint | None) -> bool:
        """Rate an answer, and return whether the log has its row.

        Raises:
            QuestionLogUnusable: If the file cannot be written.
        """
        self.settle()
        return self._database.rate(hash_of(token), rating, complaint if rating == "unhelpful" else None)

    def rows(self) -> list[Row]:
        """Return the rows that are not too old, newest first.

        Raises:
            QuestionLogUnusable: If the file cannot be read.
        """
        self.settle()
        return self._database.rows(oldest_hour(self.days))

    def settle(self) -> None:
        """Wait a moment for rows that are not written yet."""
        self.writer.settle(_SETTLE_SECONDS)
