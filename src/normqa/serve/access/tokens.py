"""Compare a token that a request sends with the right one."""

import hmac
import time

from anyio import sleep
from fastapi import Request

from normqa.serve.access.attempts import FailedAttempts, address_of, limited_address
from normqa.serve.errors import Unauthorised

_DELAY_SECONDS = 0.3
"""Delay before a wrong token is rejected."""


class TokenCheck:
    """Compares tokens in constant time, and limits the wrong ones of each address.

    Args:
        token: The right token.
        rejected: The error for any other.
    """

    def __init__(self, token: str, rejected: type[Unauthorised]) -> None:
        self._token = token.encode()
        self._rejected = rejected
        self._failed = FailedAttempts()

    @staticmethod
    def sent_by(request: Request) -> bytes:
        """Return the bearer token of a request; empty if there is none."""
        return (bearer_token(request.headers.get("Authorization", "")) or "").encode("latin-1")

    async def __call__(self, request: Request, given: bytes) -> None:
        """Require the token.

        Raises:
            TooManyAttempts: If the client has sent too many wrong tokens.
            Unauthorised: If it is another one.
        """
        address = limited_address(address_of(request))
        self._failed.check(address, time.monotonic())
        if not hmac.compare_digest(given, self._token):
            self._failed.add(address, time.monotonic())
            await sleep(_DELAY_SECONDS)
            raise self._rejected


def bearer_token(authorization: str) -> str | None:
    """Return the token in the value of an Authorization header; None if it has another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
