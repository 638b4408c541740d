"""One log line for each request, with an id that its reply also has."""

import logging
import re
import time
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from normqa.serve.observe.json_log import REQUEST_ID

HEADER = "X-Request-ID"

_log = logging.getLogger("normqa.request")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_FAILED = 500


class RequestLog:
    """ASGI middleware that logs method, path, status and time of each request.

    Query, body and address of the client are not logged. A request that brings an id in ``X-Request-ID``
    keeps it.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond, then log."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        status, started = _FAILED, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        scope.setdefault("state", {})["request_id"] = request_id
        token = REQUEST_ID.set(request_id)
        method, path = scope["method"], scope["path"]
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            facts = {"method": method, "path": path, "status": status, "milliseconds": milliseconds}
            _log.info("request", extra={"facts": facts | facts_of(scope)})
            REQUEST_ID.reset(token)


def facts_of(scope: Scope) -> dict[str, Any]:
    """Return what else the log line of a request says, to add to."""
    facts: dict[str, Any] = scope.setdefault("state", {}).setdefault("log_facts", {})
    return facts


def id_header(scope: Scope) -> dict[str, str]:
    """Return the header with the id of a request; none unless requests are logged."""
    request_id = scope.get("state", {}).get("request_id")
    return {HEADER: request_id} if request_id else {}
