"""Sends requests to an application as the server does, past every HTTP library that would tidy them up."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


@dataclass
class Exchange:
    """One request, and what came of it.

    Attributes:
        method: Of the request.
        target: Path and query, percent-encoded.
        chunks: What the client sends, piece by piece, without saying how much there is.
        headers: Of the request.
        breaks_off: Whether the client goes away after the last chunk.
        taken: How many of them the application has asked for.
        sent: What the application replied.
    """

    method: str
    target: str
    chunks: Iterable[bytes] = ()
    headers: dict[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    taken: int = 0
    sent: list[Message] = field(default_factory=list)

    def over(self, app: ASGIApp) -> "Exchange":
        """Puts the request to an application."""
        path, _, query = self.target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in self.headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
        }
        coming, ended = iter(self.chunks), list[bool]()

        async def receive() -> Message:
            for chunk in coming:
                self.taken += 1
                return {"type": "http.request", "body": chunk, "more_body": True}
            if self.breaks_off:
                return {"type": "http.disconnect"}
            if not ended:
                ended.append(True)
                return {"type": "http.request", "body": b"", "more_body": False}
            return await asyncio.Future()  # the client waits for its reply

        async def send(message: Message) -> None:
            self.sent.append(message)

        async def exchange() -> None:
            await app(scope, receive, send)

        asyncio.run(exchange())
        return self

    @property
    def status(self) -> int:
        """The status of the reply."""
        return int(self.sent[0]["status"])

    @property
    def reply_headers(self) -> dict[str, str]:
        """The headers of the reply."""
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        """The body of the reply."""
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    def json(self) -> Any:
        """The body of the reply, as JSON."""
        return json.loads(self.body)
