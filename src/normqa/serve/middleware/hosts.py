"""The Host header: which names this server answers to.

A page of another site can make its own name resolve to this machine (DNS rebinding) and then read what a
server on a loopback address says, because the browser sees one origin. Only the Host header differs.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from normqa.schema.errors import ErrorBody
from normqa.serve.responses import error_reply
from normqa.settings import Settings, is_loopback

ANY = "*"
LOOPBACK = ("localhost", "127.0.0.1", "::1")

_MISDIRECTED = 421


def allowed_hosts(settings: Settings) -> tuple[str, ...]:
    """Return the names that the server answers to: names, ``*.example.org``, or ``*``."""
    if settings.allowed_hosts is not None:
        return settings.allowed_hosts
    return (*LOOPBACK, settings.host) if is_loopback(settings.host) else (ANY,)


class HostCheck:
    """ASGI middleware that rejects requests for other hosts.

    A request without a Host header is not one of a browser, and passes.

    Args:
        app: The application to protect.
        allowed: Names, see :func:`allowed_hosts`.
    """

    def __init__(self, app: ASGIApp, allowed: tuple[str, ...]) -> None:
        self._app = app
        self._allowed = {name.lower() for name in allowed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on the request, or respond with status 421."""
        given = Headers(scope=scope).get("Host") if scope["type"] == "http" else None
        if given is None or self._allows(given):
            await self._app(scope, receive, send)
            return
        error = ErrorBody(
            code="unknown_host",
            message="This server does not answer to the host name of the request.",
            hint="If the name is right, an administrator can add it to the setting allowed_hosts.",
        )
        await error_reply(_MISDIRECTED, error)(scope, receive, send)

    def _allows(self, given: str) -> bool:
        if ANY in self._allowed:
            return True
        name = _name_of(given)
        parents = (f"*.{name.split('.', place)[-1]}" for place in range(1, name.count(".") + 1))
        return name in self._allowed or not self._allowed.isdisjoint(parents)


def _name_of(host: str) -> str:
    """Return the name in a Host header, without port, brackets and final dot; empty if it is malformed."""
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""
