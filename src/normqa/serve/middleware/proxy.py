"""Requests that a reverse proxy passes on, also under a path prefix."""

import re

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from normqa.citations.brief.formats import BRIEF_FORMATS
from normqa.citations.formats import EXTENSIONS

# A prefix that starts with two slashes would make every link lead to another host.
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")

_TRUSTED = "from_trusted_proxy"

OWN_NAMES = {
    "",
    "admin",
    "answer",
    "ask",
    "brief",
    *(f"brief.{extension}" for extension in BRIEF_FORMATS),
    "check",
    "cite",
    *(f"conversation.{extension}" for extension in EXTENSIONS),
    "documents",
    "embed",
    "embed.js",
    "favicon.ico",
    "health",
    "metrics",
    "mcp",
    "openapi.json",
    "rate",
    "static",
    "suggest",
    "timeline",
    "v1",
    "verify",
}
"""First names of the application's addresses, but not ``docs``, which is the prefix of many sites."""


class ForwardedHeaders(ProxyHeadersMiddleware):
    """ASGI middleware that takes scheme, client and path prefix from the headers of a trusted proxy.

    Args:
        app: The application.
        trusted_hosts: Addresses and networks of proxies.
        root_path: Prefix of every path. If empty, a trusted proxy may send ``X-Forwarded-Prefix``.
    """

    def __init__(self, app: ASGIApp, trusted_hosts: list[str] | str, root_path: str = "") -> None:
        super().__init__(app, trusted_hosts)  # type: ignore[arg-type]  # Starlette types ASGI otherwise
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        """Set what the headers say."""
        if scope["type"] == "http":
            client = scope.get("client")
            scope.setdefault("state", {})[_TRUSTED] = bool(client and client[0] in self.trusted_hosts)
            prefix = self._root_path
            if not prefix and client and client[0] in self.trusted_hosts:
                given = Headers(scope=scope).get("X-Forwarded-Prefix", "").strip().rstrip("/")
                prefix = given if _PREFIX.fullmatch(given) else ""
            if prefix:
                _set_prefix(scope, prefix)
        await super().__call__(scope, receive, send)  # type: ignore[arg-type]


def is_from_trusted_proxy(scope: Scope) -> bool:
    """Whether a trusted proxy passed on a request."""
    trusted: bool = scope.get("state", {}).get(_TRUSTED, False)
    return trusted


def root_of(request: Request) -> str:
    """Return the path prefix of a request, without a final slash; empty if there is none."""
    scope = request.scope
    root: str = scope.get("app_root_path", scope.get("root_path", ""))  # a mounted folder changes root_path
    return root


def path_of(request: Request) -> str:
    """Return the path of a request without its prefix."""
    path: str = request.scope["path"]
    return path.removeprefix(root_of(request))


def _set_prefix(scope: Scope, prefix: str) -> None:
    """Set the prefix as ASGI wants it: the path includes it, whether or not the proxy removed it."""
    path = scope["path"]
    if path == prefix and not _is_own(prefix):
        path = f"{prefix}/"
    elif not _is_passed_on(path, prefix):
        path = f"{prefix}{path}"
    scope["path"], scope["root_path"] = path, prefix


def _is_passed_on(path: str, prefix: str) -> bool:
    """Whether the proxy did not remove the prefix, which may be the name of an address: ``/documents``."""
    if not path.startswith(f"{prefix}/"):
        return False
    return not _is_own(prefix) or _is_own(path.removeprefix(prefix))


def _is_own(path: str) -> bool:
    return path.split("/")[1] in OWN_NAMES
