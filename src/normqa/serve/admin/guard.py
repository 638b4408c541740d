"""Who may use the administrator's addresses: programs with the token, and browsers that have signed in."""

import hmac
import time

from anyio import sleep
from fastapi import Request

from normqa.errors import ForeignOrigin, Unauthorised
from normqa.serve.admin.session import COOKIE, Sessions

_WRONG_SECONDS = 0.3
"""So long whoever sends a wrong token waits."""


class Guard:
    """Lets a request pass, as a dependency of the routes, or raises why it may not.

    Args:
        token: The administrator's.
    """

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self.sessions = Sessions(token)

    async def __call__(self, request: Request) -> None:
        """Asks for the token; or for the cookie and, where the request changes anything, our own page.

        Raises:
            ForeignOrigin: If another page has sent it.
            Unauthorised: If it has neither.
        """
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            await self.check(given.strip().encode("latin-1"))
        elif not self.is_signed_in(request):
            raise Unauthorised
        elif request.method != "GET":
            check_origin(request)

    async def check(self, given: bytes) -> None:
        """Compares what is given with the token, in a time that tells nothing of it.

        Raises:
            Unauthorised: If it is another.
        """
        if not hmac.compare_digest(given, self._token):
            await sleep(_WRONG_SECONDS)
            raise Unauthorised

    def is_signed_in(self, request: Request) -> bool:
        """Whether the request has a cookie that holds."""
        return self.sessions.holds(request.cookies.get(COOKIE, ""), time.time())


def check_origin(request: Request) -> None:
    """Checks that a page of this server has sent the request.

    Raises:
        ForeignOrigin: If another one did, or if the browser does not say.
    """
    own = f"{request.url.scheme}://{request.headers.get('Host', '')}"
    if request.headers.get("Origin", "").lower() != own.lower():
        raise ForeignOrigin
