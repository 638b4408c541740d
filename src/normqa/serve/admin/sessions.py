"""Sessions of the administrator, which every process with the same token and index checks.

A cookie contains its expiry time, a random number and a signature; it reveals nothing about the token. A
session also is an empty file in a hidden folder of the index. Signing out removes the file, which ends the
session in every process at once, and also after a restart.
"""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from normqa.errors import IndexNotWritable
from normqa.serve.middleware.proxy import root_of

COOKIE = "normqa_admin"
LIFETIME = 12 * 60 * 60
"""Seconds until a session expires."""

FOLDER = ".sessions"
"""Folder of the files of sessions, inside the index folder."""


class Sessions:
    """Begins, checks and ends sessions.

    Args:
        token: The administrator's token. Another token ends every session.
        index: Folder of the index, which all processes share.
    """

    def __init__(self, token: str, index: Path) -> None:
        self._token = token.encode()
        self._folder = index / FOLDER

    def begin(self, now: float) -> str:
        """Begin a session and return the value of its cookie.

        Raises:
            IndexNotWritable: If its file cannot be written.
        """
        session = f"{int(now) + LIFETIME}.{secrets.token_urlsafe(16)}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._remove_expired(now)
            os.close(os.open(self._file(session), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise IndexNotWritable(
                f"No session can begin: {self._folder} cannot be written ({error.strerror}).",
                "Free space on its disk, or check its permissions.",
            ) from error
        return f"{session}.{self._signature(session)}"

    def is_valid(self, value: str, now: float) -> bool:
        """Whether a cookie is signed, and its session has neither expired nor ended."""
        session, _, signature = value.rpartition(".")
        is_signed = hmac.compare_digest(signature.encode(), self._signature(session).encode())
        return is_signed and now < int(session.partition(".")[0]) and self._file(session).exists()

    def end(self, value: str) -> None:
        """End the session of a valid cookie.

        Raises:
            IndexNotWritable: If its file cannot be removed.
        """
        session = value.rpartition(".")[0]
        try:
            self._file(session).unlink(missing_ok=True)
        except OSError as error:
            raise IndexNotWritable(
                f"The session goes on: its file in {self._folder} cannot be removed ({error.strerror}).",
                "Check the permissions of the folder, or change the token and restart the server.",
            ) from error

    def _file(self, session: str) -> Path:
        """The file of a session. Its name allows no one who reads the folder to use the session."""
        return self._folder / f"{session.partition('.')[0]}-{hashlib.sha256(session.encode()).hexdigest()}"

    def _remove_expired(self, now: float) -> None:
        for path in self._folder.iterdir():
            expiry = path.name.partition("-")[0]
            if expiry.isdecimal() and int(expiry) <= now:
                with suppress(FileNotFoundError):  # another process removes it too
                    path.unlink()

    def _signature(self, session: str) -> str:
        return hmac.new(self._token, f"normqa admin until {session}".encode(), hashlib.sha256).hexdigest()


def set_cookie(request: Request, reply: Response, value: str) -> None:
    """Set the cookie of a session in a response."""
    reply.set_cookie(COOKIE, value, max_age=LIFETIME, **_attributes(request))


def delete_cookie(request: Request, reply: Response) -> None:
    """Delete the cookie in a response."""
    reply.delete_cookie(COOKIE, **_attributes(request))


def _attributes(request: Request) -> dict[str, Any]:
    """Return the attributes of the cookie. A browser deletes a cookie only if its path is the same."""
    return {
        "path": f"{root_of(request)}/admin",
        "secure": request.url.scheme == "https",
        "httponly": True,
        "samesite": "strict",
    }
