"""Who is signed in at the editor's page: a cookie that every process of a server can check by itself."""

import hashlib
import hmac

from fastapi import Request
from fastapi.responses import Response

COOKIE = "normqa_admin"
LIFETIME = 12 * 60 * 60
"""Seconds until somebody has to sign in again."""


class Sessions:
    """Makes and checks the cookies. One holds its end and a mark that nobody makes without the token.

    Args:
        token: The administrator's; it cannot be told from a cookie.
    """

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def value(self, now: float) -> str:
        """The value of a cookie that begins to hold now."""
        end = str(int(now) + LIFETIME)
        return f"{end}.{self._mark(end)}"

    def holds(self, value: str, now: float) -> bool:
        """Whether it is the value of one of these cookies, and not past its end."""
        end, _, mark = value.partition(".")
        return hmac.compare_digest(mark.encode(), self._mark(end).encode()) and now < int(end)

    def begin(self, request: Request, reply: Response, now: float) -> None:
        """Lets a reply give a cookie to whoever asked."""
        reply.set_cookie(
            COOKIE,
            self.value(now),
            max_age=LIFETIME,
            path="/admin",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )

    @staticmethod
    def end(reply: Response) -> None:
        """Lets a reply take the cookie back."""
        reply.delete_cookie(COOKIE, path="/admin", httponly=True, samesite="strict")

    def _mark(self, end: str) -> str:
        return hmac.new(self._token, f"normqa admin until {end}".encode(), hashlib.sha256).hexdigest()
