"""Access to the administration routes: programs send the token, browsers sign in with it."""

import hmac
import time

from anyio import sleep
from fastapi import Request

from normqa.serve.admin.attempts import FailedAttempts, address_of, limited_address
from normqa.serve.admin.audit import log_action
from normqa.serve.admin.sessions import COOKIE, Sessions
from normqa.serve.errors import ForeignOrigin, Unauthorised

_DELAY_SECONDS = 0.3
"""Delay before a wrong token is rejected."""


class Guard:
    """A dependency of the administration routes that rejects requests without access.

    Args:
        token: The administrator's token.
        sessions: Sessions of browsers that have signed in with it.
    """

    def __init__(self, token: str, sessions: Sessions) -> None:
        self._token = token.encode()
        self._sessions = sessions
        self._failed = FailedAttempts()

    async def __call__(self, request: Request) -> None:
        """Require the token, or a session and, for changes, a page of this server.

        Raises:
            ForeignOrigin: If a page of another origin sent the request.
            TooManyAttempts: If the client has sent too many wrong tokens.
            Unauthorised: If the request has neither token nor session.
        """
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            await self.check(request, given.strip().encode("latin-1"))
        elif not self.is_signed_in(request):
            raise Unauthorised
        elif request.method != "GET":
            check_origin(request)

    async def check(self, request: Request, given: bytes) -> None:
        """Compare a token with the administrator's in constant time.

        Raises:
            TooManyAttempts: If the client has sent too many wrong tokens.
            Unauthorised: If they differ.
        """
        address = limited_address(address_of(request))
        self._failed.check(address, time.monotonic())
        if not hmac.compare_digest(given, self._token):
            self._failed.add(address, time.monotonic())
            log_action(request, "wrong token")
            await sleep(_DELAY_SECONDS)
            raise Unauthorised

    def is_signed_in(self, request: Request) -> bool:
        """Whether the request has a valid session cookie."""
        return self._sessions.is_valid(request.cookies.get(COOKIE, ""), time.time())


def check_origin(request: Request) -> None:
    """Require that a page of this server sent the request.

    Raises:
        ForeignOrigin: If another page sent it, or the browser does not name the page's origin.
    """
    own = f"{request.url.scheme}://{request.headers.get('Host', '')}"
    if request.headers.get("Origin", "").lower() != own.lower():
        raise ForeignOrigin
