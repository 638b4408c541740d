"""Log lines as JSON, one object each."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from normqa.settings import Settings

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Id of the request that is being answered; worker threads inherit it."""


class JsonFormatter(logging.Formatter):
    """Formats a record as a JSON object in one line of ASCII. ``extra={"facts": {...}}`` adds fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **({"request_id": REQUEST_ID.get()} if REQUEST_ID.get() else {}),
            **getattr(record, "facts", {}),
            **({"traceback": self.formatException(record.exc_info)} if record.exc_info else {}),
        }
        return json.dumps(line, default=str)


def configure_logging(settings: Settings) -> None:
    """Log to stderr as JSON in this process, if the settings say so."""
    if settings.log_format != "json":
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("normqa.request").setLevel(logging.INFO)
