"""A log of the administrator's actions, one line each."""

import logging
from datetime import UTC, datetime

from fastapi import Request

from normqa.serve.access.attempts import address_of

_log = logging.getLogger(__name__)

_MAX_DETAIL = 80


def log_action(request: Request, action: str, detail: str = "") -> None:
    """Log an action with its time and the client's address.

    Args:
        request: What the client sent.
        action: Such as ``sign-in``.
        detail: From the request; it cannot break the line.
    """
    time = datetime.now(UTC).isoformat(timespec="seconds")
    address = ascii(address_of(request))[1:-1]
    about = f" {detail[:_MAX_DETAIL]!a}" if detail else ""
    # A server shows warnings without any configuration of logging, and an administrator expects these lines.
    _log.warning("%s admin %s from %s%s", time, action, address, about)
