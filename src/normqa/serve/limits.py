"""Refuses request bodies that are too large, before they are read."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from normqa.serve.bodies import ErrorBody
from normqa.serve.replies import error_reply

MAX_BODY_BYTES = 64_000


class BodyLimit:
    """ASGI middleware. It goes by the bytes that arrive, whatever the headers say.

    Args:
        app: What to protect.
        max_bytes: Of a request's body.
    """

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads the body, up to the limit, and passes it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, more = bytearray(), True
        while more and len(body) <= self._max_bytes:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client has gone
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if len(body) > self._max_bytes:
            error = ErrorBody(
                code="too_large",
                message=f"The request body has more than {self._max_bytes:,} bytes.",
                hint="Send less.",
            )
            await error_reply(413, error)(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)
