"""The MCP server over streamable HTTP, at ``/mcp``."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio import sleep_forever, to_thread
from fastapi import FastAPI, Request
from starlette.types import Receive, Scope, Send

from normqa.errors import ExtraMissing
from normqa.extras import MCP
from normqa.serve.errors import ForeignClient
from normqa.serve.queued import QueuedSnapshots
from normqa.settings import Settings

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"

_log = logging.getLogger(__name__)


class McpEndpoint:
    """ASGI application that serves MCP without sessions, so that several processes can.

    The first request starts the MCP server, because importing the SDK takes long.

    Args:
        snapshots: Answers questions, verifies texts and reads documents.
        settings: Tell which paths to leave out of messages.
        origins: Other origins whose pages may connect.
    """

    def __init__(self, snapshots: QueuedSnapshots, settings: Settings, origins: Collection[str]) -> None:
        self._snapshots = snapshots
        self._settings = settings
        self._origins = origins
        self._wanted: asyncio.Event | None = None
        self._started: asyncio.Event | None = None
        self._sessions: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG002 - as Starlette calls it
        """Run the server from its first request to the end of the application."""
        self._wanted, self._started = asyncio.Event(), asyncio.Event()
        # Not a task group: a failure of this task must not end the application.
        task = asyncio.create_task(self._run(self._wanted, self._started))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            ExtraMissing: If the SDK is not installed.
            ForeignClient: If a page of an origin that is not allowed sent the request.
        """
        MCP.require("MCP", ExtraMissing)
        self._check_origin(Request(scope))
        if self._wanted is None or self._started is None:
            raise RuntimeError("The application has not been started.")
        self._wanted.set()
        await self._started.wait()
        if self._sessions is None:
            raise RuntimeError("The MCP server has failed; its error is in the log.")
        await self._sessions.handle_request(scope, receive, send)

    async def _run(self, wanted: asyncio.Event, started: asyncio.Event) -> None:
        try:
            await wanted.wait()
            sessions = await to_thread.run_sync(self._create)
            async with sessions.run():
                self._sessions = sessions
                started.set()
                await sleep_forever()
        except Exception:
            _log.exception("The MCP server failed.")
        finally:
            self._sessions = None
            started.set()

    def _create(self) -> "StreamableHTTPSessionManager":
        from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415 - see above

        from normqa.serve.mcp.server import DocumentServer  # noqa: PLC0415

        server = DocumentServer(self._snapshots, self._settings)
        # The application checks the host, and this endpoint the origin.
        checked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server.streamable_http_app(stateless_http=True, json_response=True, transport_security=checked)
        return server.session_manager

    def _check_origin(self, request: Request) -> None:
        """Reject pages of other origins than this server and the setting ``cors_origins``."""
        origin = request.headers.get("Origin")
        own = f"{request.url.scheme}://{request.headers.get('Host', '')}"
        if origin is not None and origin.lower() != own.lower() and not {"*", origin} & {*self._origins}:
            raise ForeignClient
