"""Access to the administration routes: programs send the token, browsers sign in with it."""

import hashlib
import hmac
import time

from anyio import sleep
from fastapi import Request
from fastapi.responses import Response

from normqa.serve.errors import ForeignOrigin, Unauthorised
from normqa.serve.proxy import root_of

COOKIE = "normqa_admin"
LIFETIME = 12 * 60 * 60
"""Seconds until a session expires."""

_DELAY_SECONDS = 0.3
"""Delay before a wrong token is rejected."""


class Sessions:
    """Signed session cookies, which every process with the same token can check.

    A cookie contains its expiry time and a signature. It reveals nothing about the token.

    Args:
        token: The administrator's token.
    """

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def value(self, now: float) -> str:
        """Return the value of a cookie for a session that starts now."""
        expiry = str(int(now) + LIFETIME)
        return f"{expiry}.{self._signature(expiry)}"

    def is_valid(self, value: str, now: float) -> bool:
        """Whether the value is signed and has not expired."""
        expiry, _, signature = value.partition(".")
        is_signed = hmac.compare_digest(signature.encode(), self._signature(expiry).encode())
        return is_signed and now < int(expiry)

    def begin(self, request: Request, reply: Response, now: float) -> None:
        """Set the cookie in a response."""
        reply.set_cookie(
            COOKIE,
            self.value(now),
            max_age=LIFETIME,
            path=f"{root_of(request)}/admin",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )

    @staticmethod
    def end(request: Request, reply: Response) -> None:
        """Delete the cookie in a response."""
        reply.delete_cookie(COOKIE, path=f"{root_of(request)}/admin", httponly=True, samesite="strict")

    def _signature(self, expiry: str) -> str:
        return hmac.new(self._token, f"normqa admin until {expiry}".encode(), hashlib.sha256).hexdigest()


class Guard:
    """A dependency of the administration routes that rejects requests without access.

    Args:
        token: The administrator's token.
    """

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self.sessions = Sessions(token)

    async def __call__(self, request: Request) -> None:
        """Require the token, or a session and, for changes, a page of this server.

        Raises:
            ForeignOrigin: If a page of another origin sent the request.
            Unauthorised: If the request has neither token nor session.
        """
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            await self.check(given.strip().encode("latin-1"))
        elif not self.is_signed_in(request):
            raise Unauthorised
        elif request.method != "GET":
            check_origin(request)

    async def check(self, given: bytes) -> None:
        """Compare a token with the administrator's in constant time.

        Raises:
            Unauthorised: If they differ.
        """
        if not hmac.compare_digest(given, self._token):
            await sleep(_DELAY_SECONDS)
            raise Unauthorised

    def is_signed_in(self, request: Request) -> bool:
        """Whether the request has a valid session cookie."""
        return self.sessions.is_valid(request.cookies.get(COOKIE, ""), time.time())


def check_origin(request: Request) -> None:
    """Require that a page of this server sent the request.

    Raises:
        ForeignOrigin: If another page sent it, or the browser does not name the page's origin.
    """
    own = f"{request.url.scheme}://{request.headers.get('Host', '')}"
    if request.headers.get("Origin", "").lower() != own.lower():
        raise ForeignOrigin
