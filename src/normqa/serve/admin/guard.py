"""Access to the administration routes: programs send the token, browsers sign in with it."""

import time

from fastapi import Request

from normqa.serve.access.identity import identity_of
from normqa.serve.access.tokens import TokenCheck, bearer_token
from normqa.serve.admin.audit import log_action
from normqa.serve.admin.sessions import COOKIE, Sessions
from normqa.serve.errors import ForeignOrigin, Unauthorised


class Guard:
    """A dependency of the administration routes that rejects requests without access.

    Args:
        token: The administrator's token.
        sessions: Sessions of browsers that have signed in with it.
    """

    def __init__(self, token: str, sessions: Sessions) -> None:
        self._token = TokenCheck(token, Unauthorised)
        self._sessions = sessions

    async def __call__(self, request: Request) -> None:
        """Require the token, an API key for it, or a session and, for changes, a page of this server.

        Raises:
            ForeignOrigin: If a page of another origin sent the request.
            TooManyAttempts: If the client has sent too many wrong tokens.
            Unauthorised: If the request has neither token nor session.
        """
        if "admin" in identity_of(request).scopes:
            return
        if bearer_token(request.headers.get("Authorization", "")) is not None:
            await self.check(request, self._token.sent_by(request))
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
        try:
            await self._token(request, given)
        except Unauthorised:
            log_action(request, "wrong token")
            raise

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
