"""Send requests over ASGI, without an HTTP library that would normalise them."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


@dataclass
class Exchange:
    """One request and its response.

    Attributes:
        method: Method of the request.
        target: Path and query, percent-encoded.
        chunks: Body of the request, without a length.
        headers: Headers of the request.
        breaks_off: Whether the client disconnects after the last chunk.
        taken: Number of chunks that the application has read.
        sent: Messages that the application has sent.
    """

    method: str
    target: str
    chunks: Iterable[bytes] = ()
    headers: dict[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    taken: int = 0
    sent: list[Message] = field(default_factory=list)

    def over(self, app: ASGIApp) -> "Exchange":
        """Send the request to an application."""
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
            return await asyncio.Future()  # the client waits for the response

        async def send(message: Message) -> None:
            self.sent.append(message)

        async def exchange() -> None:
            await app(scope, receive, send)

        asyncio.run(exchange())
        return self

    @property
    def status(self) -> int:
        """Status of the response."""
        return int(self.sent[0]["status"])

    @property
    def reply_headers(self) -> dict[str, str]:
        """Headers of the response."""
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        """Body of the response."""
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    def json(self) -> Any:
        """Return the body of the response as JSON."""
        return json.loads(self.body)
