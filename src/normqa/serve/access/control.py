"""The door: every request passes here first, and learns who sent it and whether that may go on."""

from collections.abc import Collection

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from normqa.citations.brief.formats import BRIEF_FORMATS
from normqa.citations.formats import EXTENSIONS
from normqa.errors import NormqaError
from normqa.serve.access.identity import ANYBODY, READER, Identity, Scope, set_identity
from normqa.serve.access.keys import PREFIX, KeyFile
from normqa.serve.access.tokens import bearer_token
from normqa.serve.errors import KeyRequired, ScopeMissing, UnknownKey
from normqa.serve.middleware.proxy import is_from_trusted_proxy, path_of
from normqa.settings import Settings

_SCOPES: dict[Scope, Collection[str]] = {
    "ask": (
        "",
        "ask",
        "embed",
        "rate",
        "suggest",
        "timeline",
        "v1",
        *(f"conversation.{extension}" for extension in EXTENSIONS),
    ),
    "verify": ("check", "verify"),
    "read": (
        "answer",
        "brief",
        *(f"brief.{extension}" for extension in BRIEF_FORMATS),
        "cite",
        "documents",
    ),
    "admin": ("admin",),
}
_OPEN = ("docs", "embed.js", "favicon.ico", "health", "metrics", "openapi.json", "static")
"""Addresses that show no documents. The metrics have a token of their own."""

_NEEDED: dict[str, frozenset[Scope]] = {
    **{name: frozenset({scope}) for scope, names in _SCOPES.items() for name in names},
    **dict.fromkeys(_OPEN, frozenset()),
}
"""Scopes that an address needs, by its first name."""

_ELSEWHERE = READER
"""Any other address needs everything that a reader may do: ``/mcp`` does all of it."""


def scopes_for(path: str) -> frozenset[Scope]:
    """Return the scopes that a request to a path needs."""
    return _NEEDED.get(path.removeprefix("/").partition("/")[0], _ELSEWHERE)


class AccessControl:
    """ASGI middleware that identifies the sender of each request and rejects what it may not do.

    A key comes as ``Authorization: Bearer KEY``. A proxy that the setting ``trusted_proxies`` lists may name
    a user, and the groups of that user, in headers. Anybody else is nobody in particular.

    Args:
        app: The application to protect.
        settings: Where the keys are, whether one is required, and which headers name users.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._keys = KeyFile(settings.keys) if settings.keys else None
        self._is_required = settings.require_key
        self._user_header = settings.user_header
        self._groups_header = settings.groups_header

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Pass on the request, or report why not as the application reports errors."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            set_identity(scope, self._admitted(request))
        except NormqaError as error:
            report = scope["app"].exception_handlers[NormqaError]
            reply = await run_in_threadpool(report, request, error)
            await reply(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _admitted(self, request: Request) -> Identity:
        """Return who sent a request.

        Raises:
            KeyRequired: If nobody in particular did, and a key is required.
            KeysUnusable: If the file of the keys cannot be read.
            ScopeMissing: If the sender may not use the address.
            UnknownKey: If the key is unknown.
        """
        needed = scopes_for(path_of(request))
        identity = self._with_key(request.headers) or self._named_by_proxy(request)
        if identity is None:
            # The administration asks for its own token.
            if self._is_required and needed - {"admin"}:
                raise KeyRequired
            return ANYBODY
        missing = needed - identity.scopes
        if missing and identity.name and identity.name.startswith("key "):
            raise ScopeMissing(sorted(missing))
        return identity

    def _with_key(self, headers: Headers) -> Identity | None:
        token = bearer_token(headers.get("Authorization", "")) if self._keys else None
        if token is None or self._keys is None or not token.startswith(PREFIX):
            return None
        key = self._keys.find(token)
        if key is None:
            raise UnknownKey
        return Identity(f"key {key.name}", key.scopes, key.groups)

    def _named_by_proxy(self, request: Request) -> Identity | None:
        """Return the user that a trusted proxy names. A header that comes twice may be the client's."""
        if self._user_header is None or not is_from_trusted_proxy(request.scope):
            return None
        users = request.headers.getlist(self._user_header)
        groups = request.headers.getlist(self._groups_header) if self._groups_header else []
        if len(users) != 1 or not users[0].strip() or len(groups) > 1:
            return None
        names = (name.strip() for name in ",".join(groups).split(","))
        return Identity(f"user {users[0].strip()}", READER, frozenset(name for name in names if name))
