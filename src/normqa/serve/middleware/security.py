"""Headers that protect every response, and a limit for every request body."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def protect(headers: MutableHeaders) -> None:
    """Add the headers that a response lacks."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if "frame-ancestors 'none'" not in headers["Content-Security-Policy"]:
        del headers["X-Frame-Options"]  # it cannot name the origins that the policy allows


class SecurityHeaders:
    """ASGI middleware that forbids foreign content, framing, guessing of content types and shared caches.

    A response may have a header of its own. Responses contain questions and texts of the corpus.
    Only a file with an ETag may be cached by anybody.

    Args:
        app: The application to protect.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                protect(headers)
                if "ETag" not in headers:
                    headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """ASGI middleware that stops reading a request body at a limit.

    FastAPI's own limit answers in plain text, past every middleware, if Content-Length exceeds it.

    Args:
        app: The application to protect.
        max_bytes: Maximum size of a body.
        larger: Maximum sizes at other paths.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the bytes that the application reads.

        Raises:
            HTTPException: From ``receive``, if there are too many; the application reports it.
        """
        read = 0
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        max_bytes = self._larger.get(path, self._max_bytes)

        async def receive_limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > max_bytes:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_limited if scope["type"] == "http" else receive, send)
