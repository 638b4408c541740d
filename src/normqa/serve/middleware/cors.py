"""Pages of other origins: which of them may use the API, and which only ask with the widget."""

from fastapi import Request
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from normqa.origins import ANY
from normqa.serve.middleware.proxy import path_of
from normqa.settings import Settings

_WIDGET = {"/ask", "/embed.js"}
"""Addresses that the widget needs: where it asks, and its script."""


class CrossOrigin:
    """ASGI middleware that lets pages of other origins read replies, as the settings say.

    Args:
        app: The application.
        settings: ``cors_origins`` may use every address, ``embed_origins`` only those of the widget.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._api_origins = settings.cors_origins
        self._api = CORSMiddleware(
            app,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=[
                "Content-Type",
                "Mcp-Method",
                "Mcp-Name",
                "Mcp-Protocol-Version",
                *(["Authorization"] if settings.keys else []),
            ],
            expose_headers=["Retry-After"],
        )
        self._embed_origins = settings.embed_origins
        self._widget = CORSMiddleware(
            app, allow_origins=settings.embed_origins, allow_methods=["POST"], expose_headers=["Retry-After"]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight request, or add the headers to the response."""
        await self._policy(scope)(scope, receive, send)

    def _policy(self, scope: Scope) -> ASGIApp:
        if scope["type"] != "http":
            return self._app
        if self._embed_origins and path_of(Request(scope)) in _WIDGET and not self._may_use_api(scope):
            return self._widget
        return self._api if self._api_origins else self._app

    def _may_use_api(self, scope: Scope) -> bool:
        return ANY in self._api_origins or Headers(scope=scope).get("Origin") in self._api_origins
